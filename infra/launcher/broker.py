"""Waits for a broker that somebody else started, before anything is started that needs it."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from infra.launcher.instance import StartError

# Seconds: for one attempt, between two attempts, and for all of them.
TIMEOUT, PAUSE, TIME_LIMIT = 2.0, 0.5, 15.0


def wait_for(
    url: str, *, report: Callable[[str], None], is_stopped: Callable[[], bool], time_limit: float = TIME_LIMIT
) -> None:
    """Returns once the broker answers, or when asked to stop; reports what it waits for.

    Raises StartError when the broker has not answered in time, and at once when it refuses us.
    """
    end, reported = time.monotonic() + time_limit, ""
    while not is_stopped():
        problem = _problem_with(url)
        if not problem:
            return
        if time.monotonic() > end:
            raise StartError(
                f"{_public(url)}: {problem}. Start that broker, correct REDIS_URL, or unset it for a Valkey of its own."
            )
        if problem != reported:
            report(f"Waiting up to {time_limit:g} s for the broker at {_public(url)}: {problem}")
            reported = problem
        time.sleep(PAUSE)


def _problem_with(url: str) -> str:
    """Returns why the broker cannot be used yet; "" when it can. Raises StartError when it refuses us."""
    try:
        with redis.Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT) as client:
            client.ping()
    except (AuthenticationError, NoPermissionError) as error:
        raise StartError(f"{_public(url)} refuses us: {error}. Correct the name or password in REDIS_URL.") from error
    except RedisError as error:
        return str(error).rstrip(".")
    return ""


def _public(url: str) -> str:
    """Returns the address without user name and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 6379}{parts.path}"
