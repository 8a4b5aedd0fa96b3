"""A broker that somebody else started: whether it answers, before anything is started that needs it."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from infra.launcher.instance import StartError

# Seconds: for one question, between two, and for all of them.
TIMEOUT, PAUSE, PATIENCE = 2.0, 0.5, 15.0


def wait_for(
    url: str, *, say: Callable[[str], None], is_stopped: Callable[[], bool], patience: float = PATIENCE
) -> None:
    """Returns once the broker answers, or when asked to stop; says at once what it waits for.

    Raises StartError for one that has not answered in time, and at once for one that refuses us.
    """
    end, told = time.monotonic() + patience, ""
    while not is_stopped():
        trouble = _trouble(url)
        if not trouble:
            return
        if time.monotonic() > end:
            raise StartError(
                f"{_shown(url)}: {trouble}. Start that broker, correct REDIS_URL, or unset it for a Valkey of its own."
            )
        if trouble != told:
            say(f"Waiting up to {patience:g} s for the broker at {_shown(url)}: {trouble}")
            told = trouble
        time.sleep(PAUSE)


def _trouble(url: str) -> str:
    """Why the broker is of no use yet; empty when it is. Raises StartError for one that refuses us."""
    try:
        with redis.Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT) as client:
            client.ping()
    except (AuthenticationError, NoPermissionError) as error:
        raise StartError(f"{_shown(url)} refuses us: {error}. Correct the name or password in REDIS_URL.") from error
    except RedisError as error:
        return str(error).rstrip(".")
    return ""


def _shown(url: str) -> str:
    """The address without name and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 6379}{parts.path}"
