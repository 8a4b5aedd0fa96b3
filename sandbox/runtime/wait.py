"""Waits for a run to get somewhere, and says how long nothing will happen in it."""

import time
import uuid
from collections.abc import Callable

from django.db.models import Min

from sandbox.definitions.terms import ENDED, OPEN, DeliveryState
from sandbox.engine.projection.liveness import CLOCK
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker.heartbeat import is_alive

# Seconds between two checks.
POLL = 0.02


def wait_until_ended(run_id: uuid.UUID, *, seconds: float) -> bool:
    """Waits for a run to end; returns False when it has not within that time."""
    return _wait(Run.objects.filter(pk=run_id, status__in=ENDED).exists, seconds=seconds)


def wait_until_handled(run_id: uuid.UUID, *, message: int, seconds: float) -> bool:
    """Waits until a message is handled by all its receivers; returns False when it is not within that time."""
    waiting = DeliveryRow.objects.filter(run=run_id, message=message, state__in=OPEN)
    return _wait(lambda: not waiting.exists(), seconds=seconds)


def seconds_until_next_message(run_id: uuid.UUID) -> float:
    """Returns the seconds until the next message of the run is due: 0 when one is on its way, or none is left."""
    waiting = DeliveryRow.objects.filter(run=run_id, state__in=OPEN)
    due: float | None = waiting.aggregate(at=Min("release_at"))["at"]
    is_on_its_way = waiting.filter(state=DeliveryState.SENT).exists()
    return 0.0 if due is None or is_on_its_way else max(due - time.time(), 0.0)


def _wait(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def clock_is_running() -> bool:
    """Returns whether a clock has sent a heartbeat within the last seconds."""
    return is_alive(CLOCK)
