"""How an actor handles a delivery: one local transaction, and whatever happens, at most one effect."""

import time
import uuid

from django.db import DatabaseError, transaction

from sandbox.definitions.terms import DeliveryState, MessageKind
from sandbox.engine.messages import Message
from sandbox.engine.react import Memory
from sandbox.engine.turn import take_turn
from sandbox.models import ActorMemory, Delivery, Run
from sandbox.runtime.hints import hint
from sandbox.runtime.inbox import AlreadyHandled, locked
from sandbox.runtime.relay import relay
from sandbox.runtime.retry import fail_attempt, note_redelivery
from sandbox.runtime.runs import move_on, order_of, plan_of, write_turn


def handle(delivery_id: int, *, again: bool = False) -> None:
    """Handles a delivery, once however often it is called, and sends on what comes of it.

    `again` says that it was sent before without an answer; this is counted before anything else, so that a message
    that kills its worker each time is given up in the end.

    A failing attempt is written down and tried again later, by the retry policy. Raises DatabaseError when the
    database itself fails; the delivery then stays as it was and is sent again.
    """
    followers: list[int] = []
    try:
        given_up = note_redelivery(delivery_id) if again else None
        if given_up:
            hint(given_up)
            return
        run_id, followers = _handle_in_one_transaction(delivery_id)
    except AlreadyHandled:
        return
    except DatabaseError:
        raise
    except Exception as error:
        failed = fail_attempt(delivery_id, reason=str(error) or type(error).__name__)
        if failed is None:
            return
        run_id = failed
    relay(followers)
    hint(run_id)


def _handle_in_one_transaction(delivery_id: int) -> tuple[uuid.UUID, list[int]]:
    with transaction.atomic():
        delivery = locked(delivery_id)
        run, now = delivery.run, time.time()
        row = _memory(run, delivery.receiver)
        memory = Memory.load(row.data) if row.data else Memory()
        turn = take_turn(
            plan_of(run), order_of(run), _message(delivery), delivery.receiver, memory, seq=run.last_seq + 1, at=now
        )
        row.data = turn.memories[delivery.receiver].dump()
        row.save()
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.HANDLED)
        followers = write_turn(run, turn)
        move_on(run, turn_facts=turn.facts, opened=len(turn.dispatches) - 1)
    return run.pk, followers


def _memory(run: Run, actor: str) -> ActorMemory:
    return ActorMemory.objects.filter(run=run, actor=actor).first() or ActorMemory(run=run, actor=actor)


def _message(delivery: Delivery) -> Message:
    return Message(
        message_id=delivery.message,
        name=delivery.name,
        kind=MessageKind(delivery.kind),
        sender=delivery.sender,
        caused_by=delivery.caused_by,
        because=delivery.because,
    )
