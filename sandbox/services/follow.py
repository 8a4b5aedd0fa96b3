"""Waits for the end of a run, for whoever has no page to watch it on."""

import time
from contextlib import suppress

from sandbox.models import Run
from sandbox.runtime import wait
from sandbox.runtime.operator_actions import Conflict, skip_time

# Seconds without news after which time is skipped.
IDLE_AFTER = 1.0


def wait_for_end(run: Run, *, deadline: float, skips: bool) -> bool:
    """Waits until a run has ended, and reads its row again; returns False at the deadline, a `time.monotonic()`.

    With `skips`, time moves on to what is due next where nothing happens for a while.
    """
    while not wait.wait_until_ended(run.pk, seconds=max(min(deadline - time.monotonic(), IDLE_AFTER), 0.0)):
        if time.monotonic() >= deadline:
            return False
        if skips and wait.seconds_until_next_message(run.pk) > IDLE_AFTER:
            with suppress(Conflict):
                skip_time(run)
    run.refresh_from_db()
    return True
