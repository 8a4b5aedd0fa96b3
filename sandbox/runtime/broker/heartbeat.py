"""Heartbeats: each worker and the clock send one a second. A process that is stopped or killed sends none."""

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

# A sorted set of "NAME STARTED_AT", each scored by the time of its last heartbeat.
ALIVE = f"{settings.REDIS_PREFIX}alive"
EVERY = 1.0
# Seconds for which the broker keeps the last heartbeat of a process.
KEEP_SECONDS = 60.0
STARTED_AT = time.time()


def beat(*names: str, broker: redis.Redis | None = None) -> None:
    """Sends a heartbeat of this process under each of these names. Raises RedisError without a broker."""
    now = time.time()
    with (broker or client()).pipeline(transaction=False) as pipeline:
        pipeline.zadd(ALIVE, {f"{name} {STARTED_AT!r}": now for name in names})
        pipeline.zremrangebyscore(ALIVE, "-inf", now - KEEP_SECONDS)
        pipeline.execute()


def heartbeats_of(beats: Iterable[Any], now: float) -> Mapping[str, Mapping[float, float]]:
    """Returns each name's processes by their start time, with the seconds since the last heartbeat of each.

    Ignores entries that are not in the format of `beat`.
    """
    found: dict[str, dict[float, float]] = {}
    for member, at in beats:
        with suppress(ValueError):
            name, started_at = member.decode().rsplit(" ", 1)
            found.setdefault(name, {})[float(started_at)] = max(now - at, 0.0)
    return found


def is_alive(name: str) -> bool:
    """Returns whether a process of that name has sent a heartbeat lately; False without a broker."""
    now = time.time()
    try:
        beats = client().zrangebyscore(ALIVE, now - HEARTBEAT_TIMEOUT, "+inf", withscores=True)
    except RedisError:
        return False
    return name in heartbeats_of(beats, now)


class HeartbeatStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Makes a worker's main process send heartbeats under the name of each queue that it consumes.

    Celery starts this step with each connection to the broker. Pool processes send none: the worker replaces them.
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
    """Sends a heartbeat, or none while there is no broker."""
    try:
        beat(*names)
    except RedisError:
        return
