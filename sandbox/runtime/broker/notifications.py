"""Hints on Redis that a run has new facts. Only hints: whoever misses one finds the facts by looking, soon after."""

import logging

from django.conf import settings
from redis.exceptions import RedisError

from sandbox.runtime.broker.connection import Command, send_commands

CHANNEL = f"{settings.REDIS_PREFIX}facts"
CLOCK_CHANNEL = f"{settings.REDIS_PREFIX}due"
# Seconds after which the clock looks by itself; what is due later than that need not wake it.
LONGEST_SLEEP = 0.25

log = logging.getLogger(__name__)


def notifications_for(run_id: object, *, for_clock: bool = False) -> list[Command]:
    """What to say to the broker: that this run has news, and to the clock that something is, or will soon be, due."""
    return [("PUBLISH", CHANNEL, str(run_id)), *([("PUBLISH", CLOCK_CHANNEL, "")] if for_clock else [])]


def notify(*run_ids: object, for_clock: bool = False) -> None:
    """Says that these runs have news. Never fails: without a broker, listeners look by themselves."""
    try:
        send_commands([command for run_id in run_ids for command in notifications_for(run_id, for_clock=for_clock)])
    except RedisError as error:
        log.debug("no hint for %s: %s", run_ids, error)


def wake_clock() -> None:
    """Has the clock look at once. Never fails: without a broker, it looks by itself soon."""
    try:
        send_commands([("PUBLISH", CLOCK_CHANNEL, "")])
    except RedisError as error:
        log.debug("the clock was not woken: %s", error)
