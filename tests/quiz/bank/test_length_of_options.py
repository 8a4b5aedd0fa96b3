"""The right option may be the longest as often as chance would have it."""

from dataclasses import replace
from math import comb

import pytest

from quiz.bank.model import Bank
from quiz.bank.style_rules import chance_of_at_least, length_gives_nothing_away
from tests.quiz.attempt_rows import single
from tests.quiz.broken_banks import remarks


def lengthened(raw, number):
    """The first questions of the bank, with the right option of each the longest by one character."""
    raw["questions"] = [question for question in raw["questions"] if "trace" not in question][:number]
    raw["objectives"] = {question["objective"]: "Know it" for question in raw["questions"]}
    for question in raw["questions"]:
        question["asks"], question["kind"] = "why", "single"
        for place, option in enumerate(question["options"]):
            option["right"] = place == 0
            option.pop("misconception", None)
            option["text"] = f"{'A long text'[: 11 if place else 12]}{'er' if place == 0 else place}"
    return raw


@pytest.mark.parametrize("number", [1, 2])
def test_a_bank_too_small_to_tell_from_chance_may_have_the_right_one_as_the_longest(raw, write_bank, number):
    assert "longest" not in remarks(write_bank(lengthened(raw, number)))


def test_three_of_three_are_more_than_chance_and_each_is_named(raw, write_bank):
    bank = lengthened(raw, 3)
    says = remarks(write_bank(bank))
    assert "questions have the right option as the longest 3 times of 3, and chance would give 0." in says
    assert says.endswith(", ".join(question["id"] for question in bank["questions"]))


@pytest.mark.parametrize(("longer", "is_told"), [(3, False), (4, True)])
def test_a_full_bank_is_held_to_chance_itself(longer, is_told):
    questions = [single(f"q{number}") for number in range(10)]  # chance would give 3.3
    for at in range(longer):
        right, *others = questions[at].options
        questions[at] = replace(questions[at], options=(replace(right, text=right.text + "!"), *others))
    faults = list(length_gives_nothing_away(Bank("one", "One", {1: "Know it"}, tuple(questions))))
    assert bool(faults) is is_told


def test_the_bound_is_that_of_the_binomial_distribution():
    for hits in range(8):
        tail = sum(comb(7, k) * 0.25**k * 0.75 ** (7 - k) for k in range(hits, 8))
        assert chance_of_at_least(hits, [0.25] * 7) == pytest.approx(tail)
    assert chance_of_at_least(2, [0.5, 0.25]) == pytest.approx(0.125)
