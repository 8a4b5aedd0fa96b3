"""Computes wait times, queue depths, rates and work from the timings of many messages. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import fmean, median

# Seconds of a median wait, beyond the work itself, below which no queue built up.
NO_WAIT = 0.02


@dataclass(frozen=True, slots=True)
class MessageTiming:
    """The times, in seconds, at which a message to `actor` was sent and, if it was, handled.

    `took` is how long its worker had it, if that is known.
    """

    actor: str
    sent: float
    handled: float | None
    took: float | None = None

    def wait(self, until: float) -> float:
        """Returns the seconds that it waited, or has waited by then."""
        return max((until if self.handled is None else self.handled) - self.sent, 0.0)


@dataclass(frozen=True, slots=True)
class WaitStats:
    """Statistics of the seconds between sending and handling an actor's messages.

    `most` is the largest number that waited at once, and `now` the number that still do. A worker had a message for
    `work` seconds on average, and all of them for `worked` seconds.
    """

    actor: str
    messages: int
    median: float
    p95: float
    most: int
    now: int
    work: float = 0.0
    worked: float = 0.0

    @property
    def has_queue(self) -> bool:
        """Tells whether messages waited for longer than they were worked on."""
        return self.median - self.work >= NO_WAIT


def waiting(actor: str, timings: Iterable[MessageTiming], *, until: float) -> WaitStats:
    """Returns the statistics of one actor's messages; those that still wait count with their wait so far."""
    own = [one for one in timings if one.actor == actor]
    waits = sorted(one.wait(until) for one in own)
    took = [one.took for one in own if one.took is not None]
    return WaitStats(
        actor,
        messages=len(own),
        median=median(waits) if waits else 0.0,
        p95=waits[ceil(0.95 * len(waits)) - 1] if waits else 0.0,
        most=max(depths(own, [one.sent for one in own]), default=0),
        now=sum(one.handled is None for one in own),
        work=fmean(took) if took else 0.0,
        worked=sum(took),
    )


def depths(timings: Iterable[MessageTiming], moments: Iterable[float]) -> list[int]:
    """Returns how many messages were sent and not yet handled at each of these moments."""
    timings = list(timings)
    sent = sorted(one.sent for one in timings)
    handled = sorted(one.handled for one in timings if one.handled is not None)
    return [bisect_right(sent, at) - bisect_right(handled, at) for at in moments]


def rates(times: Iterable[float], edges: Sequence[float]) -> list[float]:
    """Returns the events per second between each of these moments and the next."""
    ordered = sorted(times)
    return [(bisect_right(ordered, b) - bisect_right(ordered, a)) / (b - a) for a, b in pairwise(edges)]
