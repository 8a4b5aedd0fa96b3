"""Hints on Redis that a run has new facts. Only hints: whoever misses one finds the facts by looking, soon after."""

import logging
from functools import cache

import redis
from django.conf import settings

CHANNEL = f"{settings.REDIS_PREFIX}facts"
CLOCK_CHANNEL = f"{settings.REDIS_PREFIX}due"
TIMEOUT = 0.5
# Seconds after which the clock looks by itself; what is due later than that need not wake it.
LONGEST_SLEEP = 0.25

log = logging.getLogger(__name__)


@cache
def client() -> redis.Redis:
    """This process's connection to Redis or Valkey, which never keeps a caller waiting for long."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def hints_for(run_id: object, *, for_clock: bool = False) -> list[tuple[str, str]]:
    """What to say where: that this run has news, and to the clock that something is, or will soon be, due."""
    return [(CHANNEL, str(run_id)), *([(CLOCK_CHANNEL, "")] if for_clock else [])]


def hint(run_id: object, *, for_clock: bool = False) -> None:
    """Says that this run has news. Never fails: without a broker, listeners look by themselves."""
    try:
        for channel, text in hints_for(run_id, for_clock=for_clock):
            client().publish(channel, text)
    except redis.RedisError as error:
        log.debug("no hint for %s: %s", run_id, error)


def heard_from(key: str) -> bool:
    """Whether a sign of life under this key has not run out yet; False without a broker."""
    try:
        return bool(client().exists(key))
    except redis.RedisError:
        return False
