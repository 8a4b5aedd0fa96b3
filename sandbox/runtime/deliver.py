"""How an actor handles a delivery: one local transaction, and whatever happens, at most one effect."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial

from django.db import DatabaseError, transaction

from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import DeliveryState, Phase
from sandbox.engine.memory import Memory
from sandbox.engine.travel import arrive, break_down, come_again
from sandbox.engine.trip import Change, Trip
from sandbox.engine.turn import Dispatch
from sandbox.models import Delivery, Run
from sandbox.runtime.hints import hint
from sandbox.runtime.inbox import AlreadyHandled, locked
from sandbox.runtime.journal import read_facts
from sandbox.runtime.relay import Claim
from sandbox.runtime.runs import send_on, trip_of, write

Handling = Callable[[Trip, Dispatch, Callable[[], Memory], float], Change]


def handle(delivery_id: int, *, again: bool = False) -> None:
    """Handles a delivery, once however often it is called, and sends on what comes of it.

    `again` says that it was sent before without an answer; this is counted before anything else, so that a message
    that kills its worker each time is given up in the end. Where a crash was asked for, this process is killed.

    A failing attempt is written down and tried again later, by the retry policy. Raises DatabaseError when the
    database itself fails; the delivery then stays as it was and is sent again.
    """
    try:
        if again:
            delivery_id = _count(delivery_id)
        run, change, claims = _in_one_transaction(delivery_id, _arrive)
    except AlreadyHandled:
        return
    except DatabaseError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        run, change, claims = _in_one_transaction(delivery_id, partial(_break_down, reason=reason))
    if change.dies_at in {Phase.ARRIVING, Phase.COMMITTED}:
        _die(run)
    send_on(run, change, claims)
    if change.dies_at:
        _die(run)


def _in_one_transaction(delivery_id: int, what: Handling) -> tuple[Run, Change, list[Claim]]:
    with transaction.atomic():
        arrived = locked(delivery_id)
        change = what(trip_of(arrived.run), arrived.dispatch, arrived.remember, time.time())
        claims = write(arrived.run, change)
    return arrived.run, change, claims


def _arrive(trip: Trip, dispatch: Dispatch, memory: Callable[[], Memory], now: float) -> Change:
    return arrive(trip, dispatch, memory(), now=now)


def _break_down(trip: Trip, dispatch: Dispatch, memory: Callable[[], Memory], now: float, *, reason: str) -> Change:
    return break_down(trip, dispatch, reason, now=now)


def _count(delivery_id: int) -> int:
    """Counts that a delivery came again; returns the one that is to be handled now.

    That is its copy, where a worker died that had handled it and could not acknowledge it any more. Raises
    AlreadyHandled when there is nothing left to handle, or when it was given up now.
    """
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is not None and row.state == DeliveryState.HANDLED:
        same = Delivery.objects.filter(run=row.run_id, message=row.message, receiver=row.receiver, copy__gt=row.copy)
        copy = same.filter(state=DeliveryState.SENT).order_by("copy").first()
        if copy is None:
            raise AlreadyHandled(delivery_id)
        return copy.pk
    run, change, claims = _in_one_transaction(delivery_id, partial(_come_again, delivery_id=delivery_id))
    if not change.moved[0].is_open:
        send_on(run, change, claims)
        raise AlreadyHandled(delivery_id)
    return delivery_id


def _come_again(
    trip: Trip, dispatch: Dispatch, memory: Callable[[], Memory], now: float, *, delivery_id: int
) -> Change:
    is_orchestrator = dispatch.receiver == ORCHESTRATOR
    run_id = Delivery.objects.values_list("run_id", flat=True).get(pk=delivery_id)
    history = read_facts(run_id) if is_orchestrator else ()
    return come_again(trip, dispatch, memory(), history, now=now)


def _die(run: Run) -> None:
    """Kills this worker process for real, as a crash that was asked for. The broker and the clock take it from here."""
    hint(run.pk, for_clock=True)
    os.kill(os.getpid(), signal.SIGKILL)
