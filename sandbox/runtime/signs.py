"""What the broker and the deliveries of a run tell at this moment: one round trip and one query."""

import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis
from django.conf import settings
from django.db.models import Q

from sandbox.definitions.terms import OPEN, DeliveryState
from sandbox.engine.board import arrow_key
from sandbox.engine.signs import Letter, Signs
from sandbox.models import Delivery
from sandbox.runtime.broker import client
from sandbox.runtime.clock import sent_again_at
from sandbox.runtime.life import ALIVE, heard

# Where Celery keeps what workers have taken and not acknowledged, and when each was taken.
TAKEN, TAKEN_AT = f"{settings.REDIS_PREFIX}unacked", f"{settings.REDIS_PREFIX}unacked_index"


@dataclass(frozen=True)
class Post:
    """What the broker holds. `taken` says of a delivery when the newest of its letters was taken."""

    heard: Mapping[str, Mapping[float, float]] | None = None
    ready: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[int, float] = field(default_factory=dict)


def signs_of(run_id: uuid.UUID, actors: Sequence[str]) -> Signs:
    """How things stand with a run, and with these actors, now.

    The broker is asked first: what is still open afterwards, and was not to be found there, is not there.
    """
    now = time.time()
    post = _post(actors, now)
    known = post or Post()
    rows = Delivery.objects.filter(run_id=run_id).filter(Q(state__in=OPEN) | Q(pk__in=list(known.taken)))
    deliveries = list(rows.values("pk", "message", "receiver", "copy", "state", "release_at", "sent_at"))
    taken = _taken_by_key(deliveries, known.taken)
    letters = {_key(row): _letter(row, known, taken) for row in deliveries if row["state"] in OPEN}
    return Signs(now, post is not None, known.heard, known.ready, letters)


Row = Mapping[str, Any]


def _key(row: Row) -> str:
    return arrow_key(row["message"], row["receiver"], row["copy"])


def _letter(row: Row, post: Post, taken: Mapping[str, float]) -> Letter:
    if row["state"] == DeliveryState.PENDING:
        return Letter(row["release_at"])
    sent_at = row["sent_at"] or 0.0
    again = sent_again_at(sent_at, waiting=post.ready.get(row["receiver"], 0))
    return Letter(again, sent_at, taken.get(_key(row)))


def _taken_by_key(rows: Sequence[Row], taken: Mapping[int, float]) -> Mapping[str, float]:
    """When the letters of these were taken. One that is handled and was not acknowledged is now that of its copy."""
    newest = {(row["message"], row["receiver"]): _key(row) for row in sorted(rows, key=lambda row: int(row["copy"]))}
    return {
        _key(row) if row["state"] in OPEN else newest[row["message"], row["receiver"]]: taken[row["pk"]]
        for row in rows
        if row["pk"] in taken
    }


def _post(actors: Sequence[str], now: float) -> Post | None:
    """What the broker holds for these actors; None when it does not answer."""
    try:
        with client().pipeline(transaction=False) as ask:
            ask.zrange(ALIVE, 0, -1, withscores=True)
            ask.hgetall(TAKEN)
            ask.zrange(TAKEN_AT, 0, -1, withscores=True)
            for actor in actors:
                ask.llen(f"{settings.REDIS_PREFIX}{actor}")
            alive, letters, times, *ready = ask.execute()
    except redis.RedisError:
        return None
    return Post(heard(alive, now), dict(zip(actors, ready, strict=True)), dict(_taken(letters, dict(times))))


def _taken(letters: Mapping[bytes, bytes], times: Mapping[bytes, float]) -> Iterable[tuple[int, float]]:
    for tag, at in sorted(times.items(), key=lambda item: item[1]):
        if tag in letters:
            message, *_ = json.loads(letters[tag])
            yield int(message["headers"]["argsrepr"].strip("[]")), at
