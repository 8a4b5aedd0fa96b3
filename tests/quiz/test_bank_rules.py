"""Every way a bank can be wrong is refused, with file, question and field named."""

import os
from copy import deepcopy

import pytest

from config.settings import QUIZ_BANKS, QUIZ_TRACE
from quiz.keys import keyed
from quiz.loader import bank_files, bank_of, bank_versions, read_bank
from quiz.misconceptions import MISCONCEPTIONS
from quiz.records import BankError

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
    (drop("paragraph"), "paragraph is missing"),
    (put("version", "one"), "version is not a whole number"),
    (put("version", True), "version is not a whole number"),
    (put("colour", "blue"), "colour is not a field that a bank knows"),
    (put("kind", "essay"), "kind is none of single, multiple"),
    (put("sandbox", "style"), "sandbox is no query string"),
    (put("prompt", "Which of these is not choreography?"), "prompt turns on 'not'"),
    (put("prompt", "Which hold EXCEPT one?"), "prompt turns on 'EXCEPT'"),
    (put("prompt", "Which one doesn't hold?"), 'prompt turns on "n\'t"'),
    (put("options", []), "options are 0"),
    (
        lambda question: question["options"].append(dict(question["options"][1], id="e", text="A fifth.")),
        "options are 5",
    ),
    (on_option("id", "fact"), "options hold the id 'fact' 2 times"),
    (
        on_option("text", "It states a fact, and whoever listens decides what follows."),
        "options hold the same text twice",
    ),
    (on_option("text", "All of the above."), "options[2].text says 'All of the'"),
    (on_option("text", "None of these is right, in such a case."), "options[2].text says 'None of these'"),
    (on_option("text", LONG), "options run from"),
    (on_option("why", ""), "options[2].why is empty"),
    (on_option("why", "  "), "options[2].why is empty"),
    (on_option("right", "yes"), "options[2].right is not true or false"),
    (on_option("value", ["cancel-order"]), "options[2].value does not belong here"),
    (without_option_field("why"), "options[2].why is missing"),
    (without_option_field("right"), "options[2].right is missing"),
    (without_option_field("text"), "options[2].text is empty"),
    (put("trace", {"saga": "order"}), "trace.ask is missing"),
    (
        put("trace", {"saga": "order", "style": "hybrid", "ask": "status", "faults": "lost"}),
        "trace.faults is not a list",
    ),
    (put("trace", {"saga": "order", "style": "hybrid", "ask": "status", "colour": "blue"}), "trace.colour is not a"),
    (on_option("why", "Because it is wrong."), "options[2].why has 20 characters; explain in 40 or more"),
    (the_same_why_twice, "options[3].why is that of option 1"),
    (on_option("misconception", "the-earth-is-flat"), "options[2].misconception is 'the-earth-is-flat'"),
    (on_option("misconception", "the-earth-is-flat"), "use one of event-tells-receiver, style-is-transport"),
    (on_other_option("misconception", "style-is-transport"), "options[1].misconception is 'style-is-transport', but"),
    (put("prompt", "Why is  this choreography?"), "prompt has spaces to spare"),
    (on_option("text", " It sends its message through a broker."), "options[2].text has spaces to spare"),
    (on_option("text", "it sends its message through a broker."), "options[2].text begins with a small letter"),
    (lambda question: in_order(question, 2), "options are 2; offer 3 to 6"),
    (lambda question: in_order(question, 7), "options are 7; offer 3 to 6"),
    (all_right, "hold 4 right ones; a single question has exactly one"),
    (none_right, "hold 0 right ones"),
]


def refusal(file):
    with pytest.raises(BankError) as caught:
        keyed(read_bank(file))
    return str(caught.value)


@pytest.mark.parametrize(("bend", "says"), VIOLATIONS)
def test_a_bent_question_is_refused_with_file_question_and_field(raw, write_bank, bend, says):
    bend(raw["questions"][0])
    message = refusal(write_bank(raw))
    assert "choreography-vs-orchestration.yaml: question 'charged-event': " in message
    assert says in message


def test_a_multiple_question_needs_a_right_option(raw, write_bank):
    none_right(raw["questions"][3])
    assert "at least one" in refusal(write_bank(raw))


def test_a_multiple_question_needs_a_wrong_option(raw, write_bank):
    all_right(raw["questions"][3])
    assert "hold 4 right ones of 4; a multiple question has at least one, and one that" in refusal(write_bank(raw))


def test_six_options_may_be_put_into_order(raw, write_bank):
    in_order(raw["questions"][0], 6)
    assert len(keyed(read_bank(write_bank(raw))).questions[0].options) == 6


def full(raw):
    """The bank with every question twice: so many that it is meant for more than one check."""
    raw["questions"] += [dict(question, id=f"{question['id']}-again") for question in deepcopy(raw["questions"])]
    return raw


def test_a_full_bank_of_good_questions_is_sound(raw, write_bank):
    assert len(keyed(read_bank(write_bank(full(raw)))).questions) == 10


def test_in_a_full_bank_no_objective_hangs_on_one_question(raw, write_bank):
    full(raw)["questions"][2]["objective"] = 1
    assert "the bank: objectives[3] has one question only, so that a retake cannot differ" in refusal(write_bank(raw))


def test_three_fifths_of_the_objectives_can_ask_what_if_or_why(raw, write_bank):
    for question in raw["questions"][:3]:
        question["asks"] = "fact"
    assert "the bank: objectives ask what-if or why in 2 of 5; 3 have to" in refusal(write_bank(raw))


