"""Every way a bank can be wrong is refused, with file, question and field named."""

import pytest

from quiz.keys import keyed
from quiz.loader import SHIPPED, bank_files, bank_of, read_bank
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
    file.write_text("title: [", encoding="utf-8")
    assert "YAML cannot be read" in refusal(file)
    assert "line 1" in refusal(file)


@pytest.mark.parametrize("content", [None, [], "text", {"title": "T", "objectives": {}, "questions": ["text"]}])
def test_a_file_of_another_shape_is_refused_not_crashed_on(write_bank, content):
    assert "is " in refusal(write_bank(content))


def test_every_shipped_bank_obeys_every_rule(settings):
    del settings.QUIZ_BANKS, settings.QUIZ_TRACE
    files = list(bank_files())
    assert SHIPPED / "choreography-vs-orchestration.yaml" in files
    for file in files:
        keyed(read_bank(file))


def test_most_questions_ask_why_or_what_would_happen():
    prompts = [question.prompt.lower() for question in bank_of("choreography-vs-orchestration").questions]
    assert sum("why" in prompt or "would" in prompt for prompt in prompts) >= 3


def test_a_changed_file_is_read_again(raw, write_bank):
    write_bank(raw)
    assert bank_of("choreography-vs-orchestration").title == "Choreography vs Orchestration"
    raw["title"] = "Another title, of another length"
    write_bank(raw)
    assert bank_of("choreography-vs-orchestration").title == "Another title, of another length"
