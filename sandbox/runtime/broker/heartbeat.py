"""Signs of life: each worker and the clock say once a second that they live. Who is stopped or killed says no more."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import redis
from celery import bootsteps
from django.conf import settings
from redis.exceptions import RedisError

from sandbox.engine.projection.liveness import HEARTBEAT_TIMEOUT
from sandbox.runtime.broker.connection import client

# A sorted set: who and when born, by the time of the last sign.
ALIVE = f"{settings.REDIS_PREFIX}alive"
EVERY = 1.0
# Seconds for which the broker remembers somebody who says nothing.
REMEMBERED = 60.0
BORN = time.time()


def beat(*names: str, broker: redis.Redis | None = None) -> None:
    """Says that this process lives, under each of these names. Raises RedisError when the broker does not answer."""
    now = time.time()
    with (broker or client()).pipeline(transaction=False) as send_commands:
        send_commands.zadd(ALIVE, {f"{name} {BORN!r}": now for name in names})
        send_commands.zremrangebyscore(ALIVE, "-inf", now - REMEMBERED)
        send_commands.execute()


def heartbeats_of(beats: Iterable[Any], now: float) -> Mapping[str, Mapping[float, float]]:
    """Whose signs these are: each name's processes by their birth, with the seconds since the last sign of each.

    What is no sign of ours is passed over.
    """
    found: dict[str, dict[float, float]] = {}
    for member, at in beats:
        with suppress(ValueError):
            name, born = member.decode().rsplit(" ", 1)
            found.setdefault(name, {})[float(born)] = max(now - at, 0.0)
    return found


def is_alive(name: str) -> bool:
    """Whether somebody of that name has given a sign of life lately; False without a broker."""
    now = time.time()
    try:
        beats = client().zrangebyscore(ALIVE, now - HEARTBEAT_TIMEOUT, "+inf", withscores=True)
    except RedisError:
        return False
    return name in heartbeats_of(beats, now)


class HeartbeatStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Has a worker's main process say that it lives, under the name of each queue that it consumes.

    It is started anew with each connection to the broker. The pool's children say nothing: the worker replaces them.
    """

    requires = {"celery.worker.consumer.tasks:Tasks"}
    timer: Any = None

    def start(self, consumer: Any) -> None:
        names = tuple(consumer.app.amqp.queues.consume_from)
        self.timer = consumer.timer.call_repeatedly(EVERY, _try_to_beat, names)
        _try_to_beat(*names)

    def stop(self, consumer: Any) -> None:
        if self.timer:
            self.timer.cancel()


def _try_to_beat(*names: str) -> None:
    """Without a broker nothing is said, and nobody could hear it."""
    try:
        beat(*names)
    except RedisError:
        return
