"""Every way a question can be wrong is refused, with file, question and field named."""

import re

import pytest

from config.settings import LESSONS_DIR
from quiz.bank.loader import bank_files, read_bank, read_complete
from quiz.bank.misconceptions import misconceptions
from tests.quiz.broken_banks import refusal, remarks

LONG = "An answer that goes on and on, far beyond what any of its neighbours would ever need to say to a reader"


def drop(name):
    return lambda question: question.pop(name)


def put(name, value):
    return lambda question: question.__setitem__(name, value)


def on_option(name, value):
    return lambda question: question["options"][1].__setitem__(name, value)


def without_option_field(name):
    return lambda question: question["options"][1].pop(name)


def on_other_option(name, value):
    return lambda question: question["options"][0].__setitem__(name, value)


def the_same_why_twice(question):
    question["options"][2]["why"] = question["options"][0]["why"]


def in_order(question, count=4):
    """The question as one that asks for an order of so many options."""
    question["kind"] = "ordering"
    ids = "abcdefg"[:count]
    why = "It stands in this place for a reason of its own, "
    question["options"] = [{"id": each, "text": f"The {each}", "why": why + each} for each in ids]


def all_right(question):
    for option in question["options"]:
        option["right"] = True


def none_right(question):
    for option in question["options"]:
        option["right"] = False


VIOLATIONS = [
    (drop("prompt"), "prompt is missing"),
    (put("version", "one"), "version is 'one'; use a whole number"),
    (put("version", True), "version is true; use a whole number"),
    (put("colour", "blue"), "colour is no field here; the fields are id, version"),
    (put("kind", "essay"), "kind is 'essay'; use one of single, multiple, ordering, true-false, text, number"),
    (put("settings", "style"), "settings is 'style'; use fields"),
    (put("settings", {"fault": []}), "settings.fault is empty"),
    (put("settings", {"fault": [{"at": "payment"}]}), "settings.fault[1] is"),
    (put("options", []), "options are 0; a question of the kind single has 2 to 26"),
    (on_option("id", "fact"), "options hold the id 'fact' 2 times"),
    (
        on_option("text", "It states a fact, and whoever listens decides what follows."),
        "options hold the same text twice",
    ),
    (on_option("why", ""), "options[2].why is empty"),
    (on_option("why", "  "), "options[2].why is empty"),
    (on_option("right", "yes"), "options[2].right is 'yes'; use true or false"),
    (on_option("value", ["cancel-order"]), "options[2].value does not belong here"),
    (without_option_field("right"), "options[2].right is missing"),
    (without_option_field("text"), "options[2].text is empty"),
    (put("trace", {"ask": "status"}), "trace is"),
    (on_option("misconception", "the-earth-is-flat"), "options[2].misconception is 'the-earth-is-flat'"),
    (on_option("misconception", "the-earth-is-flat"), "use one of event-tells-receiver, style-is-transport"),
    (lambda question: in_order(question, 1), "options are 1; a question of the kind ordering has 2 to 26"),
    (all_right, "hold 4 right ones; a single question has exactly one"),
    (none_right, "hold 0 right ones"),
    (put("unit", "ms"), "unit belongs to a question of the kind number"),
    (on_option("number", 3), "options[2].number belongs to a question of the kind number"),
    (on_option("tolerance", 3), "options[2].tolerance belongs to a question of the kind number"),
]
REMARKS = [
    (drop("paragraph"), "paragraph is missing; name the anchor"),
    (put("prompt", "Which of these is not choreography?"), "prompt turns on 'not'"),
    (put("prompt", "A saga runs. Which of them never publishes?"), "prompt turns on 'never'"),
    (put("prompt", "After the crash, which one does not hear of it?"), "prompt turns on 'not'"),
    (put("prompt", "Which hold EXCEPT one?"), "prompt turns on 'EXCEPT'"),
    (put("prompt", "Which one doesn't hold?"), 'prompt turns on "n\'t"'),
    (put("prompt", "Which one is least likely to hold?"), "prompt turns on 'least likely'"),
    (
        lambda question: question["options"].append(dict(question["options"][1], id="e", text="A fifth.")),
        "options are 5; 3 to 4",
    ),
    (lambda question: in_order(question, 2), "options are 2; 3 to 6"),
    (lambda question: in_order(question, 7), "options are 7; 3 to 6"),
    (on_option("text", "All of the above."), "options[2].text says 'All of the above'"),
    (on_option("text", "None of these is right, in such a case."), "options[2].text says 'None of these'"),
    (on_other_option("text", LONG + LONG), "options give the answer away: a right one has"),
    (without_option_field("why"), "options[2].why is missing"),
    (on_option("why", "Because it is wrong."), "options[2].why has 20 characters; a reason takes 40 or more"),
    (the_same_why_twice, "options[3].why is that of option 1"),
    (on_other_option("misconception", "style-is-transport"), "options[1].misconception is 'style-is-transport', but"),
]
# Ordinary texts, as authors write them.
ORDINARY = [
    put("prompt", "With at-least-once delivery, what does the inbox do?"),
    put("prompt", "The warehouse did not hear of the payment. What happens next?"),
    put("prompt", "What happens when the courier does not hear of the order?"),
    put("prompt", "Why does nobody notice that a message was not sent?"),
    put("prompt", "which of the acknowledgements is the last?\n"),
    on_option("text", "All of the messages that payment sent are lost."),
    on_option("text", "None of them is told about it."),
    on_option("text", "Both of these services hear of it."),
    on_option("text", "acks=0 and nothing else"),
    on_option("text", "orderId"),
    on_option("text", "A block scalar ends with\nits final newline.\n"),
    on_option("text", "two  spaces  are  of no harm"),
    on_option("why", "It ends with a newline, as every block scalar of YAML does.\n"),
]


