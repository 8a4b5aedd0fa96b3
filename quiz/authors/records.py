"""What authors are told about their questions: plain values, counted and judged elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.records import Kind, Option, Question


class Edition(NamedTuple):
    """One version of one question. Answers to different editions are never counted together."""

    lesson: str
    question: str
    version: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A learner's first answer to an edition in a check.

    `rest` is the share right of the other questions of that sitting, 0 to 1; None where there was no other.
    """

    picks: tuple[str, ...]
    is_right: bool
    confidence: str
    rest: float | None


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, 0 to 1; None of nothing."""
    return part / whole if whole else None


@dataclass(frozen=True)
class Figures:
    """What the answers to one edition come to. `said` answers told how sure the learner was.

    `picks` counts answers for each option's id; `wrong_orders` are those of an ordering question, the commonest first.
    """

    answers: int
    right: int
    said: int
    guesses: int
    sure: int
    sure_wrong: int
    discrimination: float | None
    picks: Mapping[str, int]
    wrong_orders: tuple[tuple[tuple[str, ...], int], ...]

    @property
    def difficulty(self) -> float | None:
        """The share right, 0 to 1: the higher, the easier (classical test theory calls it p)."""
        return share(self.right, self.answers)

    @property
    def confident_wrong(self) -> float | None:
        """The share wrong of the answers that their learners were sure of."""
        return share(self.sure_wrong, self.sure)

    @property
    def confident_wrong_of_all(self) -> float | None:
        """The share of all answers that were wrong and that their learners were sure of."""
        return share(self.sure_wrong, self.answers)

    @property
    def guessed(self) -> float | None:
        """The share of guesses among the answers that told how sure the learner was."""
        return share(self.guesses, self.said)


@dataclass(frozen=True)
class Item:
    """An edition as it was asked, with its figures. `is_current` marks the one that the bank asks now."""

    edition: Edition
    question: Question
    figures: Figures
    open_reports: int
    is_current: bool

    @property
    def is_ordering(self) -> bool:
        return self.question.kind is Kind.ORDERING

    @property
    def in_order(self) -> tuple[Option, ...]:
        """The options of an ordering question in their right order."""
        return tuple(sorted(self.question.options, key=lambda option: option.place or 0))

    @property
    def options(self) -> tuple[tuple[Option, int, float | None], ...]:
        """Each option with the number and the share of the answers that picked it."""
        picked = ((option, self.figures.picks.get(option.id, 0)) for option in self.question.options)
        return tuple((option, times, share(times, self.figures.answers)) for option, times in picked)

    @property
    def wrong_orders(self) -> tuple[tuple[tuple[str, ...], int, float | None], ...]:
        """The commonest wrong orders as texts, with the number and the share of the answers."""
        texts = {option.id: option.text for option in self.question.options}
        return tuple(
            (tuple(texts.get(name, name) for name in order), times, share(times, self.figures.answers))
            for order, times in self.figures.wrong_orders
        )
