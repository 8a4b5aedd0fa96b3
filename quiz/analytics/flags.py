"""What an author should look at first. A new flag is one entry in FLAGS, at the place of its weight.

A flag speaks of what is the case, not of luck: it is raised where the whole 90 % interval of what it measures is beyond
the limit, so that a question at the limit raises it in about 5 of 100 cases, whatever the number of answers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from quiz.analytics.item_statistics import FEWEST_ANSWERS, likely_correlation, likely_share
from quiz.analytics.model import Item, Range
from quiz.bank.model import Kind

Measure = Callable[[Item], Range | None]

# Fewer sure answers than this make no rate: one slip more or less would decide.
FEWEST_SURE = 10
TIMES = {1: "once", 2: "twice"}


def below(found: Range, limit: float) -> bool:
    return found.most < limit


def from_on(found: Range, limit: float) -> bool:
    return found.least >= limit


@dataclass(frozen=True)
class Flag:
    """Raised where the measure is there and `beyond` the limit; `why` gives the limit's reason or source."""

    word: str
    measure: Measure
    beyond: Callable[[Range, float], bool]
    limit: float
    why: str
    is_for_older: bool = False

    def is_raised(self, item: Item) -> bool:
        """An older edition cannot be mended any more: it raises only what is still to be settled."""
        measured = self.measure(item) if item.is_current or self.is_for_older else None
        return measured is not None and self.beyond(measured, self.limit)

    def says(self, item: Item) -> str:
        times = item.open_reports
        return self.word.format(times=TIMES.get(times, f"{times} times"))


def _counted(number: int) -> Range:
    """What is counted in full leaves nothing to chance."""
    return Range(number, number)


def _reports(item: Item) -> Range:
    return _counted(item.open_reports)


def _wordings(item: Item) -> Range:
    return _counted(len(item.others))


def _discrimination(item: Item) -> Range | None:
    found = item.statistics.discrimination
    return None if found is None else likely_correlation(found, item.statistics.compared)


def _discrimination_not_below_zero(item: Item) -> Range | None:
    found = _discrimination(item)
    return None if found is None or below(found, 0.0) else found


def _sure_wrong(item: Item) -> Range | None:
    told = item.statistics
    return likely_share(told.sure_wrong, told.sure) if told.sure >= FEWEST_SURE else None


def _difficulty(item: Item) -> Range | None:
    told = item.statistics
    return likely_share(told.right, told.answers) if told.answers >= FEWEST_ANSWERS else None


def _least_picked(item: Item) -> Range | None:
    """The share of the wrong option that is picked least.

    There are none where an order is asked for, and none can be told where not all were asked alike.
    """
    answers = item.statistics.answers
    if answers < FEWEST_ANSWERS or item.question.kind is Kind.ORDERING or item.others:
        return None
    wrong = [times for option, times, _ in item.options if not option.right]
    return likely_share(min(wrong), answers) if wrong else None


FLAGS: tuple[Flag, ...] = (
    Flag(
        "reported {times}",
        _reports,
        from_on,
        1,
        "A learner took the trouble to say what is wrong, and nobody has settled it yet.",
        is_for_older=True,
    ),
    Flag(
        "was asked in other words",
        _wordings,
        from_on,
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
        from_on,
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
        from_on,
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
    """What the item raises, the weightiest first."""
    return tuple(flag for flag in FLAGS if flag.is_raised(item))


def worst_first(items: Iterable[Item]) -> list[Item]:
    """The items in the order in which an author should look at them: the weightiest flag decides, then the next."""

    def weight(item: Item) -> tuple[object, ...]:
        calm = tuple(not flag.is_raised(item) for flag in FLAGS)
        return calm, -item.open_reports, not item.is_current, item.question_version[:2], -item.question_version.version

    return sorted(items, key=weight)
