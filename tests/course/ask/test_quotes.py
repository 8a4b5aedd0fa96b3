"""What is quoted can stand alone: it is no echo of the question, no myth without its correction, no half of a list."""

import pytest

from course.ask.passages import PassageKind
from course.ask.quotes import quote
from course.ask.search import current_index, search

LESSON, SAGAS = "choreography-vs-orchestration", "sagas-compensable-pivot-retriable"
LONG = "It goes on and on about this matter, as such passages of a lesson do. "


@pytest.fixture(scope="module")
def words():
    return current_index().without_meanings()


def first(words, question, lesson=LESSON):
    return search(question, lesson, words).found[0]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("was Cadence open-sourced as Temporal?", "It was not."),
        ("do the services couple to the orchestrator", "Mostly it is the other way round"),
        ("What does differ is who can notice", "an orchestrator expects a reply to each command"),
        ("has the dependency vanished", "Rename a field"),
    ],
)
def test_a_quote_does_not_stop_before_what_it_announces(words, question, told):
    assert told in first(words, question).quote


SENTENCES = [
    "You will hear that it is free.",
    "It is not, since somebody has to run it.",
    "The price is an operator.",
    "Who pays for it?",
    "The team does so.",
    "There are three ways:",
]


@pytest.mark.parametrize("at", range(len(SENTENCES)))
def test_of_a_long_passage_a_run_is_quoted_that_can_stand_alone(at):
    filler = [LONG.strip()] * 7
    sentences = [*filler, *SENTENCES, *filler]
    wanted = SENTENCES[at]
    found = quote(" ".join(sentences), sentences, lambda runs: [float(wanted in run) for run in runs])
    assert wanted in found
    assert found != wanted
    assert len(found) < 250
    assert not found.endswith(("free.", "?", ":"))
    assert not found.startswith("It ")


def test_a_passage_that_is_not_long_is_quoted_as_a_whole(words):
    for question in ("orchestrator", "outbox", "what is a lost message"):
        found = search(question, LESSON, words).found
        assert all(one.quote == one.passage.text for one in found if len(one.passage.text) <= 480)


def test_what_ends_with_a_colon_comes_with_what_it_announces(words):
    found = first(words, "what are the countermeasures")
    assert found.quote == "Richardson lists six countermeasures:"
    assert [one.kind for one in found.announced] == [PassageKind.ROW] * 6
    one = next(at for at, passage in enumerate(words.passages) if passage.text.startswith("A retriable step comes"))
    assert [after.kind for after in words.announced_by(one)] == [PassageKind.ITEM] * 2


def test_who_asks_what_the_lesson_asks_gets_its_answer_and_no_echo(words):
    found = first(words, "The confirmation e-mail keeps failing. Will the customer get the money back?", SAGAS)
    assert found.quote.startswith("No. Past the pivot nothing is compensated.")
    assert found.passage.prompt.startswith("The confirmation e-mail fails again and again")


def test_no_answer_is_found_without_its_question(words):
    folded = [one for one in words.passages if one.prompt]
    assert len(folded) >= 8
    assert all(one.prompt for one in words.passages if one.text.startswith(("No. ", "One: ", "Inventory. ")))
    assert {"A weak answer", "A strong answer"} < {one.prompt for one in folded}


def test_a_button_is_no_passage(words):
    assert [one.text for one in words.passages if one.text.startswith(("Run the declined", "Let it run out"))] == []


def test_cells_of_a_row_have_the_headers_of_their_columns(words):
    found = first(words, "what are the limits of express step functions")
    assert found.passage.cells == (("Engine", "AWS Step Functions, Express"), ("Limit of one execution", "5 minutes"))
