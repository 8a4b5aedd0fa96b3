"""Decides what is right, and what passes. Uses whole numbers only: no rounding decides a pass."""

from collections.abc import Sequence

from quiz.bank.model import Kind, Question

PASS_PERCENT = 70


def is_right(question: Question, picks: Sequence[str]) -> bool:
    """Returns whether exactly the right options were picked, in the right order for an ordering question.

    A typed answer is right when it matches any of the right ones.
    """
    if question.kind is Kind.ORDERING:
        return tuple(picks) == question.key
    if question.kind.is_typed:
        return bool(picks) and set(picks) <= set(question.key)
    return set(picks) == set(question.key)


def passes(*, right: int, of: int) -> bool:
    """Returns whether `right` answers of `of` reach the pass mark."""
    return right * 100 >= PASS_PERCENT * of


def needed(of: int) -> int:
    """Returns the fewest right answers of `of` questions that pass."""
    return -(-PASS_PERCENT * of // 100)
