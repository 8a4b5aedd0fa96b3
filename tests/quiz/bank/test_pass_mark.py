import pytest

from quiz.bank.grading import is_right, needed, passes
from quiz.bank.loader import bank_of
from quiz.bank.model import Asks, Kind, Option, Question


@pytest.mark.parametrize(("right", "of", "passed"), [(3, 5, False), (4, 5, True), (5, 5, True), (0, 5, False)])
def test_four_of_five_pass_and_three_do_not(right, of, passed):
    assert passes(right=right, of=of) is passed


def test_exactly_seventy_percent_passes():
    assert passes(right=7, of=10)
    assert not passes(right=6, of=10)


@pytest.mark.parametrize("of", range(1, 60))
def test_the_number_needed_is_the_fewest_that_pass(of):
    assert passes(right=needed(of), of=of)
    assert not passes(right=needed(of) - 1, of=of)


def test_a_multiple_question_wants_all_right_options_and_no_other():
    question = next(each for each in bank_of("choreography-vs-orchestration").questions if each.kind == "multiple")
    assert is_right(question, ["repeats", "waits"])
    assert not is_right(question, ["waits"])
    assert not is_right(question, ["waits", "repeats", "restarts"])


def test_an_ordering_question_wants_every_option_in_its_place():
    options = tuple(Option(name, name, "why", right=True, place=place) for place, name in enumerate("abc", start=1))
    question = Question("q", 1, 1, Kind.ORDERING, Asks.FACT, "Which comes first?", options, "somewhere")
    assert is_right(question, ["a", "b", "c"])
    assert not is_right(question, ["b", "a", "c"])
    assert not is_right(question, ["a", "b"])
