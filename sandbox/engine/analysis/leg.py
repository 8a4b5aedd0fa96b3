"""Counts the figures of one style's part of a load, and tells what it has measured. Pure."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from statistics import median

from sandbox.definitions.registry import QUEUES
from sandbox.engine.analysis.queueing import MessageTiming, WaitStats, depths, rates, waiting

# How many intervals time is cut into where it is drawn.
INTERVALS = 20
# The share of its time from which on a processor or an actor is taken for the limit.
BUSY = 0.8
# The share of the orders that arrive a second which have to end a second, if all of them are to be handled in time.
IN_TIME = 0.85


class Limit(StrEnum):
    """What decided how many orders ended a second."""

    ARRIVAL = "arrival"
    PROCESSOR = "processor"
    ACTOR = "actor"
    NONE = "none"


@dataclass(frozen=True)
class Leg:
    """One style's part of a load. Times in seconds; `since` is when its first order began.

    `until` is when its last order ended, or now. `steps` is how many took effect, `processor` the share of the
    machine's processor time that was used, 0 to 1, where that is known. `rate` orders per second were to arrive, or all
    at once with 0. `slow` is the actor that worked longer on each message; `processes` counts those of the actors that
    had more than one.
    """

    style: str
    since: float
    until: float
    runs: Sequence[tuple[uuid.UUID, str, float, float | None]]
    timings: Sequence[MessageTiming]
    steps: int
    processor: float | None
    rate: int = 0
    slow: str = ""
    processes: Mapping[str, int] = field(default_factory=dict)

    @property
    def begun(self) -> int:
        return len(self.runs)

    @cached_property
    def ends(self) -> list[float]:
        """Returns when each order ended that has."""
        return [ended for _, _, _, ended in self.runs if ended is not None]

    @property
    def over(self) -> int:
        return len(self.ends)

    @property
    def statuses(self) -> list[tuple[str, int]]:
        """Counts the orders in each status, the most frequent first."""
        return Counter(status for _, status, _, _ in self.runs).most_common()

    @property
    def seconds(self) -> float:
        return self.until - self.since

    @property
    def orders_per_second(self) -> float:
        return self.over / self.seconds if self.seconds > 0 else 0.0

    @property
    def steps_per_second(self) -> float:
        return self.steps / self.seconds if self.seconds > 0 else 0.0

    @property
    def messages_per_order(self) -> float:
        return len(self.timings) / self.begun if self.begun else 0.0

    @property
    def order_median(self) -> float | None:
        """Returns the median time that an order took from its beginning to its end; None if none has ended."""
        took = [ended - started for _, _, started, ended in self.runs if ended is not None]
        return median(took) if took else None

    @property
    def slowest(self) -> tuple[uuid.UUID, float] | None:
        """Returns the order that took longest, and how long."""
        took = [(ended - started, run) for run, _, started, ended in self.runs if ended is not None]
        return (max(took)[1], max(took)[0]) if took else None

    @cached_property
    def waits(self) -> list[WaitStats]:
        """Returns how the messages of each actor waited, for those that got any."""
        actors = {one.actor for one in self.timings}
        return [waiting(actor, self.timings, until=self.until) for actor in QUEUES if actor in actors]

    @property
    def bottleneck(self) -> WaitStats | None:
        """Returns the actor whose messages waited longest."""
        return max(self.waits, key=lambda one: one.median, default=None)

    @property
    def most_work(self) -> WaitStats | None:
        """Returns the actor for which most work arrives each second, at the rate at which orders do."""
        return max(self.waits, key=self.arriving, default=None)

    @property
    def busiest(self) -> WaitStats | None:
        """Returns the actor whose worker was busy for the largest share of the time."""
        return max(self.waits, key=self.busy, default=None)

    @property
    def limiting_actor(self) -> WaitStats | None:
        """Returns the actor that decided how many orders ended a second, if one did."""
        return self.busiest if self.limit is Limit.ACTOR else None

    def capacity(self, actor: str) -> int:
        """Returns how many messages the actor could handle at once: so many seconds of work it does each second."""
        return self.processes.get(actor, 1)

    def busy(self, one: WaitStats) -> float:
        """Returns the share of the time, 0 to 1, in which the actor's worker had a message."""
        return one.worked / (self.seconds * self.capacity(one.actor)) if self.seconds > 0 else 0.0

    def messages_of(self, one: WaitStats) -> float:
        """Returns how many messages of an order the actor gets."""
        return one.messages / self.begun

    def arriving(self, one: WaitStats) -> float:
        """Returns the seconds of work that arrive for the actor each second, at the rate at which orders do.

        From the number of its processes on, it cannot do all of it, and its queue grows for as long as orders arrive.
        """
        return self.rate * self.messages_of(one) * one.work

    @property
    def lateness(self) -> float:
        """Returns how much later than it should have arrived the latest order was placed."""
        if not self.rate:
            return 0.0
        placed = sorted(started for _, _, started, _ in self.runs)
        return max(at - (placed[0] + number / self.rate) for number, at in enumerate(placed))

    @property
    def limit(self) -> Limit:
        """Tells what decided how many orders ended a second."""
        if self.rate and self.orders_per_second >= IN_TIME * self.rate:
            return Limit.ARRIVAL
        busiest = self.busiest
        if busiest and busiest.actor == self.slow and self._is_full(busiest):
            return Limit.ACTOR
        if self.is_processor_busy:
            return Limit.PROCESSOR
        return Limit.ACTOR if busiest and self._is_full(busiest) else Limit.NONE

    def _is_full(self, one: WaitStats) -> bool:
        return self.busy(one) >= BUSY or self.arriving(one) > self.capacity(one.actor)

    @property
    def is_processor_busy(self) -> bool:
        return self.processor is not None and self.processor >= BUSY

    @cached_property
    def moments(self) -> list[float]:
        """Returns the moments at which the queues are counted, from the first order's beginning on."""
        return [self.since + i * self.seconds / INTERVALS for i in range(INTERVALS + 1)]

    @cached_property
    def depths(self) -> dict[str, list[int]]:
        """Counts the messages that waited for each actor at each of the moments."""
        of: dict[str, list[MessageTiming]] = defaultdict(list)
        for one in self.timings:
            of[one.actor].append(one)
        return {actor: depths(of[actor], self.moments) for actor in QUEUES if actor in of}

    @cached_property
    def rates(self) -> list[float]:
        """Returns how many orders ended per second, between each of the moments and the next."""
        return rates(self.ends, self.moments) if self.seconds > 0 else []
