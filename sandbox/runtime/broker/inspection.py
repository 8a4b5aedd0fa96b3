"""Reads from the broker, in one round trip, what it holds at this moment."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import redis

from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, only_argument, queue_key, queue_of_unacked
from sandbox.definitions.registry import CRASH, crash_queue
from sandbox.runtime.broker.connection import client
from sandbox.runtime.broker.heartbeat import ALIVE, heartbeats_of


@dataclass(frozen=True)
class BrokerSnapshot:
    """What the broker holds for some actors at one moment.

    `ready` counts the messages in each queue: an actor's own, and the one for its requested crashes. `unacked` counts,
    for each actor, those that a worker has taken and not acknowledged. `taken` has for a delivery when the newest of
    its messages was taken, and from which queue. `heartbeats` are as `heartbeats_of` returns them.
    """

    ready: Mapping[str, int] = field(default_factory=dict)
    unacked: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[int, tuple[float, str]] = field(default_factory=dict)
    heartbeats: Mapping[str, Mapping[float, float]] | None = None


def broker_snapshot(actors: Sequence[str]) -> BrokerSnapshot | None:
    """Returns what the broker holds for these actors now; None when it does not answer."""
    now, queues = time.time(), _queues_of(actors)
    try:
        with client().pipeline(transaction=False) as pipeline:
            pipeline.zrange(ALIVE, 0, -1, withscores=True)
            pipeline.hgetall(UNACKED)
            pipeline.zrange(UNACKED_INDEX, 0, -1, withscores=True)
            for queue in queues:
                pipeline.llen(queue_key(queue))
            alive, entries, taken_at, *lengths = pipeline.execute()
    except redis.RedisError:
        return None
    queue_of = {tag: queue for tag, entry in entries.items() if (queue := queue_of_unacked(entry))}
    unacked = Counter(queue.removesuffix(CRASH) for queue in queue_of.values())
    ready = dict(zip(queues, lengths, strict=True))
    return BrokerSnapshot(ready, unacked, dict(_taken(entries, queue_of, taken_at)), heartbeats_of(alive, now))


def accounted_for(actors: Iterable[str], *, taken_since: float, broker: redis.Redis) -> set[int]:
    """Returns the deliveries whose messages wait in these actors' queues, or were taken by a worker since then.

    Raises RedisError.
    """
    with broker.pipeline(transaction=False) as pipeline:
        pipeline.hgetall(UNACKED)
        pipeline.zrange(UNACKED_INDEX, taken_since, "+inf", byscore=True)
        for queue in _queues_of(actors):
            pipeline.lrange(queue_key(queue), 0, -1)
        entries, tags, *waiting = pipeline.execute()
    messages = chain((entries[tag] for tag in tags if tag in entries), *waiting)
    return {delivery_id for message in messages if (delivery_id := only_argument(message))}


def _queues_of(actors: Iterable[str]) -> list[str]:
    return [queue for actor in actors for queue in (actor, crash_queue(actor))]


def _taken(
    entries: Mapping[bytes, bytes], queue_of: Mapping[bytes, str], taken_at: Iterable[tuple[bytes, float]]
) -> Iterator[tuple[int, tuple[float, str]]]:
    """Yields which delivery each message is for, when it was taken and from where, the newest last."""
    for tag, at in sorted(taken_at, key=lambda one: one[1]):
        if tag in queue_of and (delivery_id := only_argument(entries[tag])):
            yield delivery_id, (at, queue_of[tag])
