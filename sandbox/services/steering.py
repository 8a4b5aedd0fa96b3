"""What is done to a run under way."""

from sandbox.definitions.terms import Pace
from sandbox.models import Run
from sandbox.runtime import deliver, steer


def release_message(run: Run, *, message: int, receiver: str = "", copy: int = 1) -> None:
    """Lets a held message go, to one receiver or to all of them. Raises Stale when it is not held, or not any more."""
    steer.release(run.pk, message=message, receiver=receiver, copy=copy)


def change_pace(run: Run, *, pace: Pace) -> None:
    """Sends at that pace from now on: STEP holds every message until it is released, any other lets all go.

    Raises Stale when the run has ended or goes at that pace already.
    """
    steer.change_pace(run.pk, pace=pace)


def strike_message(run: Run, *, message: int, receiver: str, kind: str, copy: int = 1) -> None:
    """Strikes a message on its way with a fault, by hand. Raises Stale when it has arrived already."""
    steer.strike(run.pk, message=message, receiver=receiver, kind=kind, copy=copy)


def retry_message(run: Run, *, message: int, receiver: str, copy: int = 1) -> None:
    """Tries a message anew that was given up, as an operator who has mended the cause. Raises Stale when it is not."""
    steer.retry_dead(run.pk, message=message, receiver=receiver, copy=copy)


def skip_time(run: Run) -> None:
    """Moves the run's time on to what is due next. Raises Stale when nothing waits."""
    steer.skip_time(run.pk)


def handle_delivery(delivery_id: int, *, again: bool = False, may_die: bool = False) -> None:
    """Lets the receiver handle a delivery, once however often it arrives.

    `again` says that the broker or the clock has sent it before, and that nobody knows what came of that. `may_die`
    says that a crash on request kills this process; otherwise the delivery goes on to one that may be killed.
    """
    deliver.handle(delivery_id, again=again, may_die=may_die)
