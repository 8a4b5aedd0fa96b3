"""The clock: releases what is due, sends again what was handed over but never handled, and conducts a load.

It sleeps until the next release or the next hint, so that a new run starts at once, and looks by itself all the same.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, close_old_connections, connections
from django.db.models import Min, Q
from redis.client import PubSub

from config.sqlite.base import DatabaseWrapper as Sqlite
from sandbox.definitions.terms import DeliveryState, MessageKind
from sandbox.engine.signs import CLOCK
from sandbox.models import Delivery
from sandbox.runtime.conductor import conduct
from sandbox.runtime.hints import CLOCK_CHANNEL, LONGEST_SLEEP
from sandbox.runtime.life import give_sign
from sandbox.runtime.relay import BATCH, relay_again, relay_due

SWEEP_EVERY = 1.0
GRACE = 5.0
LONGEST_PATIENCE = 30.0

log = logging.getLogger(__name__)


def tick(now: float) -> None:
    """Releases everything that is due at `now`."""
    due = next_due()
    while due is not None and due <= now and relay_due(now) == BATCH:
        pass


def next_due() -> float | None:
    """When the next message is due that waits for its time. Looking first spares the claim, which would lock."""
    due: float | None = Delivery.objects.filter(state=DeliveryState.PENDING).aggregate(at=Min("release_at"))["at"]
    return due


def forgive(now: float) -> int:
    """Lets timers that should have rung while no clock ran ring a little later; returns how many those are.

    After a stop of everything, what was on its way comes first: nobody is blamed for a silence that was ours.
    """
    late = Delivery.objects.filter(state=DeliveryState.PENDING, kind=MessageKind.TIMER, release_at__lt=now)
    return late.update(release_at=now + GRACE)


def sweep(now: float, waiting: Callable[[str], int]) -> int:
    """Sends again what has been on its way for too long; returns how many deliveries that were.

    `waiting(receiver)` counts the messages ready in a receiver's queue: while there are any, the receiver is behind
    rather than the message lost, and another copy would only lengthen the queue. After LONGEST_PATIENCE it goes anyway.
    """
    rows = Delivery.objects.filter(state=DeliveryState.SENT, sent_at__lte=now - settings.SANDBOX_RESEND_AFTER)
    receivers = rows.order_by("receiver").values_list("receiver", flat=True).distinct()
    behind = [receiver for receiver in receivers if waiting(receiver)]
    gone = rows.filter(~Q(receiver__in=behind) | Q(sent_at__lt=now - LONGEST_PATIENCE))
    lost = list(gone.order_by("sent_at").values_list("pk", flat=True)[:BATCH])
    relay_again(lost, now=now)
    return len(lost)


def sent_again_at(sent_at: float, *, waiting: int) -> float:
    """When a message that nobody answers for is sent again, where so many wait in its receiver's queue."""
    return sent_at + (LONGEST_PATIENCE if waiting else settings.SANDBOX_RESEND_AFTER)


def _spare_others_the_disk() -> None:
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, Sqlite):
        database.empty_log()


@dataclass
class Clock:
    """The long-running loop. `stop()` ends it after the current turn."""

    stopped: bool = False
    broker: redis.Redis = field(
        default_factory=lambda: redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    )
    last_sweep: float = 0.0

    def stop(self) -> None:
        self.stopped = True

    def run(self) -> None:
        """Ticks until stopped. A failing database or broker is waited for."""
        hints = PubSub(self.broker.connection_pool, ignore_subscribe_messages=True)
        forgive(time.time())
        while not self.stopped:
            try:
                self._sleep(hints, longest=self._turn())
            except (DatabaseError, redis.RedisError) as error:
                log.warning("the clock goes on in a moment: %s", error)
                close_old_connections()
                time.sleep(LONGEST_SLEEP)

    def _turn(self) -> float:
        """Does what is to be done now; returns after how many seconds to look again at the latest."""
        now = time.time()
        tick(now)
        if now - self.last_sweep >= SWEEP_EVERY:
            self.last_sweep = now
            give_sign(CLOCK, broker=self.broker)
            sweep(now, self._waiting)
            _spare_others_the_disk()
        again = conduct(now)
        return LONGEST_SLEEP if again is None else again

    def _waiting(self, receiver: str) -> int:
        return int(self.broker.llen(f"{settings.REDIS_PREFIX}{receiver}"))

    def _sleep(self, hints: PubSub, *, longest: float) -> None:
        if not hints.subscribed:
            hints.subscribe(CLOCK_CHANNEL)
        due = next_due()
        pause = longest if due is None else min(max(due - time.time(), 0.0), longest)
        while hints.get_message(timeout=pause) is not None:
            pause = 0.0
