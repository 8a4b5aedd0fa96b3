"""From answers to figures: classical test theory, computed from plain values."""

from collections import Counter
from collections.abc import Sequence
from math import atanh, sqrt, tanh
from statistics import fmean

from quiz.analytics.model import ItemStatistics, Range, Taken
from quiz.bank.model import Confidence, Kind

# Below this an item analysis says more about chance than about the item (Downing & Yudkowsky 2009, chapter 5).
FEWEST_ANSWERS = 30
COMMONEST = 5
# The normal deviate that 5 of 100 are beyond on either side.
DEVIATE = 1.645


def discrimination(taken: Sequence[Taken]) -> float | None:
    """How well the item tells those who know from those who do not, -1 to 1: the corrected item-total correlation.

    The point-biserial correlation between the item's mark and the score on the rest of the same sitting:
    r = (M1 - M0) / s * sqrt(p * q), where M1 and M0 are the mean rest scores of those right and wrong, s the standard
    deviation of all rest scores, p the share right and q = 1 - p. The item itself is left out of the score, for with
    five questions it would correlate with itself (Crocker & Algina 1986, Introduction to Classical and Modern Test
    Theory, chapter 14). None below FEWEST_ANSWERS, and where marks or rest scores are all alike.
    """
    right = [one.rest for one in taken if one.is_right and one.rest is not None]
    wrong = [one.rest for one in taken if not one.is_right and one.rest is not None]
    everyone = right + wrong
    if len(everyone) < FEWEST_ANSWERS or not right or not wrong or len(set(everyone)) == 1:
        return None
    mean, p = fmean(everyone), len(right) / len(everyone)
    deviation = sqrt(fmean((rest - mean) ** 2 for rest in everyone))
    return (fmean(right) - fmean(wrong)) / deviation * sqrt(p * (1 - p))


def likely_correlation(found: float, pairs: int) -> Range:
    """Between which values the correlation lies that `pairs` pairs came to by chance: the 90 % interval.

    By Fisher's z: tanh(artanh(r) -+ 1.645 / sqrt(n - 3)) (Fisher 1921, On the "probable error" of a coefficient of
    correlation deduced from a small sample, Metron 1). Near enough, though one of the two here is a mark of 0 or 1.
    Everything from -1 to 1 is likely of fewer than four pairs.
    """
    if pairs < 4:
        return Range(-1.0, 1.0)
    if abs(found) >= 1:
        return Range(found, found)
    way = DEVIATE / sqrt(pairs - 3)
    return Range(tanh(atanh(found) - way), tanh(atanh(found) + way))


def likely_share(part: int, whole: int) -> Range:
    """Between which values the share lies that `part` of `whole` came to by chance: the 90 % interval.

    By Wilson's score, which holds for few answers and for shares near 0 and 1 as well (Wilson 1927, Probable
    inference, the law of succession, and statistical inference, JASA 22; Brown, Cai & DasGupta 2001, Interval
    estimation for a binomial proportion, Statistical Science 16). Everything from 0 to 1 is likely of nothing.
    """
    if not whole:
        return Range(0.0, 1.0)
    p, square = part / whole, DEVIATE**2
    middle = p + square / (2 * whole)
    way = DEVIATE * sqrt(p * (1 - p) / whole + square / (4 * whole**2))
    return Range((middle - way) / (1 + square / whole), (middle + way) / (1 + square / whole))


def item_statistics(kind: Kind, taken: Sequence[Taken]) -> ItemStatistics:
    """What the answers to one edition come to."""
    sure = [one for one in taken if one.confidence == Confidence.SURE]
    is_ordering = kind is Kind.ORDERING
    return ItemStatistics(
        answers=len(taken),
        right=sum(one.is_right for one in taken),
        said=sum(one.confidence != "" for one in taken),
        guesses=sum(one.confidence == Confidence.GUESS for one in taken),
        sure=len(sure),
        sure_wrong=sum(not one.is_right for one in sure),
        discrimination=discrimination(taken),
        compared=sum(one.rest is not None for one in taken),
        picks={} if is_ordering else Counter(option for one in taken for option in one.picks),
        wrong_orders=_wrong_orders(taken) if is_ordering else (),
    )


def _wrong_orders(taken: Sequence[Taken]) -> tuple[tuple[tuple[str, ...], int], ...]:
    return tuple(Counter(one.picks for one in taken if not one.is_right).most_common(COMMONEST))
