"""Reads loads and counts their figures from what was recorded, whenever they are asked for."""

import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.fields import IntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from sandbox.definitions.registry import QUEUES
from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.analysis.queueing import MessageTiming, WaitStats, depths, rates, waiting
from sandbox.models import DeliveryRow, FactRow, Load, Run

# How many intervals time is cut into where it is drawn.
INTERVALS = 20


class NoSuchLoad(LookupError):
    """There is no such load, or it belongs to another learner; the two look the same from outside."""


def load_for(learner: str, load_id: uuid.UUID) -> Load:
    """Returns the learner's load. Raises NoSuchLoad."""
    load = Load.objects.filter(pk=load_id, learner=learner).first()
    if load is None:
        raise NoSuchLoad(f"There is no load {load_id} among yours. A load can be seen only by who started it.")
    return load


def running_load() -> Load | None:
    """Returns the load that runs now, of any learner."""
    return Load.objects.filter(is_running=True).first()


@dataclass(frozen=True)
class Leg:
    """One style's part of a load. Times in seconds; `since` is when its first order began.

    `until` is when its last order ended, or now. `steps` is how many took effect, `processor` the share of the
    machine's processor time that was used, 0 to 1, where that is known.
    """

    style: str
    since: float
    until: float
    runs: Sequence[tuple[uuid.UUID, str, float, float | None]]
    timings: Sequence[MessageTiming]
    steps: int
    processor: float | None

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
    def order_median(self) -> float:
        """Returns the median time that an order took from its beginning to its end."""
        took = [ended - started for _, _, started, ended in self.runs if ended is not None]
        return median(took) if took else 0.0

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


def legs_of(load: Load) -> list[Leg]:
    """Returns the parts of a load that have begun, in order, as far as they have come."""
    runs = _by_style(_runs(load).values_list("style", "pk", "status", "started_at", "ended_at"))
    timings = _by_style(_timings(load))
    steps = dict(_facts(load, FactKind.STEP_COMPLETED).values_list("run__style").annotate(Count("pk")))
    return [
        _leg(load, style, runs[style], [MessageTiming(*row) for row in timings[style]], steps.get(style, 0))
        for style in load.styles
        if style in runs
    ]


def _leg(load: Load, style: str, runs: list[Any], timings: list[MessageTiming], steps: int) -> Leg:
    ends = [ended for _, _, _, ended in runs]
    until = time.time() if load.is_running and None in ends else max(filter(None, ends), default=load.asked_at)
    since = min(started for _, _, started, _ in runs)
    return Leg(style, since, until, runs, timings, steps, _processor(load, style))


def _by_style(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Returns the rest of each row under its first column."""
    of = defaultdict(list)
    for style, *rest in rows:
        of[style].append(tuple(rest))
    return of


def _runs(load: Load) -> QuerySet[Run]:
    return Run.objects.filter(load=load)


def _facts(load: Load, kind: FactKind) -> QuerySet[FactRow]:
    return FactRow.objects.filter(run__load=load, kind=kind)


def _timings(load: Load) -> Iterable[tuple[Any, ...]]:
    """Reads style, receiver, and when each message was sent and handled, except timers, which wait on purpose."""
    own = FactRow.objects.filter(run=OuterRef("run"))
    message = Cast(KT("details__message"), IntegerField())
    sent = own.filter(seq=OuterRef("message"))
    handled = own.filter(kind=FactKind.MESSAGE_HANDLED, actor=OuterRef("receiver")).annotate(of=message)
    return (
        DeliveryRow.objects.filter(run__load=load)
        .exclude(kind=MessageKind.TIMER)
        .values_list(
            "run__style",
            "receiver",
            Subquery(sent.values("at")[:1]),
            Subquery(handled.filter(of=OuterRef("message")).values("at")[:1]),
        )
    )


def _processor(load: Load, style: str) -> float | None:
    readings = load.ticks.get(style, [])
    if len(readings) < 2:
        return None
    (used, had), (used_then, had_then) = readings
    return (used_then - used) / (had_then - had) if had_then > had else None
