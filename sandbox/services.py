"""What can be done to a run. Every change of state goes through here."""

import time
import uuid
from dataclasses import dataclass

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Pace, Style
from sandbox.models import Run
from sandbox.runtime import deliver, held
from sandbox.runtime.held import Stale
from sandbox.runtime.runs import open_run

MAX_QUANTITY = 100
# Seconds that a browser takes to show the page of a run that it has started.
HEAD_START = 0.25


class BadRequest(ValueError):
    """A setting that makes no sense; the message says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is to go. `refused` names the step that is to be refused for want of stock, money or a courier."""

    saga: str = "order"
    style: str = Style.CHOREOGRAPHY
    refused: str = ""
    pace: str = Pace.FOLLOW
    quantity: int = 1

    def check(self) -> None:
        """Raises BadRequest for the first setting that names nothing or is out of range."""
        _one_of("saga", self.saga, tuple(SAGA))
        _one_of("style", self.style, tuple(Style))
        _one_of("pace", self.pace, tuple(Pace))
        if self.refused:
            _one_of("fail", self.refused, tuple(step.name for step in SAGA[self.saga].refusable))
        if not 1 <= self.quantity <= MAX_QUANTITY:
            raise BadRequest(f"quantity {self.quantity} is out of range; order 1 to {MAX_QUANTITY} items")


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadRequest(f"unknown {what} {value!r}; use one of {', '.join(allowed)}")


def start_run(settings: Settings, *, learner: str | None) -> Run:
    """Starts a run on the workers; without a learner, everyone with its link may see it. Raises BadRequest."""
    settings.check()
    run = Run(
        learner=uuid.UUID(learner) if learner else None,
        saga=settings.saga,
        style=settings.style,
        refused=settings.refused,
        quantity=settings.quantity,
        pace=settings.pace,
        started_at=time.time(),
    )
    open_run(run, head_start=HEAD_START if learner else 0.0)
    return run


def release_message(run: Run, *, message: int, receiver: str = "") -> None:
    """Lets a held message go, to one receiver or to all of them. Raises Stale when it is not held, or not any more."""
    held.release(run.pk, message=message, receiver=receiver)


def change_pace(run: Run, *, pace: Pace) -> None:
    """Sends at that pace from now on: STEP holds every message until it is released, any other lets all go.

    Raises Stale when the run has ended or goes at that pace already.
    """
    held.change_pace(run.pk, pace=pace)


def handle_delivery(delivery_id: int, *, again: bool = False) -> None:
    """Lets the receiver handle a delivery, once however often it arrives.

    `again` says that the broker or the clock has sent it before, and that nobody knows what came of that.
    """
    deliver.handle(delivery_id, again=again)


__all__ = ["BadRequest", "Settings", "Stale", "change_pace", "handle_delivery", "release_message", "start_run"]
