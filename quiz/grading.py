"""What counts as right, and how much is enough. Whole numbers only: no rounding decides a pass."""

from collections.abc import Collection

from quiz.records import Question

PASS_PERCENT = 70


def is_right(question: Question, picks: Collection[str]) -> bool:
    """True when exactly the right options were picked."""
    return set(picks) == {option.id for option in question.options if option.right}


def passes(*, right: int, of: int) -> bool:
    """True when `right` answers of `of` reach the pass mark."""
    return right * 100 >= PASS_PERCENT * of


def needed(of: int) -> int:
    """The fewest right answers of `of` questions that pass."""
    return -(-PASS_PERCENT * of // 100)
