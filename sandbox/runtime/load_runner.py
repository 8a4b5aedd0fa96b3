"""Runs a load: starts its orders, style by style, and gives one actor's worker a second process meanwhile.

Orders that arrive at a rate are placed by the time that has passed, so that a clock that fell behind places late what
it owes, and the rate stays what was asked for. The page says how late the latest was.

The clock calls it, so that no page waits for it and no further process is needed. All its state is in the database: a
restarted clock continues where the last one was.
"""

import time
import uuid
from collections.abc import Mapping
from math import floor

from django.db import DatabaseError, transaction
from django.db.models import Count, Q
from redis.exceptions import RedisError

from sandbox.definitions.registry import SAGA, title
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import ENDED, Pace
from sandbox.models import Load, Run
from sandbox.runtime.broker.heartbeat import is_alive
from sandbox.runtime.broker.worker_pool import resize
from sandbox.runtime.host_info import machine, ticks
from sandbox.runtime.storage.runs import insert_alike

# Runs that are inserted in one transaction: some 25 ms, for which other writers wait. With fewer, starting waits more
# often for workers, which are at work on what has begun.
STARTED_AT_ONCE = 150
# Processes of a worker, normally and while it is helped.
NORMAL_PROCESSES, HELPED_PROCESSES = 1, 2
# Seconds between two checks of a load, for a worker to get another process, and for the orders of one style.
LOOK_EVERY, SET_UP_LIMIT, LIMIT = 0.05, 5.0, 180.0
FAILED = "The sandbox has failed: a mistake of ours has ended this load, and not one of its orders."
# Errors that are no bug: the next call may do better.
OUTAGES = (DatabaseError, RedisError)

Counts = Mapping[str, tuple[int, int]]


def advance_load(now: float) -> float | None:
    """Advances the load that runs; returns the seconds until the next call, or None when no load runs.

    Raises DatabaseError and RedisError. Any other error is a bug and is raised too, once it has ended the load, which
    would meet it again each time.
    """
    load = Load.objects.filter(is_running=True).first()
    if load is None:
        return None
    try:
        return _advance(load, now)
    except OUTAGES:
        raise
    except Exception:
        Load.objects.filter(pk=load.pk).update(is_running=False, ended_at=now, problem=FAILED)
        if load.helped:
            resize(load.helped, NORMAL_PROCESSES)
        raise


def _advance(load: Load, now: float) -> float | None:
    if load.began_at is None:
        return _set_up(load, now)
    counts = counts_of(load)
    style = next((style for style in load.styles if _is_open(load, style, counts)), None)
    _read_ticks(load, style)
    if style is None or load.saga not in SAGA:
        return _tear_down(load, now)
    limit = _limit(load)
    if now - load.asked_at > limit:
        return _tear_down(load, now, problem=f"Not all of it had ended after {limit:g} seconds.")
    return LOOK_EVERY if load.stopped else _place_orders(load, style, counts[style][0], now)


def _limit(load: Load) -> float:
    """Returns the seconds after which a load is given up."""
    return LIMIT * len(load.styles)


def _place_orders(load: Load, style: str, begun: int, now: float) -> float:
    """Places the orders of the style that have arrived and not begun, a batch of them; returns the time to the next."""
    if not begun:
        load.arrives_from = now
        Load.objects.filter(pk=load.pk).update(arrives_from=now)
    due = arrived(load, now) - begun
    if due > 0:
        _start_orders(load, style, min(due, STARTED_AT_ONCE))
    if due > STARTED_AT_ONCE:
        return 0.0
    return min(LOOK_EVERY, _until_next(load, begun + max(due, 0), now))


def arrived(load: Load, now: float) -> int:
    """Returns how many orders of the style at hand have arrived by now: the first at once, then `rate` a second."""
    if not load.rate or load.arrives_from is None:
        return load.count
    return min(load.count, 1 + floor(max(now - load.arrives_from, 0.0) * load.rate))


def _until_next(load: Load, begun: int, now: float) -> float:
    """Returns the seconds until the next order arrives after so many, or LOOK_EVERY if none does."""
    if not load.rate or load.arrives_from is None or begun >= load.count:
        return LOOK_EVERY
    return max(load.arrives_from + begun / load.rate - now, 0.0)


def counts_of(load: Load) -> Counts:
    """Returns how many sagas of each style have begun, and how many have ended."""
    ended = Count("pk", filter=Q(status__in=ENDED))
    rows = Run.objects.filter(load=load).values_list("style").annotate(begun=Count("pk"), ended=ended)
    found = {style: (begun, ended) for style, begun, ended in rows}
    return {style: found.get(style, (0, 0)) for style in load.styles}


def _is_open(load: Load, style: str, counts: Counts) -> bool:
    """Returns whether sagas of that style have yet to begin or to end."""
    begun, ended = counts[style]
    return ended < (begun if load.stopped else load.count)


def _set_up(load: Load, now: float) -> float | None:
    if load.helped and not load.stopped:
        if now - load.asked_at > SET_UP_LIMIT:
            none = f"{title(load.helped)}'s worker got no second process in time, so nothing began."
            return _tear_down(load, now, problem=none)
        if resize(load.helped, HELPED_PROCESSES) != HELPED_PROCESSES:
            return LOOK_EVERY
    Load.objects.filter(pk=load.pk).update(began_at=time.time())
    return 0.0


def _tear_down(load: Load, now: float, *, problem: str = "") -> float | None:
    """Ends a load once its helper process is gone, or did not go for long enough."""
    if load.helped and now - load.asked_at < 2 * _limit(load) and not _is_without_helper(load.helped):
        return LOOK_EVERY
    with transaction.atomic():
        Load.objects.filter(pk=load.pk).update(is_running=False, ended_at=now, problem=problem)
        if load.then and not problem and Load.objects.filter(pk=load.pk, stopped=False).exists():
            _follow(load, now)
            return 0.0
    return None


def _follow(load: Load, now: float) -> None:
    """Has the next load of a series run: the same one, with the second process that is next in turn."""
    same = {name: getattr(load, name) for name in ("learner", "styles", *load.CONDITIONS)}
    helped, *then = load.then
    Load(**{**same, "machine": machine()}, helped=helped, then=then, asked_at=now).save(force_insert=True)


def _is_without_helper(actor: str) -> bool:
    """Asks the worker to use one process; returns whether it does. A dead one has one process after its restart."""
    processes = resize(actor, NORMAL_PROCESSES)
    return not is_alive(actor) if processes is None else processes <= NORMAL_PROCESSES


def _read_ticks(load: Load, current: str | None) -> None:
    """Records the machine's processor time when the orders of a style begin, and when all have ended."""
    reading = ticks()
    is_first = current is not None and current not in load.ticks
    over = [style for style, readings in load.ticks.items() if style != current and len(readings) == 1]
    if reading is None or not (is_first or over):
        return
    load.ticks |= {style: [*load.ticks[style], reading] for style in over} | ({current: [reading]} if is_first else {})
    Load.objects.filter(pk=load.pk).update(ticks=load.ticks)


def _start_orders(load: Load, style: str, count: int) -> None:
    now = time.time()
    insert_alike([_new_run(load, style, now) for _ in range(count)])


def _new_run(load: Load, style: str, now: float) -> Run:
    run = Run(learner=uuid.UUID(str(load.learner)), load=load, started_at=now)
    return run.apply_settings(RunSettings(saga=load.saga, style=style, pace=Pace.FAST))