@pytest.mark.parametrize(("change", "says"), VIOLATIONS)
def test_a_broken_question_is_refused_with_file_question_and_field(raw, write_bank, change, says):
    change(raw["questions"][0])
    message = refusal(write_bank(raw))
    assert re.search(r"choreography-vs-orchestration/check.yaml:\d+: question 'charged-event': ", message)
    assert says in message


@pytest.mark.parametrize(("change", "says"), REMARKS)
def test_what_makes_a_question_unfair_is_remarked_on_and_stops_nothing(raw, write_bank, change, says):
    change(raw["questions"][0])
    message = remarks(write_bank(raw))
    assert re.search(r"choreography-vs-orchestration/check.yaml:\d+: question 'charged-event': ", message)
    assert says in message


@pytest.mark.parametrize("change", ORDINARY)
def test_ordinary_words_pass_without_a_remark(raw, write_bank, change):
    change(raw["questions"][0])
    assert remarks(write_bank(raw)) == ""


def test_spaces_around_a_text_are_not_part_of_it(raw, write_bank):
    raw["questions"][0]["prompt"] = "What is it?\n"
    assert read_complete(write_bank(raw)).questions[0].prompt == "What is it?"


def test_a_multiple_question_needs_a_right_option(raw, write_bank):
    none_right(raw["questions"][3])
    assert "hold no right one; a multiple question has at least one" in refusal(write_bank(raw))


def test_a_multiple_question_should_have_a_wrong_option(raw, write_bank):
    all_right(raw["questions"][3])
    assert "are all right; with one that is wrong" in remarks(write_bank(raw))


def test_six_options_may_be_put_into_order(raw, write_bank):
    in_order(raw["questions"][0], 6)
    assert len(read_complete(write_bank(raw)).questions[0].options) == 6


def test_every_misconception_is_a_sentence_and_some_question_offers_it(settings):
    settings.LESSONS_DIR = LESSONS_DIR
    offered = {
        option.misconception
        for file in bank_files().values()
        for each in read_bank(file).questions
        for option in each.options
    }
    assert offered - {""} == misconceptions().keys()
    assert all(text.endswith(".") and text[0].isupper() for text in misconceptions().values())


def test_adding_a_misconception_is_one_entry(raw, write_bank, settings):
    raw["questions"][0]["options"][1]["misconception"] = "the-earth-is-flat"
    assert "the-earth-is-flat" in refusal(write_bank(raw))
    with (settings.LESSONS_DIR / "misconceptions.yaml").open("a") as file:
        file.write("the-earth-is-flat: The earth is flat.\n")
    assert read_complete(write_bank(raw))


def test_the_engine_gives_one_answer_so_no_trace_question_is_multiple(raw, write_bank):
    raw["questions"][1]["kind"] = "multiple"
    assert "question 'undo-without-courier': kind is multiple; the engine gives one" in refusal(write_bank(raw))


def test_an_ordering_trace_has_one_name_for_each_place(raw, write_bank):
    raw["questions"][1]["kind"] = "ordering"
    assert "options[1].value is not one name" in refusal(write_bank(raw))
