"""Connections to Redis or Valkey for what we send ourselves. Celery has its own."""

import threading
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings

from infra.private_apis.redis_connection import connection_like_those_of, exchange

# Seconds; nobody who sends something waits longer.
TIMEOUT = 0.5
Command = tuple[str, ...]

_own = threading.local()


@cache
def client() -> redis.Redis:
    """Returns this process's client."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def send_commands(commands: Sequence[Command]) -> None:
    """Sends all of these in one round trip. Raises RedisError when the broker is not there, or does not take one.

    Each thread keeps a connection of its own. One that was closed meanwhile is opened again.
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
    """Holds a connection, which left to itself would stay open after its thread until garbage is collected."""

    def __init__(self, connection: redis.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.disconnect()  # type: ignore[no-untyped-call]
