"""Runs a load: begins its orders, style by style, and gives an actor's worker a second process meanwhile.

The clock calls it, so that no page waits for it and no second process is needed. All that it knows stands in the
database: a clock that was started anew goes on where the other one was.
"""

import time
import uuid
from collections.abc import Mapping

from django.db.models import Count, Q

from sandbox.definitions.registry import SAGA, title
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import ENDED, Pace
from sandbox.models import Load, Run
from sandbox.runtime.broker.heartbeat import is_alive
from sandbox.runtime.broker.worker_pool import resize
from sandbox.runtime.host_info import ticks
from sandbox.runtime.storage.runs import begin, opening

# Runs that are written in one transaction, when many start at once: as many as others will wait for.
BATCH = 10
# Processes of a worker, and of one that is helped.
ALONE, HELPED = 1, 2
# Seconds: between two looks at a load, for a worker to get another process, and for a load in all.
LOOK_EVERY, SET_UP_LIMIT, LIMIT = 0.05, 5.0, 180.0

Counts = Mapping[str, tuple[int, int]]


def advance_load(now: float) -> float | None:
    """Does what comes next for the load that runs; returns in how many seconds to look again, None when none runs."""
    load = Load.objects.filter(is_running=True).first()
    if load is None:
        return None
    if load.began_at is None:
        return _set_up(load, now)
    counts = counts_of(load)
    style = next((style for style in load.styles if _is_open(load, style, counts)), None)
    _read_ticks(load, style)
    if style is None or load.saga not in SAGA:
        return _take_down(load, now)
    if now - load.asked_at > LIMIT:
        return _take_down(load, now, problem=f"Not all of it had ended after {LIMIT:g} seconds.")
    missing = 0 if load.stopped else load.count - counts[style][0]
    if missing:
        _begin(load, style, min(missing, BATCH))
    return 0.0 if missing > BATCH else LOOK_EVERY


def counts_of(load: Load) -> Counts:
    """How many sagas of each style have begun, and how many have ended."""
    over = Count("pk", filter=Q(status__in=ENDED))
    rows = Run.objects.filter(load=load).values_list("style").annotate(begun=Count("pk"), over=over)
    found = {style: (begun, over) for style, begun, over in rows}
    return {style: found.get(style, (0, 0)) for style in load.styles}


def _is_open(load: Load, style: str, counts: Counts) -> bool:
    """Whether sagas of that style have yet to begin, or to end."""
    begun, over = counts[style]
    return over < (begun if load.stopped else load.count)


def _set_up(load: Load, now: float) -> float | None:
    if load.helped and not load.stopped:
        if now - load.asked_at > SET_UP_LIMIT:
            none = f"{title(load.helped)}'s worker got no second process in time, so nothing began."
            return _take_down(load, now, problem=none)
        if resize(load.helped, HELPED) != HELPED:
            return LOOK_EVERY
    Load.objects.filter(pk=load.pk).update(began_at=time.time())
    return 0.0


def _take_down(load: Load, now: float, *, problem: str = "") -> float | None:
    """Ends a load once its helper is gone, or has been asked for long enough."""
    if load.helped and now - load.asked_at < 2 * LIMIT and not _is_alone(load.helped):
        return LOOK_EVERY
    Load.objects.filter(pk=load.pk).update(is_running=False, ended_at=now, problem=problem)
    return None


def _is_alone(actor: str) -> bool:
    """Tells the worker to work with one process; whether it does. One that has died has one when it comes back."""
    processes = resize(actor, ALONE)
    return not is_alive(actor) if processes is None else processes <= ALONE


def _read_ticks(load: Load, current: str | None) -> None:
    """Notes the machine's processor time as a style's turn begins, and as it is over."""
    reading = ticks()
    begins = current is not None and current not in load.ticks
    over = [style for style, readings in load.ticks.items() if style != current and len(readings) == 1]
    if reading is None or not (begins or over):
        return
    load.ticks |= {style: [*load.ticks[style], reading] for style in over} | ({current: [reading]} if begins else {})
    Load.objects.filter(pk=load.pk).update(ticks=load.ticks)


def _begin(load: Load, style: str, count: int) -> None:
    runs = [_new_run(load, style) for _ in range(count)]
    begin((run, opening(run)) for run in runs)


def _new_run(load: Load, style: str) -> Run:
    run = Run(learner=uuid.UUID(str(load.learner)), load=load, started_at=time.time())
    return run.ask(RunSettings(saga=load.saga, style=style, pace=Pace.FAST))
