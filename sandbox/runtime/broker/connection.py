"""Connections to Redis or Valkey for our own commands. Celery has connections of its own."""

import threading
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings

from infra.private_apis.redis_connection import connection_like_those_of, exchange

# Seconds that a sender waits at most.
TIMEOUT = 0.5
Command = tuple[str, ...]

_own = threading.local()


@cache
def client() -> redis.Redis:
    """Returns this process's client."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def send_commands(commands: Sequence[Command]) -> None:
    """Sends commands in one round trip. Raises RedisError when the broker does not answer or refuses one.

    Each thread keeps a connection of its own, and opens it again if it was closed.
    """
    if not commands:
        return
    try:
        exchange(_connection(), commands)
    except redis.ConnectionError:
        exchange(_connection(), commands)


def _connection() -> redis.Connection:
    """Returns this thread's connection."""
    if getattr(_own, "client", None) is not client():
        _own.client, _own.closing = client(), _ClosedWithItsThread(connection_like_those_of(client()))
    closing: _ClosedWithItsThread = _own.closing
    return closing.connection


class _ClosedWithItsThread:
    """Closes a connection when its thread ends, instead of when garbage is collected."""

    def __init__(self, connection: redis.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.disconnect()  # type: ignore[no-untyped-call]