def test_three_fifths_of_a_full_bank_ask_what_if_or_why(raw, write_bank):
    for question in full(raw)["questions"][5:]:
        question["asks"] = "fact"
    assert "the bank: questions ask what-if or why in 4 of 10; 6 have to" in refusal(write_bank(raw))


def test_a_full_bank_holds_a_trace_question(raw, write_bank):
    raw["questions"][1] = dict(deepcopy(raw["questions"][0]), id="typed", objective=2)
    assert "the bank: questions hold no trace question" in refusal(write_bank(full(raw)))


def test_every_misconception_is_a_sentence_and_some_question_offers_it():
    offered = {
        option.misconception
        for file in QUIZ_BANKS.glob("*.yaml")
        for each in read_bank(file).questions
        for option in each.options
    }
    assert offered - {""} == MISCONCEPTIONS.keys()
    assert all(text.endswith(".") and text[0].isupper() for text in MISCONCEPTIONS.values())


def test_adding_a_misconception_is_one_entry(raw, write_bank, monkeypatch):
    raw["questions"][0]["options"][1]["misconception"] = "the-earth-is-flat"
    monkeypatch.setitem(MISCONCEPTIONS, "the-earth-is-flat", "The earth is flat.")
    assert keyed(read_bank(write_bank(raw)))


def test_the_engine_gives_one_answer_so_no_trace_question_is_multiple(raw, write_bank):
    raw["questions"][1]["kind"] = "multiple"
    assert "question 'undo-without-courier': kind is multiple; the engine gives one" in refusal(write_bank(raw))


def test_an_ordering_trace_has_one_name_for_each_place(raw, write_bank):
    raw["questions"][1]["kind"] = "ordering"
    assert "options[1].value is not one name" in refusal(write_bank(raw))


def test_question_ids_are_unique(raw, write_bank):
    raw["questions"][1]["id"] = raw["questions"][0]["id"]
    assert "the bank: questions hold the id 'charged-event' 2 times" in refusal(write_bank(raw))


def test_every_objective_has_a_question(raw, write_bank):
    raw["objectives"][6] = "An objective that nobody asks about"
    assert "objectives[6] has no question" in refusal(write_bank(raw))


def test_a_question_names_an_objective_of_the_bank(raw, write_bank):
    raw["questions"][0]["objective"] = 9
    assert "lack number 9, which question 'charged-event' names" in refusal(write_bank(raw))


def test_own_runs_stand_for_an_objective_that_is_there(raw, write_bank):
    raw["own_runs"] = 9
    assert "own_runs names objective 9, which the bank does not have" in refusal(write_bank(raw))


def test_the_right_option_is_not_the_longest_more_often_than_chance(raw, write_bank):
    for question in raw["questions"]:
        for option in question["options"]:
            if option.get("right"):
                option["text"] = option["text"].rstrip(".") + ", so to speak."
    assert "the right option as the longest" in refusal(write_bank(raw))


def test_every_violation_is_told_at_once(raw, write_bank):
    raw["questions"][0]["options"][0]["why"] = " "
    raw["questions"][2]["prompt"] = "Which is not so?"
    message = refusal(write_bank(raw))
    assert "'charged-event'" in message
    assert "'where-is-my-order'" in message


def test_broken_yaml_is_told_with_its_line(write_bank):
    file = write_bank({})
    file.write_text("title: one\nobjectives: {]\n", encoding="utf-8")
    assert "YAML cannot be read" in refusal(file)
    assert "line 2" in refusal(file)


@pytest.mark.parametrize("content", [None, [], "text", {"title": "T", "objectives": {}, "questions": ["text"]}])
def test_a_file_of_another_shape_is_refused_not_crashed_on(write_bank, content):
    assert "is " in refusal(write_bank(content))


def test_every_shipped_bank_obeys_every_rule(settings):
    settings.QUIZ_BANKS, settings.QUIZ_TRACE = QUIZ_BANKS, QUIZ_TRACE
    files = list(bank_files())
    assert QUIZ_BANKS / "choreography-vs-orchestration.yaml" in files
    for file in files:
        keyed(read_bank(file))


def test_most_questions_ask_why_or_what_would_happen():
    prompts = [question.prompt.lower() for question in bank_of("choreography-vs-orchestration").questions]
    assert sum("why" in prompt or "would" in prompt for prompt in prompts) >= 3


def test_a_file_that_changed_within_a_tick_of_the_disk_s_clock_is_read_again(raw, write_bank):
    files = [write_bank(raw | {"title": "Old"}), write_bank(raw, "unchanged")]
    for file in files:
        os.utime(file, (1, 1))
    versions = bank_versions()
    assert bank_of("choreography-vs-orchestration").title == "Old"
    os.utime(write_bank(raw | {"title": "Older"}), (1, 1))
    assert bank_of("choreography-vs-orchestration").title == "Older"
    assert [old == new for old, new in zip(versions, bank_versions(), strict=True)] == [False, True]


def test_a_changed_file_is_read_again(raw, write_bank):
    write_bank(raw)
    assert bank_of("choreography-vs-orchestration").title == "Choreography vs Orchestration"
    raw["title"] = "Another title, of another length"
    write_bank(raw)
    assert bank_of("choreography-vs-orchestration").title == "Another title, of another length"
