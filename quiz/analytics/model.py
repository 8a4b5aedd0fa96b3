"""What authors are told about their questions: plain values, counted and judged elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank.model import Kind, Option, Question

# An option, and the number and the share of the answers that picked it.
Picked = tuple[Option, int, float | None]


class QuestionVersion(NamedTuple):
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


class Range(NamedTuple):
    """The least and the most that a figure could be, but for chance."""

    least: float
    most: float


@dataclass(frozen=True)
class ItemStatistics:
    """What the answers to one edition come to. `said` answers told how sure the learner was.

    `discrimination` rests on `compared` answers: those of sittings that asked something else, too.
    `picks` counts answers for each option's id; `wrong_orders` are those of an ordering question, the commonest first.
    """

    answers: int
    right: int
    said: int
    guesses: int
    sure: int
    sure_wrong: int
    discrimination: float | None
    compared: int
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


@dataclass(frozen=True, slots=True)
class Wording:
    """What stood before learners under an edition, and how many of the answers that count were given to it."""

    question: Question
    answers: int


@dataclass(frozen=True)
class Item:
    """An edition with its figures. `is_current` marks the one that the bank asks now.

    `question` is what the bank asks, or what was asked last where it asks this edition no more. `others` are what else
    was asked under the same version, the commonest first; there are none if the version is raised with each change.
    """

    question_version: QuestionVersion
    question: Question
    statistics: ItemStatistics
    open_reports: int
    is_current: bool
    others: tuple[Wording, ...] = ()

    @property
    def is_ordering(self) -> bool:
        return self.question.kind is Kind.ORDERING

    @property
    def in_order(self) -> tuple[Option, ...]:
        """The options of an ordering question in their right order."""
        return tuple(sorted(self.question.options, key=lambda option: option.place or 0))

    @property
    def options(self) -> tuple[Picked, ...]:
        """Each option with the number and the share of the answers that picked it."""
        return self._picked(self.question.options)

    @property
    def gone(self) -> tuple[Picked, ...]:
        """The same of the options that were once on offer under this version, and are no more."""
        there = {option.id for option in self.question.options}
        once = {option.id: option for other in reversed(self.others) for option in other.question.options}
        return self._picked(option for name, option in once.items() if name not in there)

    def _picked(self, options: Iterable[Option]) -> tuple[Picked, ...]:
        picks, answers = self.statistics.picks, self.statistics.answers
        return tuple((option, picks.get(option.id, 0), share(picks.get(option.id, 0), answers)) for option in options)

    @property
    def wrong_orders(self) -> tuple[tuple[tuple[str, ...], int, float | None], ...]:
        """The commonest wrong orders as texts, with the number and the share of the answers."""
        asked = (*(other.question for other in reversed(self.others)), self.question)
        texts = {option.id: option.text for question in asked for option in question.options}
        return tuple(
            (tuple(texts.get(name, name) for name in order), times, share(times, self.statistics.answers))
            for order, times in self.statistics.wrong_orders
        )
