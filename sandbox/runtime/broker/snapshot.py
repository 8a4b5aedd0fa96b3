"""What the broker holds at this moment, asked for in one round trip."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import redis
from django.conf import settings

from sandbox.definitions.registry import CRASH, crash_queue
from sandbox.runtime.broker.connection import client
from sandbox.runtime.broker.heartbeat import ALIVE, heard

# Where a letter says which delivery it is. There may be thousands, of which nothing else is asked.
DELIVERY = re.compile(rb'"argsrepr": ?"\[(\d{1,18})\]"')
# Where Celery keeps what workers have taken and not acknowledged, and when each was taken.
UNACKED, TAKEN_AT = f"{settings.REDIS_PREFIX}unacked", f"{settings.REDIS_PREFIX}unacked_index"


@dataclass(frozen=True)
class BrokerSnapshot:
    """What the broker holds for some actors.

    `ready` counts the messages in each one's queue, and in that for its crashes on request; `unacked` those of each
    actor that a worker has taken and not acknowledged.
    `taken` says of a delivery when the newest of its letters was taken, and from which queue; `heard` who has given
    signs of life.
    """

    ready: Mapping[str, int] = field(default_factory=dict)
    unacked: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[int, tuple[float, str]] = field(default_factory=dict)
    heard: Mapping[str, Mapping[float, float]] | None = None


def broker_snapshot(actors: Sequence[str]) -> BrokerSnapshot | None:
    """What the broker holds for these actors now; None when it does not answer."""
    now, queues = time.time(), [queue for actor in actors for queue in (actor, crash_queue(actor))]
    try:
        with client().pipeline(transaction=False) as ask:
            ask.zrange(ALIVE, 0, -1, withscores=True)
            ask.hgetall(UNACKED)
            ask.zrange(TAKEN_AT, 0, -1, withscores=True)
            for queue in queues:
                ask.llen(f"{settings.REDIS_PREFIX}{queue}")
            alive, broker_statuses, times, *ready = ask.execute()
    except redis.RedisError:
        return None
    queue_of = {tag: queue for tag, letter in broker_statuses.items() if (queue := _queue_of(letter))}
    unacked = Counter(queue.removesuffix(CRASH) for queue in queue_of.values())
    counts = dict(zip(queues, ready, strict=True))
    return BrokerSnapshot(counts, unacked, dict(_taken(broker_statuses, queue_of, times)), heard(alive, now))


def accounted_for(actors: Iterable[str], *, taken_since: float, broker: redis.Redis) -> set[int]:
    """The deliveries whose letters lie in the queues of these actors, or were taken by a worker since then.

    Raises RedisError.
    """
    queues = [queue for actor in actors for queue in (actor, crash_queue(actor))]
    with broker.pipeline(transaction=False) as ask:
        ask.hgetall(UNACKED)
        ask.zrange(TAKEN_AT, taken_since, "+inf", byscore=True)
        for queue in queues:
            ask.lrange(f"{settings.REDIS_PREFIX}{queue}", 0, -1)
        held, tags, *lying = ask.execute()
    broker_statuses = chain((held[tag] for tag in tags if tag in held), *lying)
    return {delivery for letter in broker_statuses if (delivery := _delivery_of(letter))}


def _taken(
    broker_statuses: Mapping[bytes, bytes], queue_of: Mapping[bytes, str], times: Iterable[tuple[bytes, float]]
) -> Iterator[tuple[int, tuple[float, str]]]:
    """Which delivery each letter is, when it was taken and from where, the newest last; without those of others."""
    for tag, at in sorted(times, key=lambda one: one[1]):
        if tag in queue_of and (delivery := _delivery_of(broker_statuses[tag])):
            yield delivery, (at, queue_of[tag])


def _queue_of(letter: bytes) -> str:
    """The queue that a letter was taken from; empty for what is no letter of ours."""
    try:
        _, _, queue = json.loads(letter)
    except (TypeError, ValueError):
        return ""
    return str(queue)


def _delivery_of(letter: bytes) -> int | None:
    """The delivery that a letter asks to handle; None for what is no letter of ours."""
    found = DELIVERY.search(letter)
    return int(found[1]) if found else None
