"""How many processes an actor's worker works with, and what they have before them."""

import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from config.celery import app
from sandbox.runtime.broker import client

# Seconds that a worker has for its answer.
PATIENCE = 1.0
UNACKED = f"{settings.REDIS_PREFIX}unacked"

log = logging.getLogger(__name__)


def resize(actor: str, processes: int) -> int | None:
    """Tells the actor's worker to work with that many processes; returns how many it has now.

    None when there was no answer. A busy process is never ended, so that one may have to be told again.
    """
    try:
        replies = app.control.broadcast(
            "resize_pool",
            arguments={"processes": processes},
            pattern=f"{actor}@*",
            matcher="glob",
            reply=True,
            timeout=PATIENCE,
            limit=1,
        )
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("%s's worker could not be reached: %s", actor, error)
        return None
    answers = [answer for reply in replies or () for answer in reply.values()]
    if not answers:
        return None
    return int(answers[0].get("processes", processes + 1))


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages for one actor at the broker: `ready` to be taken, and `unacked` by the worker that has taken them."""

    actor: str
    ready: int
    unacked: int


def queues(actors: Iterable[str]) -> list[Queue] | None:
    """What the broker holds for these actors at this moment; None when it does not answer."""
    names = tuple(actors)
    try:
        with client().pipeline(transaction=False) as ask:
            for name in names:
                ask.llen(f"{settings.REDIS_PREFIX}{name}")
            ask.hvals(UNACKED)
            *ready, taken = ask.execute()
    except redis.RedisError:
        return None
    unacked = Counter(json.loads(value)[2] for value in taken)
    return [Queue(name, count, unacked[name]) for name, count in zip(names, ready, strict=True)]
