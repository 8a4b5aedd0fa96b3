"""Reads from the broker and from mailboxes what waits at this moment, and what workers have taken."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import redis
from django.db.models import Count

from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, only_argument, queue_key, queue_of_unacked
from sandbox.definitions.registry import CRASH, crash_queue
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow
from sandbox.runtime.broker.connection import client
from sandbox.runtime.broker.heartbeat import ALIVE, heartbeats_of
from sandbox.runtime.broker.outbox_relay import MOST_AT_ONCE


@dataclass(frozen=True)
class BrokerSnapshot:
    """What waits for some actors at one moment, and what their workers have taken.

    `ready` counts the messages that wait, for each actor, and for the queue of its requested crashes; `unacked` those
    that a worker has taken and not yet handled. `taken` has for a delivery when it was taken, and from which queue.
    `heartbeats` are as `heartbeats_of` returns them.
    """

    ready: Mapping[str, int] = field(default_factory=dict)
    unacked: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[int, tuple[float, str]] = field(default_factory=dict)
    heartbeats: Mapping[str, Mapping[float, float]] | None = None


@dataclass(frozen=True, slots=True)
class TakenMessage:
    """A broker message that a worker has taken and not acknowledged: for a delivery, or for the mailbox."""

    at: float
    queue: str
    delivery_id: int | None


@dataclass(frozen=True, slots=True)
class BrokerMessages:
    """What there are broker messages for: `own` are deliveries, `woken` the actors whose mailbox is looked at."""

    own: frozenset[int]
    woken: frozenset[str]


def broker_snapshot(actors: Sequence[str]) -> BrokerSnapshot | None:
    """Returns what waits for these actors now; None when the broker does not answer.

    A broker message says that something waits, the database what: so one is read after the other.
    """
    now = time.time()
    crash_queues = list(map(crash_queue, actors))
    try:
        with client().pipeline(transaction=False) as pipeline:
            pipeline.zrange(ALIVE, 0, -1, withscores=True)
            pipeline.hgetall(UNACKED)
            pipeline.zrange(UNACKED_INDEX, 0, -1, withscores=True)
            for queue in crash_queues:
                pipeline.llen(queue_key(queue))
            alive, entries, taken_at, *lengths = pipeline.execute()
    except redis.RedisError:
        return None
    taken = dict(
        _taken([message for message in _taken_messages(entries, taken_at) if _actor_of(message.queue) in actors])
    )
    crashing = dict(zip(crash_queues, lengths, strict=True))
    sent = DeliveryRow.objects.filter(state=DeliveryState.SENT, receiver__in=actors)
    known = dict(sent.filter(pk__in=list(taken)).values_list("pk", "receiver"))
    unacked = Counter(known.values())
    waiting = Counter(dict(sent.values_list("receiver").annotate(Count("pk")).order_by()))
    ready = {one: max(waiting[one] - unacked[one] - crashing[crash_queue(one)], 0) for one in actors}
    return BrokerSnapshot({**ready, **crashing}, unacked, taken, heartbeats_of(alive, now))


def broker_messages_of(actors: Iterable[str], *, taken_since: float, broker: redis.Redis) -> BrokerMessages:
    """Returns what there are broker messages for, in these actors' queues or taken by a worker since then.

    Whoever takes one looks into the mailbox, also when it asks for one delivery. Raises RedisError.
    """
    queues = _queues_of(actors)
    with broker.pipeline(transaction=False) as pipeline:
        pipeline.hgetall(UNACKED)
        pipeline.zrange(UNACKED_INDEX, taken_since, "+inf", byscore=True, withscores=True)
        for queue in queues:
            pipeline.lrange(queue_key(queue), 0, -1)
        entries, taken_at, *waiting = pipeline.execute()
    taken = list(_taken_messages(entries, taken_at))
    own = {message.delivery_id for message in taken} | {only_argument(one) for one in chain(*waiting)}
    occupied = {queue for queue, messages in zip(queues, waiting, strict=True) if messages}
    return BrokerMessages(frozenset(filter(None, own)), frozenset(occupied | {message.queue for message in taken}))


def _queues_of(actors: Iterable[str]) -> list[str]:
    return [queue for actor in actors for queue in (actor, crash_queue(actor))]


def _actor_of(queue: str) -> str:
    return queue.removesuffix(CRASH)


def _taken_messages(entries: Mapping[bytes, bytes], taken_at: Iterable[tuple[bytes, float]]) -> Iterator[TakenMessage]:
    """Yields the broker messages that were taken, the newest last."""
    for tag, at in sorted(taken_at, key=lambda one: one[1]):
        if tag in entries and (queue := queue_of_unacked(entries[tag])):
            yield TakenMessage(at, queue, only_argument(entries[tag]))


def _taken(messages: Iterable[TakenMessage]) -> Iterator[tuple[int, tuple[float, str]]]:
    """Yields which deliveries a worker has taken, when, and from which queue.

    With one for a mailbox it has taken what waited there by then, as far as it takes messages at once.
    """
    for message in messages:
        if message.delivery_id is not None:
            yield message.delivery_id, (message.at, message.queue)
            continue
        mailbox = DeliveryRow.objects.filter(receiver=message.queue, state=DeliveryState.SENT, alone=False)
        waited = mailbox.filter(sent_at__lte=message.at).order_by("pk").values_list("pk", flat=True)
        yield from ((delivery_id, (message.at, message.queue)) for delivery_id in waited[:MOST_AT_ONCE])
