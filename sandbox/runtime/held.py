"""Messages held on their way until the learner lets them go."""

import time
import uuid

from django.db import transaction

from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import DeliveryState, FactKind, Pace
from sandbox.engine.messages import Fact
from sandbox.models import Delivery, Run
from sandbox.runtime.hints import hint
from sandbox.runtime.journal import append_facts
from sandbox.runtime.runs import move_on


class Stale(Exception):
    """What was asked for is over already."""


def held_messages(run_id: uuid.UUID) -> list[int]:
    """The messages of a run that are held, oldest first."""
    held = Delivery.objects.filter(run=run_id, state=DeliveryState.PENDING, release_at=None)
    return sorted(set(held.values_list("message", flat=True)))


def hold_messages(run_id: uuid.UUID) -> None:
    """Holds what has not been handed to the broker yet, and what is sent from now on. At full speed it does nothing."""
    with transaction.atomic():
        if Run.objects.filter(pk=run_id, pace=Pace.FOLLOW).update(pace=Pace.STEP):
            waiting = Delivery.objects.filter(run=run_id, state=DeliveryState.PENDING, attempts=0)
            waiting.update(release_at=None)


def release(run_id: uuid.UUID, *, message: int) -> None:
    """Lets a held message go to all its receivers, and writes that down. Raises Stale when it is not held."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        held = Delivery.objects.filter(run=run, message=message, state=DeliveryState.PENDING, release_at=None)
        name = held.values_list("name", flat=True).first()
        if name is None:
            raise Stale(f"Message {message} is not held (any more): it was released before, or does not exist.")
        now = time.time()
        held.update(release_at=now)
        fact = Fact(FactKind.MESSAGE_RELEASED, CUSTOMER, seq=run.last_seq + 1, at=now, message=message, name=name)
        append_facts(run.pk, [fact])
        move_on(run, turn_facts=(fact,), opened=0)
    hint(run_id)
