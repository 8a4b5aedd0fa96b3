"""Messages held on their way until the learner lets them go, and the pace at which they travel."""

import time
import uuid

from django.db import transaction

from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import ENDED, DeliveryState, FactKind, Pace
from sandbox.engine.messages import Fact
from sandbox.models import Delivery, Run
from sandbox.runtime.hints import hint
from sandbox.runtime.journal import append_facts
from sandbox.runtime.runs import move_on


class Stale(Exception):
    """What was asked for is over already."""


def change_pace(run_id: uuid.UUID, *, pace: Pace) -> None:
    """From now on sends at that pace, and writes that down. STEP holds what has not left yet; any other lets it go.

    Raises Stale when the run has ended or goes at that pace already.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.status in ENDED or run.pace == pace:
            raise Stale("Nothing has changed: the run has ended, or goes at that pace already.")
        now = time.time()
        waiting = Delivery.objects.filter(run=run, state=DeliveryState.PENDING)
        held: list[str] = []
        if pace is Pace.STEP:
            stopped = waiting.filter(attempts=0).order_by("pk").select_for_update()
            held = [f"{delivery.message}-{delivery.receiver}" for delivery in stopped]
            waiting.filter(attempts=0).update(release_at=None)
        else:
            waiting.filter(release_at=None).update(release_at=now)
        Run.objects.filter(pk=run_id).update(pace=pace)
        _record(run, Fact(FactKind.PACE_CHANGED, CUSTOMER, seq=run.last_seq + 1, at=now, pace=pace, held=tuple(held)))
    hint(run_id)


def _record(run: Run, fact: Fact) -> None:
    append_facts(run.pk, [fact])
    move_on(run, turn_facts=(fact,), opened=0)


def release(run_id: uuid.UUID, *, message: int, receiver: str = "") -> None:
    """Lets a held message go, to one receiver or to all, and writes that down. Raises Stale when it is not held."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        held = Delivery.objects.filter(run=run, message=message, state=DeliveryState.PENDING, release_at=None)
        if receiver:
            held = held.filter(receiver=receiver)
        names = dict(held.values_list("receiver", "name"))
        if not names:
            raise Stale(f"Message {message} is not held (any more): it was released before, or does not exist.")
        now = time.time()
        held.update(release_at=now)
        fact = Fact(
            FactKind.MESSAGE_RELEASED,
            CUSTOMER,
            seq=run.last_seq + 1,
            at=now,
            message=message,
            name=next(iter(names.values())),
            to=tuple(names),
        )
        _record(run, fact)
    hint(run_id)
