"""Computes item statistics by classical test theory, from plain values."""

from collections import Counter
from collections.abc import Sequence
from math import atanh, sqrt, tanh
from statistics import fmean

from quiz.analytics.model import CountedAnswer, Interval, ItemStatistics
from quiz.bank.model import Confidence, Kind
from quiz.bank.typed_answers import comparable

# Below this an item analysis says more about chance than about the item (Downing & Yudkowsky 2009, chapter 5).
MIN_ANSWERS = 30
MAX_COMMONEST = 5
# The normal deviate that 5 of 100 are beyond on either side.
Z = 1.645


def discrimination(answers: Sequence[CountedAnswer]) -> float | None:
    """Returns how well the item separates good from weak learners, -1 to 1: the corrected item-total correlation.

    The point-biserial correlation between the item's mark and the score on the rest of the same attempt:
    r = (M1 - M0) / s * sqrt(p * q), where M1 and M0 are the mean rest scores of those right and wrong, s the standard
    deviation of all rest scores, p the share right and q = 1 - p. The item itself is left out of the score, because
    with five questions it would correlate with itself (Crocker & Algina 1986, Introduction to Classical and Modern Test
    Theory, chapter 14). Returns None below MIN_ANSWERS, and where all marks or rest scores are the same.
    """
    right = [answer.rest for answer in answers if answer.is_right and answer.rest is not None]
    wrong = [answer.rest for answer in answers if not answer.is_right and answer.rest is not None]
    everyone = right + wrong
    if len(everyone) < MIN_ANSWERS or not right or not wrong or len(set(everyone)) == 1:
        return None
    mean, p = fmean(everyone), len(right) / len(everyone)
    deviation = sqrt(fmean((rest - mean) ** 2 for rest in everyone))
    return (fmean(right) - fmean(wrong)) / deviation * sqrt(p * (1 - p))


def correlation_interval(found: float, pairs: int) -> Interval:
    """Returns the 90 % interval of the correlation `found` in so many pairs.

    By Fisher's z: tanh(artanh(r) -+ 1.645 / sqrt(n - 3)) (Fisher 1921, On the "probable error" of a coefficient of
    correlation deduced from a small sample, Metron 1). A good approximation, although one of the two is
    a mark of 0 or 1. For fewer than four pairs the interval is -1 to 1.
    """
    if pairs < 4:
        return Interval(-1.0, 1.0)
    if abs(found) >= 1:
        return Interval(found, found)
    margin = Z / sqrt(pairs - 3)
    return Interval(tanh(atanh(found) - margin), tanh(atanh(found) + margin))


def share_interval(part: int, whole: int) -> Interval:
    """Returns the 90 % interval of the share `part` of `whole`.

    By Wilson's score, which holds for few answers and for shares near 0 and 1 as well (Wilson 1927, Probable
    inference, the law of succession, and statistical inference, JASA 22; Brown, Cai & DasGupta 2001, Interval
    estimation for a binomial proportion, Statistical Science 16). Without answers the interval is 0 to 1.
    """
    if not whole:
        return Interval(0.0, 1.0)
    p, square = part / whole, Z**2
    middle = p + square / (2 * whole)
    margin = Z * sqrt(p * (1 - p) / whole + square / (4 * whole**2))
    return Interval((middle - margin) / (1 + square / whole), (middle + margin) / (1 + square / whole))


def item_statistics(kind: Kind, answers: Sequence[CountedAnswer]) -> ItemStatistics:
    """Returns the statistics of the answers to one question version."""
    sure = [answer for answer in answers if answer.confidence == Confidence.SURE]
    is_ordering = kind is Kind.ORDERING
    return ItemStatistics(
        answers=len(answers),
        right=sum(answer.is_right for answer in answers),
        said=sum(answer.confidence != "" for answer in answers),
        guesses=sum(answer.confidence == Confidence.GUESS for answer in answers),
        sure=len(sure),
        sure_wrong=sum(not answer.is_right for answer in sure),
        discrimination=discrimination(answers),
        compared=sum(answer.rest is not None for answer in answers),
        picks={} if is_ordering else Counter(option for answer in answers for option in answer.picks),
        wrong_orders=_wrong_orders(answers) if is_ordering else (),
        unexpected=_unexpected(answers) if kind.is_typed else (),
    )


def _unexpected(answers: Sequence[CountedAnswer]) -> tuple[tuple[str, int], ...]:
    """Returns the commonest typed answers that match none expected. Those that compare as equal are one."""
    texts: dict[str, str] = {}
    times: Counter[str] = Counter()
    for answer in answers:
        if not answer.picks:
            compared = comparable(answer.given)
            texts.setdefault(compared, answer.given)
            times[compared] += 1
    return tuple((texts[compared], count) for compared, count in times.most_common(MAX_COMMONEST))


def _wrong_orders(answers: Sequence[CountedAnswer]) -> tuple[tuple[tuple[str, ...], int], ...]:
    return tuple(Counter(answer.picks for answer in answers if not answer.is_right).most_common(MAX_COMMONEST))
