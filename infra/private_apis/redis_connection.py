"""Sends commands on a single connection of redis-py's, without the client's pipeline around it.

A pipeline does the same, but takes a connection from the pool and gives it back, retries, and records what it did:
that is a tenth of the time that handling a message takes.
"""

from collections.abc import Sequence

import redis


def connection_like_those_of(client: redis.Redis) -> redis.Connection:
    """Returns a connection outside the client's pool. It connects when it is first used, and again after it broke."""
    pool = client.connection_pool
    connection: redis.Connection = pool.connection_class(**pool.connection_kwargs)
    return connection


def exchange(connection: redis.Connection, commands: Sequence[Sequence[str]]) -> None:
    """Sends all commands in one round trip and reads an answer to each. Raises RedisError."""
    try:
        packed = connection.pack_commands(commands)  # type: ignore[no-untyped-call]
        connection.send_packed_command(packed, check_health=False)  # type: ignore[no-untyped-call]
        for _ in commands:
            connection.read_response()
    except BaseException:  # also a time limit between two answers, which would shift all later ones
        connection.disconnect()  # type: ignore[no-untyped-call]
        raise
