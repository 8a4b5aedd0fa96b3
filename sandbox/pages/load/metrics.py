"""Reads loads and counts their figures from what was recorded, whenever they are asked for."""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.fields import FloatField, IntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.analysis.leg import Leg
from sandbox.engine.analysis.queueing import MessageTiming
from sandbox.models import DeliveryRow, FactRow, Load, Run
from sandbox.runtime.load_runner import HELPED_PROCESSES


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
    return Leg(
        style,
        since,
        until,
        runs,
        timings,
        steps,
        processor=_processor(load, style),
        rate=load.rate,
        slow=load.slow,
        processes={load.helped: HELPED_PROCESSES} if load.helped else {},
    )


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
    """Reads style, receiver, when each message was sent and handled, and the seconds that handling took.

    Timers are left out: they wait on purpose.
    """
    own = FactRow.objects.filter(run=OuterRef("run"))
    message, took = Cast(KT("details__message"), IntegerField()), Cast(KT("details__took"), FloatField())
    sent = own.filter(seq=OuterRef("message"))
    handled = own.filter(kind=FactKind.MESSAGE_HANDLED, actor=OuterRef("receiver")).annotate(of=message, took=took)
    one = handled.filter(of=OuterRef("message"))
    return (
        DeliveryRow.objects.filter(run__load=load)
        .exclude(kind=MessageKind.TIMER)
        .values_list(
            "run__style",
            "receiver",
            Subquery(sent.values("at")[:1]),
            Subquery(one.values("at")[:1]),
            Subquery(one.values("took")[:1]),
        )
    )


def _processor(load: Load, style: str) -> float | None:
    readings = load.ticks.get(style, [])
    if len(readings) < 2:
        return None
    (used, had), (used_then, had_then) = readings
    return (used_then - used) / (had_then - had) if had_then > had else None
