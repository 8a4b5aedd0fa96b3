"""The clock: releases what is due, sends again what was handed over but never handled, and conducts a load.

It sleeps until the next release or the next hint, so that a new run starts at once, and looks by itself all the same.
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, close_old_connections, connections, transaction
from django.db.models import F, Min
from redis.client import PubSub

from infra.logs import add_to_log_context
from infra.private_apis.sqlite.base import DatabaseWrapper as Sqlite
from sandbox.definitions.terms import ENDED, DeliveryState, MessageKind
from sandbox.engine.execution.faults import Fault, moved
from sandbox.engine.projection.liveness import CLOCK
from sandbox.models import DeliveryRow, Load, Run
from sandbox.runtime.broker.heartbeat import beat
from sandbox.runtime.broker.inspection import accounted_for
from sandbox.runtime.broker.notifications import CLOCK_CHANNEL, LONGEST_SLEEP
from sandbox.runtime.broker.outbox_relay import BATCH, relay_again, relay_due
from sandbox.runtime.load_runner import advance_load

# Seconds: between two sweeps, and as a multiple of what the last one took, so that long queues are read less often.
SWEEP_EVERY, SWEEP_SHARE = 1.0, 20.0
GRACE = 5.0
# Seconds of a wait from which on it is one for a certain time of a certain day.
BY_THE_CALENDAR = 3600.0
# Seconds from one turn to the next that are put down to a clock that was stopped or set. A busy one takes one or two.
LATE = 3.0

log = logging.getLogger(__name__)


def tick(now: float) -> None:
    """Releases everything that is due at `now`."""
    due = next_due()
    while due is not None and due <= now and relay_due(now) == BATCH:
        pass


def next_due() -> float | None:
    """When the next message is due that waits for its time. Looking first spares the claim, which would lock."""
    due: float | None = DeliveryRow.objects.filter(state=DeliveryState.PENDING).aggregate(at=Min("release_at"))["at"]
    return due


def postpone_overdue_timers(now: float) -> int:
    """Lets timers that should have rung while no clock ran ring a little later; returns how many those are.

    After a stop of everything, what was on its way comes first: nobody is blamed for a silence that was ours.
    """
    late = DeliveryRow.objects.filter(state=DeliveryState.PENDING, kind=MessageKind.TIMER, release_at__lt=now)
    return late.update(release_at=now + GRACE)


def skip_downtime(gap: float) -> None:
    """Moves on whatever waits by the seconds in which no clock ran, as if they had not been, in one transaction.

    A laptop slept, everything was stopped, or the system's clock was set; then the seconds may be less than none. What
    waits keeps the time that it had left, also a service that is down and a load, and what is on its way is not taken
    for lost. A wait of hours or days goes by the calendar and stays.
    """
    waiting = DeliveryRow.objects.filter(state=DeliveryState.PENDING, after__lt=BY_THE_CALENDAR)
    with transaction.atomic():
        waiting.exclude(release_at=None).update(release_at=F("release_at") + gap)
        DeliveryRow.objects.filter(state=DeliveryState.SENT).update(sent_at=F("sent_at") + gap)
        Load.objects.filter(is_running=True).update(asked_at=F("asked_at") + gap)
        for run in Run.objects.select_for_update().exclude(status__in=ENDED).exclude(faults=[]):
            faults = [moved(Fault.load(fault), gap).dump() for fault in run.faults]
            Run.objects.filter(pk=run.pk).update(faults=faults)


def sweep(now: float, find: Callable[..., Collection[int]]) -> int:
    """Sends again what has been on its way for too long; returns how many deliveries that were.

    `find(actors, taken_since=...)` gives the deliveries whose letters lie in their queues, or were taken since then.
    These are not lost, however long they had to wait: a second letter would only make the queue longer.
    """
    late_since = now - settings.SANDBOX_RESEND_AFTER
    rows = DeliveryRow.objects.filter(state=DeliveryState.SENT, sent_at__lte=late_since).order_by("sent_at")
    late = dict(rows.values_list("pk", "receiver"))
    known = find(set(late.values()), taken_since=late_since) if late else ()
    lost = [delivery for delivery in late if delivery not in known][:BATCH]
    relay_again(lost, now=now)
    return len(lost)


def _checkpoint_wal() -> None:
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, Sqlite):
        database.checkpoint_log()


@dataclass
class Clock:
    """The long-running loop. `stop()` ends it after the current turn."""

    stopped: bool = False
    broker: redis.Redis = field(
        default_factory=lambda: redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    )
    next_sweep: float = 0.0
    last_beat: float = 0.0
    last_turn: float | None = None

    def stop(self) -> None:
        self.stopped = True

    def run(self) -> None:
        """Ticks until stopped. A failing database or broker is waited for."""
        notifications = PubSub(self.broker.connection_pool, ignore_subscribe_messages=True)
        postpone_overdue_timers(time.time())
        add_to_log_context(actor=CLOCK)
        while not self.stopped:
            try:
                self._sleep(notifications, longest=self._turn())
            except (DatabaseError, redis.RedisError) as error:
                log.warning("the clock goes on in a moment: %s", error)
                close_old_connections()
                time.sleep(LONGEST_SLEEP)

    def _turn(self) -> float:
        """Does what is to be done now; returns after how many seconds to look again at the latest."""
        now = time.time()
        self.detect_gap(now)
        tick(now)
        if not 0 <= now - self.last_beat < SWEEP_EVERY:
            self.last_beat = now
            beat(CLOCK, broker=self.broker)
            _checkpoint_wal()
        if now >= self.next_sweep:
            sweep(now, partial(accounted_for, broker=self.broker))
            self.next_sweep = now + max(SWEEP_EVERY, SWEEP_SHARE * (time.time() - now))
        again = advance_load(now)
        return LONGEST_SLEEP if again is None else again

    def detect_gap(self, now: float) -> None:
        """Passes over the time since the last turn if that is much longer ago than a turn takes, or is yet to come."""
        gap = 0.0 if self.last_turn is None else now - self.last_turn
        if gap > LATE or gap < -LATE:
            skip_downtime(gap)
            log.warning("the clock was stopped or set: %+.1f s are passed over", gap)
            self.next_sweep = now
        self.last_turn = now

    def _sleep(self, notifications: PubSub, *, longest: float) -> None:
        if not notifications.subscribed:
            notifications.subscribe(CLOCK_CHANNEL)
        due = next_due()
        pause = longest if due is None else min(max(due - time.time(), 0.0), longest)
        while notifications.get_message(timeout=pause) is not None:
            pause = 0.0
