"""Notifications on Redis that a run has new facts. A lost one only costs time: listeners also poll."""

import logging
from collections.abc import Iterable

from django.conf import settings
from redis.exceptions import RedisError

from sandbox.runtime.broker.connection import Command, send_commands

CHANNEL = f"{settings.REDIS_PREFIX}facts"
CLOCK_CHANNEL = f"{settings.REDIS_PREFIX}due"
# Seconds that the clock sleeps at most; what is due later than that need not wake it.
LONGEST_SLEEP = 0.25

log = logging.getLogger(__name__)


def notifications_for(run_ids: Iterable[object], *, for_clock: bool = False) -> list[Command]:
    """Returns the commands that announce new facts of these runs and, for the clock, that something is due soon."""
    announced = [("PUBLISH", CHANNEL, str(run_id)) for run_id in run_ids]
    return [*announced, *([("PUBLISH", CLOCK_CHANNEL, "")] if for_clock else [])]


def notify(*run_ids: object, for_clock: bool = False) -> None:
    """Announces new facts of these runs. Never fails: without a broker, listeners poll."""
    try:
        send_commands(notifications_for(run_ids, for_clock=for_clock))
    except RedisError as error:
        log.debug("no notification for %s: %s", run_ids, error)


def wake_clock() -> None:
    """Wakes the clock. Never fails: without a broker, it wakes by itself soon."""
    try:
        send_commands([("PUBLISH", CLOCK_CHANNEL, "")])
    except RedisError as error:
        log.debug("the clock was not woken: %s", error)
