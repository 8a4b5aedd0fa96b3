"""How Redis or Valkey is spoken to. Celery has its own connections; these are for what we say ourselves."""

import threading
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings

# Seconds; nobody who has something to say is kept waiting for longer.
TIMEOUT = 0.5
Command = tuple[str, ...]

_own = threading.local()


@cache
def client() -> redis.Redis:
    """This process's client."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def send_commands(commands: Sequence[Command]) -> None:
    """Says all of these in one round trip. Raises RedisError when the broker is not there, or does not take one.

    A pipeline of the client does the same, and is a tenth of what handling a message costs; so each thread keeps a
    connection of its own. One that was closed meanwhile is opened anew.
    """
    if not commands:
        return
    try:
        _say(commands)
    except redis.ConnectionError:
        _say(commands)


def _say(commands: Sequence[Command]) -> None:
    line = _line()
    try:
        line.send_packed_command(line.pack_commands(commands), check_health=False)  # type: ignore[no-untyped-call]
        for _ in commands:
            line.read_response()
    except BaseException:  # also a time limit between two answers, which would shift all later ones
        line.disconnect()  # type: ignore[no-untyped-call]
        raise


def _line() -> redis.Connection:
    """This thread's connection, which connects by itself when it is not, or no longer, connected."""
    if getattr(_own, "client", None) is not client():
        _own.client, _own.line = client(), _Line(client().connection_pool)
    line: _Line = _own.line
    return line.connection


class _Line:
    """A connection that is closed with its thread; by itself it would stay open until garbage is collected."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        self.connection: redis.Connection = pool.connection_class(**pool.connection_kwargs)

    def __del__(self) -> None:
        self.connection.disconnect()  # type: ignore[no-untyped-call]
