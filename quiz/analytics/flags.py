"""Decides what an author should look at first. A new flag is one entry in FLAGS, at the place of its weight.

A flag is not raised by chance: the whole 90 % interval of what it measures must be beyond the limit. A question at the
limit therefore raises it in about 5 of 100 cases, whatever the number of answers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from quiz.analytics.item_statistics import MIN_ANSWERS, correlation_interval, share_interval
from quiz.analytics.model import Interval, Item
from quiz.bank.model import Kind

Measure = Callable[[Item], Interval | None]

# With fewer sure answers than this, one wrong answer more or less would decide.
MIN_SURE_ANSWERS = 10
COUNT_TEXTS = {1: "once", 2: "twice"}


def below(found: Interval, limit: float) -> bool:
    return found.most < limit


def at_least(found: Interval, limit: float) -> bool:
    return found.least >= limit


@dataclass(frozen=True)
class Flag:
    """Raised where there is a measure and it is `beyond` the limit; `why` gives the limit's reason or source."""

    word: str
    measure: Measure
    beyond: Callable[[Interval, float], bool]
    limit: float
    why: str
    is_for_older: bool = False

    def is_raised(self, item: Item) -> bool:
        """Returns whether to raise it. An older version can no longer be improved, so only open reports raise one."""
        measured = self.measure(item) if item.is_current or self.is_for_older else None
        return measured is not None and self.beyond(measured, self.limit)

    def text(self, item: Item) -> str:
        times = item.open_reports
        return self.word.format(times=COUNT_TEXTS.get(times, f"{times} times"))


def _exact(number: int) -> Interval:
    """Returns a full count, which has no uncertainty."""
    return Interval(number, number)


def _reports(item: Item) -> Interval:
    return _exact(item.open_reports)


def _wordings(item: Item) -> Interval:
    return _exact(len(item.other_wordings))


def _discrimination(item: Item) -> Interval | None:
    found = item.statistics.discrimination
    return None if found is None else correlation_interval(found, item.statistics.compared)


def _discrimination_not_below_zero(item: Item) -> Interval | None:
    found = _discrimination(item)
    return None if found is None or below(found, 0.0) else found


def _sure_wrong(item: Item) -> Interval | None:
    statistics = item.statistics
    return share_interval(statistics.sure_wrong, statistics.sure) if statistics.sure >= MIN_SURE_ANSWERS else None


def _difficulty(item: Item) -> Interval | None:
    statistics = item.statistics
    return share_interval(statistics.right, statistics.answers) if statistics.answers >= MIN_ANSWERS else None


def _least_picked(item: Item) -> Interval | None:
    """Returns the share of the wrong option that is picked least.

    Where options are not offered to be picked, there is none; of true and false, the share of the wrong one is the
    difficulty. With several wordings the shares cannot be compared.
    """
    answers = item.statistics.answers
    if answers < MIN_ANSWERS or item.question.kind not in {Kind.SINGLE, Kind.MULTIPLE} or item.other_wordings:
        return None
    wrong = [times for option, times, _ in item.options if not option.right]
    return share_interval(min(wrong), answers) if wrong else None


FLAGS: tuple[Flag, ...] = (
    Flag(
        "reported {times}",
        _reports,
        at_least,
        1,
        "A learner took the trouble to say what is wrong, and nobody has settled it yet.",
        is_for_older=True,
    ),
    Flag(
        "was asked in other words",
        _wordings,
        at_least,
        1,
        "Its prompt, its options or its key were changed and its version was not, so that its figures mix answers to "
        "different questions. Raise the version; after that, only what is asked now counts.",
    ),
    Flag(
        "misleads those who know",
        _discrimination,
        below,
        0.0,
        "Who does well on the rest of the check misses it more often than the others, and by more than chance: look "
        "for a wrong key or a second right option (Crocker & Algina 1986).",
    ),
    Flag(
        "misleads the confident",
        _sure_wrong,
        at_least,
        0.2,
        "More than one in five of those who were sure was wrong: a misconception, or an unclear prompt. Being sure "
        "should mean 80 % right at least, the point from which certainty-based marking rewards it (Gardner-Medwin "
        "2006).",
    ),
    Flag(
        "tells nobody apart",
        _discrimination_not_below_zero,
        below,
        0.1,
        "Those who do well on the rest do hardly better on it. Long tests ask for 0.2 (Ebel & Frisbie 1991); a rest "
        "of four questions has so much chance in it that this halves, to 0.1.",
    ),
    Flag(
        "too hard",
        _difficulty,
        below,
        0.5,
        "Fewer than half are right, of learners who have just read where the answer stands. Picking blindly among "
        "three options, a third would be.",
    ),
    Flag(
        "too easy",
        _difficulty,
        at_least,
        0.95,
        "Nineteen of twenty are right; it can tell at most one in twenty what to read again.",
    ),
    Flag(
        "has an idle option",
        _least_picked,
        below,
        0.05,
        "A wrong option that fewer than one in twenty pick tempts nobody (Haladyna & Downing 1993): write one that "
        "learners believe.",
    ),
)


def flags_of(item: Item) -> tuple[Flag, ...]:
    """Returns the flags that the item raises, the weightiest first."""
    return tuple(flag for flag in FLAGS if flag.is_raised(item))


def worst_first(items: Iterable[Item]) -> list[Item]:
    """Sorts the items by what an author should look at first: by the weightiest flag, then the next."""

    def weight(item: Item) -> tuple[object, ...]:
        not_raised = tuple(not flag.is_raised(item) for flag in FLAGS)
        return (
            not_raised,
            -item.open_reports,
            not item.is_current,
            item.question_version[:2],
            -item.question_version.version,
        )

    return sorted(items, key=weight)
