"""What the broker holds at this moment, asked for in one round trip."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis
from django.conf import settings

from sandbox.runtime.broker import client
from sandbox.runtime.life import ALIVE, heard

# Where Celery keeps what workers have taken and not acknowledged, and when each was taken.
UNACKED, TAKEN_AT = f"{settings.REDIS_PREFIX}unacked", f"{settings.REDIS_PREFIX}unacked_index"


@dataclass(frozen=True)
class Post:
    """What the broker holds for some actors.

    `ready` counts the messages in each one's queue, `unacked` those that its worker has taken and not acknowledged.
    `taken` says of a delivery when the newest of its letters was taken, `heard` who has given signs of life.
    """

    ready: Mapping[str, int] = field(default_factory=dict)
    unacked: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[int, float] = field(default_factory=dict)
    heard: Mapping[str, Mapping[float, float]] | None = None


def post_for(actors: Sequence[str]) -> Post | None:
    """What the broker holds for these actors now; None when it does not answer."""
    now = time.time()
    try:
        with client().pipeline(transaction=False) as ask:
            ask.zrange(ALIVE, 0, -1, withscores=True)
            ask.hgetall(UNACKED)
            ask.zrange(TAKEN_AT, 0, -1, withscores=True)
            for actor in actors:
                ask.llen(f"{settings.REDIS_PREFIX}{actor}")
            alive, letters, times, *ready = ask.execute()
    except redis.RedisError:
        return None
    opened = {tag: json.loads(letter) for tag, letter in letters.items()}
    unacked = Counter(actor for _, _, actor in opened.values())
    return Post(dict(zip(actors, ready, strict=True)), unacked, dict(_taken(opened, times)), heard(alive, now))


def _taken(letters: Mapping[bytes, Any], times: Iterable[tuple[bytes, float]]) -> Iterator[tuple[int, float]]:
    """Which delivery each letter is, and when it was taken, the newest last."""
    for tag, at in sorted(times, key=lambda one: one[1]):
        if tag in letters:
            message, *_ = letters[tag]
            yield int(message["headers"]["argsrepr"].strip("[]")), at
