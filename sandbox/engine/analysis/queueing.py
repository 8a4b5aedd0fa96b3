"""What many messages tell of the actors they went to: how long each waited, how many waited at once. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class MessageTiming:
    """One message's way to its receiver: when it was sent, and when it was handled, if it was. Seconds."""

    actor: str
    sent: float
    handled: float | None

    def wait(self, until: float) -> float:
        """How long it waited, or has waited by then."""
        return max((until if self.handled is None else self.handled) - self.sent, 0.0)


@dataclass(frozen=True, slots=True)
class WaitStats:
    """How an actor's messages waited, from being sent to being handled. Times in seconds.

    `most` is how many waited at once, and `now` how many still do.
    """

    actor: str
    messages: int
    median: float
    p95: float
    most: int
    now: int


def waiting(actor: str, timings: Iterable[MessageTiming], *, until: float) -> WaitStats:
    """How one actor's messages waited by then; those that still wait count with what they have waited."""
    own = [one for one in timings if one.actor == actor]
    waits = sorted(one.wait(until) for one in own)
    return WaitStats(
        actor,
        messages=len(own),
        median=median(waits) if waits else 0.0,
        p95=waits[ceil(0.95 * len(waits)) - 1] if waits else 0.0,
        most=max(depths(own, [one.sent for one in own]), default=0),
        now=sum(one.handled is None for one in own),
    )


def depths(timings: Iterable[MessageTiming], moments: Iterable[float]) -> list[int]:
    """How many messages were sent and not yet handled at each of these moments."""
    ways = list(timings)
    sent = sorted(one.sent for one in ways)
    handled = sorted(one.handled for one in ways if one.handled is not None)
    return [bisect_right(sent, at) - bisect_right(handled, at) for at in moments]


def rates(times: Iterable[float], edges: Sequence[float]) -> list[float]:
    """How often something happened, per second, between each of these moments and the next."""
    ordered = sorted(times)
    return [(bisect_right(ordered, b) - bisect_right(ordered, a)) / (b - a) for a, b in pairwise(edges)]
