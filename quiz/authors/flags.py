"""What an author should look at first. A new flag is one entry in FLAGS, at the place of its weight."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import ge, lt

from quiz.authors.figures import FEWEST_ANSWERS
from quiz.authors.records import Item
from quiz.records import Kind

Measure = Callable[[Item], float | None]

# Fewer sure answers than this make no rate: one slip more or less would decide.
FEWEST_SURE = 10
TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True)
class Flag:
    """Raised where the measure is there and `beyond` the limit; `why` gives the limit's reason or source."""

    word: str
    measure: Measure
    beyond: Callable[[float, float], bool]
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


def _reports(item: Item) -> float:
    return item.open_reports


def _wordings(item: Item) -> float:
    return len(item.others)


def _discrimination(item: Item) -> float | None:
    return item.figures.discrimination


def _discrimination_above_zero(item: Item) -> float | None:
    found = item.figures.discrimination
    return None if found is None or found < 0 else found


def _confident_wrong(item: Item) -> float | None:
    return item.figures.confident_wrong if item.figures.sure >= FEWEST_SURE else None


def _difficulty(item: Item) -> float | None:
    return item.figures.difficulty if item.figures.answers >= FEWEST_ANSWERS else None


def _least_picked(item: Item) -> float | None:
    """The share of the wrong option that is picked least.

    There are none where an order is asked for, and none can be told where not all were asked alike.
    """
    if item.figures.answers < FEWEST_ANSWERS or item.question.kind is Kind.ORDERING or item.others:
        return None
    return min((picked or 0.0 for option, _, picked in item.options if not option.right), default=None)


FLAGS: tuple[Flag, ...] = (
    Flag(
        "reported {times}",
        _reports,
        ge,
        1,
        "A learner took the trouble to say what is wrong, and nobody has settled it yet.",
        is_for_older=True,
    ),
    Flag(
        "was asked in other words",
        _wordings,
        ge,
        1,
        "Its prompt, its options or its key were changed and its version was not, so that its figures mix answers to "
        "different questions. Raise the version; after that, only what is asked now counts.",
    ),
    Flag(
        "misleads those who know",
        _discrimination,
        lt,
        0.0,
        "Who does well on the rest of the check misses it more often than the others: look for a wrong key or a second "
        "right option (Crocker & Algina 1986).",
    ),
    Flag(
        "misleads the confident",
        _confident_wrong,
        ge,
        0.2,
        "One in five of those who were sure was wrong: a misconception, or an unclear prompt. Being sure should mean "
        "80 % right at least, the point from which certainty-based marking rewards it (Gardner-Medwin 2006).",
    ),
    Flag(
        "tells nobody apart",
        _discrimination_above_zero,
        lt,
        0.1,
        "Those who do well on the rest do hardly better on it. Long tests ask for 0.2 (Ebel & Frisbie 1991); a rest "
        "of four questions has so much chance in it that this halves, to 0.1.",
    ),
    Flag(
        "too hard",
        _difficulty,
        lt,
        0.35,
        "About as many are right as would be by picking blindly among three options (0.33).",
    ),
    Flag(
        "too easy",
        _difficulty,
        ge,
        0.95,
        "Nineteen of twenty are right; it can tell at most one in twenty what to read again.",
    ),
    Flag(
        "has an idle option",
        _least_picked,
        lt,
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
        return calm, -item.open_reports, not item.is_current, item.edition[:2], -item.edition.version

    return sorted(items, key=weight)
