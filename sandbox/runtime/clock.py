"""The clock: releases what is due, sends again what was published but never handled, judges ended runs, runs loads.

It sleeps until the next release or notification, at most for `LONGEST_SLEEP`, since notifications can be lost. Each
part of what it does is tried for itself: a bug in one keeps no learner waiting for the others.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections, transaction
from django.db.models import F, Min
from redis.client import PubSub

from infra.logs import log_context
from infra.private_apis.sqlite.base import DatabaseWrapper as Sqlite
from sandbox.definitions.faults import Fault
from sandbox.definitions.terms import ENDED, DeliveryState, MessageKind
from sandbox.engine.execution.faults import shift_outage
from sandbox.engine.projection.liveness import CLOCK
from sandbox.models import DeliveryRow, Load, Run
from sandbox.runtime.broker.heartbeat import beat
from sandbox.runtime.broker.inspection import BrokerMessages, broker_messages_of
from sandbox.runtime.broker.notifications import CLOCK_CHANNEL, LONGEST_SLEEP
from sandbox.runtime.broker.outbox_relay import BATCH, relay_again, relay_due
from sandbox.runtime.load_runner import OUTAGES, advance_load
from sandbox.runtime.storage.records import read_verdict

# Seconds between two sweeps, at least this multiple of the last one's duration: long queues are read less often. The
# same holds for judging, so that a thousand runs that end together take a twentieth of a processor.
SWEEP_EVERY, SWEEP_SHARE = 1.0, 20.0
# Runs that are judged in one round, in which no message is released.
JUDGED_AT_ONCE = 5
GRACE = 5.0
# Seconds from which on a wait is meant by the calendar, and is not extended by downtime.
CALENDAR_WAIT = 3600.0
# Seconds between two runs of the loop above which the clock was stopped or set. A busy one takes one or two.
MAX_INTERVAL = 3.0
# Seconds in which a part's bugs are logged once, and the pause after each: what stays due is not tried again at once.
LOG_EVERY, PAUSE_AFTER_BUG = 10.0, 0.1

log = logging.getLogger(__name__)


def tick(now: float) -> None:
    """Publishes everything that is due at `now`."""
    due = next_due()
    while due is not None and due <= now and relay_due(now) == BATCH:
        pass


def next_due() -> float | None:
    """Returns when the next pending message is due, or None. Unlike claiming, this takes no lock."""
    due: float | None = DeliveryRow.objects.filter(state=DeliveryState.PENDING).aggregate(at=Min("release_at"))["at"]
    return due


def postpone_overdue_timers(now: float) -> int:
    """Postpones timers that were due while no clock ran by `GRACE` seconds; returns their number.

    After a stop of the whole system, messages on their way go first, so that downtime does not cause timeouts.
    """
    late = DeliveryRow.objects.filter(state=DeliveryState.PENDING, kind=MessageKind.TIMER, release_at__lt=now)
    return late.update(release_at=now + GRACE)


def skip_downtime(gap: float) -> None:
    """Shifts all waits by the seconds in which no clock ran, in one transaction.

    The machine slept, everything was stopped, or the system's clock was set (then `gap` may be negative). Messages,
    outages and loads keep the time that they had left, and messages on their way are not taken for lost. Waits of an
    hour or more go by the calendar and are not shifted.
    """
    waiting = DeliveryRow.objects.filter(state=DeliveryState.PENDING, after__lt=CALENDAR_WAIT)
    with transaction.atomic():
        waiting.exclude(release_at=None).update(release_at=F("release_at") + gap)
        DeliveryRow.objects.filter(state=DeliveryState.SENT).update(sent_at=F("sent_at") + gap)
        Load.objects.filter(is_running=True).update(asked_at=F("asked_at") + gap, arrives_from=F("arrives_from") + gap)
        for run in Run.objects.select_for_update().exclude(status__in=ENDED).exclude(faults=[]):
            faults = [shift_outage(Fault.load(fault), gap).dump() for fault in run.faults]
            Run.objects.filter(pk=run.pk).update(faults=faults)


def sweep(now: float, find: Callable[..., BrokerMessages]) -> int:
    """Publishes again the deliveries that have been on their way for too long; returns their number.

    `find(actors, taken_since=...)` returns what there are broker messages for, in the queues or taken since then. Such
    a delivery is not lost, however long it waits: a second one would only lengthen the queue.
    """
    late_since = now - settings.SANDBOX_RESEND_AFTER
    rows = DeliveryRow.objects.filter(state=DeliveryState.SENT, sent_at__lte=late_since).order_by("sent_at")
    late = list(rows.values_list("pk", "receiver", "alone"))
    if not late:
        return 0
    messages = find({receiver for _, receiver, _ in late}, taken_since=late_since)
    lost = [ident for ident, to, own in late if not (ident in messages.own if own else to in messages.woken)][:BATCH]
    relay_again(lost, now=now)
    return len(lost)


def judge_ended() -> int:
    """Stores the verdicts on runs that have ended, the newest first; returns how many runs it has judged.

    Lists of runs show them. Orders of a load are in no list. A run that goes on meanwhile, as an operator retries a
    message, keeps none.
    """
    ended = Run.objects.filter(ended_at__isnull=False, load=None, verdict__isnull=True).order_by("-ended_at")
    runs = list(ended[:JUDGED_AT_ONCE])
    for run in runs:
        Run.objects.filter(pk=run.pk, last_seq=run.last_seq).update(verdict=read_verdict(run).dump())
    return len(runs)


def _checkpoint_wal() -> None:
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, Sqlite):
        database.checkpoint_log()


@dataclass
class Clock:
    """The long-running loop. `stop()` ends it after the current iteration."""

    stopped: bool = False
    broker: redis.Redis = field(
        default_factory=lambda: redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    )
    next_sweep: float = 0.0
    next_judging: float = 0.0
    last_beat: float = 0.0
    last_run_at: float | None = None
    has_postponed: bool = False
    logged_at: dict[str, float] = field(default_factory=dict)

    def stop(self) -> None:
        self.stopped = True

    def run(self) -> None:
        """Runs until stopped. Retries when the database or the broker fails, and goes on when a part has a bug."""
        notifications = PubSub(self.broker.connection_pool, ignore_subscribe_messages=True)
        with log_context(actor=CLOCK):
            while not self.stopped:
                try:
                    longest = self.run_once(time.time())
                    with self._part("sleep"):
                        self._sleep(notifications, longest=longest)
                except OUTAGES as error:
                    log.warning("the clock goes on in a moment: %s", error)
                    close_old_connections()
                    time.sleep(LONGEST_SLEEP)

    def run_once(self, now: float) -> float:
        """Does what is due at `now`; returns the seconds after which to run again at the latest.

        A part that fails with a bug is logged and passed over. Raises DatabaseError and RedisError.
        """
        if not self.has_postponed:
            with self._part("postpone overdue timers"):
                postpone_overdue_timers(now)
            self.has_postponed = True
        with self._part("pass over the time in which it was stopped"):
            self.detect_gap(now)
        # A gap that a bug keeps from being skipped is not skipped later, when it would have grown.
        self.last_run_at = now
        with self._part("publish what is due"):
            tick(now)
        if not 0 <= now - self.last_beat < SWEEP_EVERY:
            self.last_beat = now
            with self._part("send its heartbeat"):
                beat(CLOCK, broker=self.broker)
            with self._part("shorten the database's log"):
                _checkpoint_wal()
        if now >= self.next_sweep:
            self.next_sweep = now + SWEEP_EVERY
            with self._part("send lost messages again"):
                sweep(now, partial(broker_messages_of, broker=self.broker))
                self.next_sweep = now + max(SWEEP_EVERY, SWEEP_SHARE * (time.time() - now))
        again = None
        with self._part("advance the load"):
            again = advance_load(now)
        if again is None and now >= self.next_judging:  # a load is not to be slowed down
            self._judge(now)
        return LONGEST_SLEEP if again is None else again

    def _judge(self, now: float) -> None:
        began, self.next_judging = time.time(), now + SWEEP_EVERY
        with self._part("judge runs that have ended"):
            judge_ended()
            self.next_judging = now + max(SWEEP_EVERY, SWEEP_SHARE * (time.time() - began))

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        """Tries a part of what the clock does: a bug in it is logged, once in LOG_EVERY seconds, and passed over."""
        try:
            yield
        except OUTAGES:
            raise
        except Exception:
            now = time.monotonic()
            if now - self.logged_at.get(name, -LOG_EVERY) >= LOG_EVERY:
                self.logged_at[name] = now
                log.exception("a bug of the sandbox: the clock could not %s", name)
            time.sleep(PAUSE_AFTER_BUG)

    def detect_gap(self, now: float) -> None:
        """Skips the time since the last run if that is much longer than a run takes, or negative."""
        gap = 0.0 if self.last_run_at is None else now - self.last_run_at
        if gap > MAX_INTERVAL or gap < -MAX_INTERVAL:
            skip_downtime(gap)
            log.warning("the clock was stopped or set: %+.1f s are passed over", gap)
            self.next_sweep = self.next_judging = now
        self.last_run_at = now

    def _sleep(self, notifications: PubSub, *, longest: float) -> None:
        if not notifications.subscribed:
            notifications.subscribe(CLOCK_CHANNEL)
        due = next_due()
        pause = longest if due is None else min(max(due - time.time(), 0.0), longest)
        while notifications.get_message(timeout=pause) is not None:
            pause = 0.0
