"""Describes statistics of questions as plain values. Other modules compute and judge them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank.model import Kind, Option, Question

# An option, and the number and the share of the answers that picked it.
OptionCount = tuple[Option, int, float | None]


class QuestionVersion(NamedTuple):
    """One version of one question. Answers to different versions are never counted together."""

    lesson: str
    question: str
    version: int


@dataclass(frozen=True, slots=True)
class CountedAnswer:
    """A learner's first answer to a question version in a check. `given` is what was typed, or "".

    `rest` is the share right of the other questions of that attempt, 0 to 1; None where there was no other.
    """

    picks: tuple[str, ...]
    is_right: bool
    confidence: str
    rest: float | None
    given: str = ""


def share(part: int, whole: int) -> float | None:
    """Returns `part` of `whole`, 0 to 1; None when `whole` is 0."""
    return part / whole if whole else None


class Interval(NamedTuple):
    """The least and the greatest plausible value of a figure."""

    least: float
    most: float


@dataclass(frozen=True)
class ItemStatistics:
    """The statistics of one question version. `said` answers came with the learner's confidence.

    `discrimination` is computed from `compared` answers: those of attempts with other questions, too.
    `picks` counts answers for each option's id; `wrong_orders` are those of an ordering question, and `unexpected`
    are typed answers that match nothing that the author expects, the commonest first.
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
    unexpected: tuple[tuple[str, int], ...] = ()

    @property
    def difficulty(self) -> float | None:
        """Returns the share of right answers, 0 to 1: the higher, the easier (classical test theory calls it p)."""
        return share(self.right, self.answers)

    @property
    def confident_wrong(self) -> float | None:
        """Returns the share of wrong answers among those that their learners were sure of."""
        return share(self.sure_wrong, self.sure)

    @property
    def confident_wrong_of_all(self) -> float | None:
        """Returns the share of all answers that were wrong although their learners were sure of them."""
        return share(self.sure_wrong, self.answers)

    @property
    def guessed(self) -> float | None:
        """Returns the share of guesses among the answers with a confidence."""
        return share(self.guesses, self.said)


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording that learners were shown under a question version, and how many counted answers it got."""

    question: Question
    answers: int


@dataclass(frozen=True)
class Item:
    """A question version with its statistics. `is_current` marks the one that the bank asks now.

    `question` is what the bank asks, or what was asked last where it no longer asks this version. `other_wordings` are
    what else was asked under the same version, the commonest first; none if each change raised the version.
    """

    question_version: QuestionVersion
    question: Question
    statistics: ItemStatistics
    open_reports: int
    is_current: bool
    other_wordings: tuple[Wording, ...] = ()

    @property
    def is_ordering(self) -> bool:
        return self.question.kind is Kind.ORDERING

    @property
    def is_typed(self) -> bool:
        return self.question.kind.is_typed

    @property
    def unexpected(self) -> tuple[tuple[str, int, float | None], ...]:
        """Returns the commonest answers that match none of the expected ones, with their number and their share."""
        answers = self.statistics.answers
        return tuple((text, times, share(times, answers)) for text, times in self.statistics.unexpected)

    @property
    def in_order(self) -> tuple[Option, ...]:
        """Returns the options of an ordering question in their right order."""
        return tuple(sorted(self.question.options, key=lambda option: option.place or 0))

    @property
    def options(self) -> tuple[OptionCount, ...]:
        """Returns each option with the number and the share of the answers that picked it."""
        return self._option_counts(self.question.options)

    @property
    def removed_options(self) -> tuple[OptionCount, ...]:
        """Returns the same for options that this version offered earlier and offers no more."""
        current = {option.id for option in self.question.options}
        earlier = {option.id: option for other in reversed(self.other_wordings) for option in other.question.options}
        return self._option_counts(option for name, option in earlier.items() if name not in current)

    def _option_counts(self, options: Iterable[Option]) -> tuple[OptionCount, ...]:
        picks, answers = self.statistics.picks, self.statistics.answers
        return tuple((option, picks.get(option.id, 0), share(picks.get(option.id, 0), answers)) for option in options)

    @property
    def wrong_orders(self) -> tuple[tuple[tuple[str, ...], int, float | None], ...]:
        """Returns the commonest wrong orders as texts, with the number and the share of the answers."""
        asked = (*(other.question for other in reversed(self.other_wordings)), self.question)
        texts = {option.id: option.text for question in asked for option in question.options}
        return tuple(
            (tuple(texts.get(name, name) for name in order), times, share(times, self.statistics.answers))
            for order, times in self.statistics.wrong_orders
        )
