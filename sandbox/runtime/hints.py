"""Hints on Redis that a run has new facts. Only hints: whoever misses one finds the facts by looking, soon after."""

import logging
from functools import cache

import redis
from django.conf import settings

CHANNEL = f"{settings.REDIS_PREFIX}facts"
TIMEOUT = 0.5

log = logging.getLogger(__name__)


@cache
def client() -> redis.Redis:
    """This process's connection to Redis or Valkey, which never keeps a caller waiting for long."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def hint(run_id: object) -> None:
    """Says that this run has news. Never fails: without a broker, listeners look by themselves."""
    try:
        client().publish(CHANNEL, str(run_id))
    except redis.RedisError as error:
        log.debug("no hint for %s: %s", run_id, error)


def heard_from(key: str) -> bool:
    """Whether a sign of life under this key has not run out yet; False without a broker."""
    try:
        return bool(client().exists(key))
    except redis.RedisError:
        return False
