"""What a check asks: promises that hold as far as the bank can keep them, and other questions on a retake."""

from functools import partial
from random import Random

import pytest

from quiz.attempts.selection import select_questions
from quiz.attempts.selectors import history
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import read_bank
from quiz.bank.model import Asks
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK, question, traced

WIDE = {
    "title": "A bank with room",
    "objectives": {number: f"Objective {number}" for number in range(1, 6)},
    "questions": [
        question(f"q{objective}{asks}", objective, asks=asks)
        for objective in range(1, 6)
        for asks in ("fact", "why", "what-if")
    ]
    + [traced("t2", 2, asks="fact"), traced("t4", 4, asks="what-if")],
}
SEEDS = range(60)


@pytest.fixture
def wide(write_bank):
    return with_keys(read_bank(write_bank(WIDE)))


def reasons(drawn):
    return sum(each.asks is not Asks.FACT for each in drawn)


def test_a_draw_has_one_question_for_each_objective_in_their_order(wide):
    assert all([each.objective for each in select_questions(wide, Random(seed))] == [1, 2, 3, 4, 5] for seed in SEEDS)


def test_a_draw_traces_a_run_and_asks_why_or_what_if_three_times(wide):
    draws = [select_questions(wide, Random(seed)) for seed in SEEDS]
    assert all(any(each.is_traced for each in drawn) for drawn in draws)
    assert min(map(reasons, draws)) == 3


def test_the_question_that_traces_a_run_is_not_always_the_same(wide):
    traced_ones = {each.id for seed in SEEDS for each in select_questions(wide, Random(seed)) if each.is_traced}
    assert traced_ones == {"t2", "t4"}


def test_what_was_asked_least_and_longest_ago_comes_first(wide):
    ids = [each.id for each in wide.questions]
    first = select_questions(wide, Random(1))
    past = {each.id: (1, 1.0) for each in first}
    again = select_questions(wide, Random(2), history=past)
    assert not {each.id for each in first} & {each.id for each in again}
    everything = dict.fromkeys(ids, (1, 2.0)) | {"q1why": (1, 1.0)}
    assert all(select_questions(wide, Random(seed), history=everything)[0].id == "q1why" for seed in SEEDS)


def test_the_promises_hold_even_when_what_keeps_them_was_asked_before(wide):
    past = {"t2": (5, 1.0), "t4": (5, 1.0)} | {
        f"q{n}{asks}": (5, 1.0) for n in range(1, 6) for asks in ("why", "what-if")
    }
    for seed in SEEDS:
        drawn = select_questions(wide, Random(seed), history=past)
        assert any(each.is_traced for each in drawn)
        assert reasons(drawn) == 3


def test_a_bank_that_cannot_keep_a_promise_is_drawn_from_all_the_same(write_bank):
    facts = [question("one", 1), question("two", 2, asks="fact"), question("reason", 2)]
    bank = with_keys(read_bank(write_bank({**SMALL_BANK, "objectives": {1: "One", 2: "Two"}, "questions": facts})))
    drawn = {tuple(each.id for each in select_questions(bank, Random(seed))) for seed in SEEDS}
    assert drawn == {("one", "two"), ("one", "reason")}


@pytest.mark.parametrize("seed", range(40))
def test_every_question_of_a_bank_can_be_drawn(seed, write_bank):
    """Whatever the mix of a bank: else its author writes a question that nobody is ever asked."""
    rng = Random(seed)
    objectives = range(1, rng.randint(1, 5) + 1)
    makers = [partial(question, asks="fact"), partial(question, asks="why"), partial(traced, asks="what-if")]
    questions = [
        rng.choice(makers)(f"q{objective}-{n}", objective) for objective in objectives for n in range(rng.randint(1, 3))
    ]
    raw = {**SMALL_BANK, "objectives": {n: f"Objective {n}" for n in objectives}, "questions": questions}
    bank = with_keys(read_bank(write_bank(raw)))
    drawn = {each.id for draw in range(200) for each in select_questions(bank, Random(draw))}
    assert {each.id for each in bank.questions} == drawn


def test_a_question_for_practice_only_is_in_no_check(write_bank):
    questions = [question("asked", 1), question("trivia", 1, practice_only=True)]
    bank = with_keys(read_bank(write_bank({**SMALL_BANK, "objectives": {1: "One"}, "questions": questions})))
    past = {"asked": (9, 1.0)}
    assert {each.id for seed in SEEDS for each in select_questions(bank, Random(seed), history=past)} == {"asked"}


@pytest.mark.django_db
def test_a_retake_asks_other_questions_where_the_bank_has_some(singly):
    singly.answer_all()
    again = CheckTaker(singly.client).start()
    assert again.question(1).id != singly.question(1).id
    past = history(learner=singly.learner, lesson=LESSON)
    assert {name: times for name, (times, _) in past.items()} == {each.id: 1 for each in singly.attempt.asked()}
