"""A question that asks what a term means is answered with the passage that defines it, first."""

import pytest

from course.ask.search import current_index, search

CHOREOGRAPHY, SAGAS, OUTBOX = (
    "choreography-vs-orchestration",
    "sagas-compensable-pivot-retriable",
    "transactional-outbox-and-idempotent-consumers",
)
SHAPES = ["What is a saga?", "what's a saga", "What does saga mean?", "define saga", "saga?", "meaning of sagas"]


@pytest.fixture(scope="module")
def words():
    return current_index().without_meanings()


@pytest.mark.parametrize("question", [*SHAPES, "<b>What</b> is a <i>saga</i>?", "What is the saga pattern?"])
def test_the_lesson_that_was_asked_defines_its_term_first(words, question):
    result = search(question, CHOREOGRAPHY, words)
    assert result.found[0].quote.startswith("A saga does the job of a distributed transaction")
    assert result.is_covered


@pytest.mark.parametrize(
    ("question", "lesson", "beginning"),
    [
        ("what is a command", CHOREOGRAPHY, "An event is a message that states a fact"),
        ("what does compensation mean", CHOREOGRAPHY, "A saga does the job"),  # a link's words for the term
        ("what does compensation mean", OUTBOX, "A new transaction that makes good"),
        ("2PC?", CHOREOGRAPHY, "The classic answer is a distributed transaction"),
        ("pivot", CHOREOGRAPHY, "The go/no-go step"),
        ("what's an outbox", SAGAS, "A table in a service's own database"),
        ("define idempotent", SAGAS, "Having the same effect"),
    ],
)
def test_a_term_is_defined_by_its_lesson_or_else_by_the_glossary(words, question, lesson, beginning):
    assert search(question, lesson, words).found[0].quote.startswith(beginning)


def test_a_question_of_two_parts_gets_the_definition_and_the_other_half(words):
    first, *others = search("What is a saga and when should I not use one?", CHOREOGRAPHY, words).found
    assert first.quote.startswith("A saga does the job")
    assert any(one.quote.startswith("No saga at all") for one in others)


def test_two_terms_are_both_defined(words):
    found = search("What is an event and what is a payload?", CHOREOGRAPHY, words).found
    assert ["event" in found[0].passage.defines, "payload" in found[1].passage.defines] == [True, True]


@pytest.mark.parametrize(
    "question", ["What is the saga status after a crash?", "Why a saga?", "how do I run a saga", "a" * 300, "what is"]
)
def test_what_asks_for_no_meaning_is_answered_as_before(words, question):
    assert words.definitions.asked_for(question, CHOREOGRAPHY) == []
