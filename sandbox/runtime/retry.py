"""What happens when a message fails, or comes again: another attempt after a pause, or it is given up."""

import time
import uuid

from django.db import transaction

from sandbox.definitions.records import RetryPolicy
from sandbox.definitions.terms import DeliveryState, FactKind
from sandbox.engine.messages import Fact
from sandbox.models import Delivery
from sandbox.runtime.inbox import AlreadyHandled, locked
from sandbox.runtime.journal import append_facts
from sandbox.runtime.runs import move_on

POLICY = RetryPolicy()
MAXIMUM_REDELIVERIES = 8


def fail_attempt(delivery_id: int, *, reason: str) -> uuid.UUID | None:
    """Writes a failed attempt down, and when the next one is due, if there is to be one.

    Returns the run's id, or None when there was nothing left that could fail.
    """
    with transaction.atomic():
        try:
            delivery = locked(delivery_id)
        except AlreadyHandled:
            return None
        delivery.attempts += 1
        pause = POLICY.delay_after(delivery.attempts)
        if pause is not None:
            delivery.state, delivery.release_at = DeliveryState.PENDING, time.time() + pause
        _record(delivery, FactKind.ATTEMPT_FAILED, attempt=delivery.attempts, reason=reason, give_up=pause is None)
    return delivery.run_id


def note_redelivery(delivery_id: int) -> uuid.UUID | None:
    """Counts a message that came again, before it is handled; one too many, and it is given up.

    Returns the run's id when it was given up. Raises AlreadyHandled when there is nothing left to handle.
    """
    with transaction.atomic():
        delivery = locked(delivery_id)
        delivery.redeliveries += 1
        give_up = delivery.redeliveries >= MAXIMUM_REDELIVERIES
        reason = "nobody answered the time before: its worker died, or the message was lost"
        number = delivery.redeliveries + 1
        _record(delivery, FactKind.MESSAGE_REDELIVERED, attempt=number, reason=reason, give_up=give_up)
    return delivery.run_id if give_up else None


def _record(delivery: Delivery, kind: FactKind, *, attempt: int, reason: str, give_up: bool) -> None:
    kinds = [kind, FactKind.MESSAGE_DEAD] if give_up else [kind]
    if give_up:
        delivery.state, delivery.release_at = DeliveryState.DEAD, None
    delivery.save(update_fields=["state", "release_at", "attempts", "redeliveries"])
    facts = tuple(
        Fact(
            each,
            delivery.receiver,
            seq=seq,
            at=time.time(),
            message=delivery.message,
            caused_by=delivery.message,
            name=delivery.name,
            attempt=attempt,
            reason=reason,
        )
        for seq, each in enumerate(kinds, delivery.run.last_seq + 1)
    )
    append_facts(delivery.run_id, facts)
    move_on(delivery.run, turn_facts=facts, opened=-1 if give_up else 0)
