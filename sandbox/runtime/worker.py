"""How an actor handles a delivery: one local transaction, and whatever happens, at most one effect."""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, transaction

from infra.logs import add_to_log_context, log_context
from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import DeliveryState, FactKind, Phase
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import receive, record_sandbox_failure, redeliver
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker.notifications import notify
from sandbox.runtime.broker.outbox_relay import Claim, relay_to_crash_worker
from sandbox.runtime.storage.hot_path_sql import AlreadyHandled, Arrived, read_sent
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import UnknownSaga, close_run_of, run_state_of, send_on, write

Handling = Callable[[Arrived, RunState, float], Transition]
Handled = tuple[Run, Transition, list[Claim]]

# Characters of an error that are kept in the journal; the log has all of it.
LONGEST_REASON = 200

log = logging.getLogger(__name__)


class CrashElsewhere(Exception):
    """Handling this message ends in a crash on request, and this process is not the one to die."""


def handle_delivery(delivery_id: int, *, again: bool = False, may_die: bool = False) -> None:
    """Handles a delivery, once however often it is called, and sends on what comes of it.

    `again` says that it was sent before without an answer; this is counted before anything else, so that a message
    that kills its worker each time is given up in the end. Where a crash was asked for, this process is killed if it
    `may_die`. If not, nothing is written, and the message goes to a worker that may: others' messages do not wait until
    a killed process has been replaced.

    What a step may fail of is written down as a failed attempt, and tried again by its retry policy. Any other error is
    a bug of the sandbox: it is logged with its traceback, and ends the message at once. Raises DatabaseError when the
    database itself fails, and SoftTimeLimitExceeded when handling takes too long; the delivery then stays as it was and
    is sent again.
    """
    began = time.perf_counter()
    with log_context(), suppress(AlreadyHandled):
        try:
            done = _handled(delivery_id, began, again=again, may_die=may_die)
        except UnknownSaga:
            log.warning("delivery %d is of a run whose saga does not exist any more; the run is closed", delivery_id)
            close_run_of(delivery_id)
        else:
            if done:
                _finish(*done)


def _handled(delivery_id: int, began: float, *, again: bool, may_die: bool) -> Handled | None:
    """Returns what came of handling the delivery; None when it was left to a process that may die."""
    try:
        if again:
            delivery_id, again = _count(delivery_id, began, may_die=may_die), False
        return _in_one_transaction(delivery_id, _receive, began, may_die=may_die)
    except CrashElsewhere:
        relay_to_crash_worker(delivery_id, again=again)
        return None
    except (AlreadyHandled, DatabaseError, SoftTimeLimitExceeded, UnknownSaga):
        raise
    except Exception as error:
        log.exception("a bug of the sandbox has ended delivery %d", delivery_id)
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        return _in_one_transaction(delivery_id, partial(_abandon, reason=reason), began, may_die=may_die)


def _finish(run: Run, transition: Transition, claims: list[Claim]) -> None:
    """Sends on what comes of a change; where it asks for that, this process dies before or after."""
    if transition.dies_at in {Phase.ARRIVING, Phase.COMMITTED}:
        _die(run)
    send_on(run, transition, claims)
    if transition.dies_at:
        _die(run)


def _in_one_transaction(delivery_id: int, what: Handling, began: float, *, may_die: bool) -> Handled:
    """Raises CrashElsewhere, and has written nothing, for a change that kills a process which may not die."""
    with transaction.atomic():
        arrived = read_sent(delivery_id)
        add_to_log_context(
            saga_id=str(arrived.run.pk),
            message_id=arrived.delivery.message.message_id,
            actor=arrived.delivery.receiver,
        )
        transition = _timed(what(arrived, run_state_of(arrived.run), time.time()), began)
        if transition.dies_at and not may_die:
            raise CrashElsewhere
        claims = write(arrived.run, transition)
    return arrived.run, transition, claims


def _timed(transition: Transition, began: float) -> Transition:
    """The change, in which the message that was handled tells how long that took, to the moment of writing it down."""
    took = round(time.perf_counter() - began, 6)
    facts = (evolve(f, took=took) if f.kind is FactKind.MESSAGE_HANDLED else f for f in transition.facts)
    return evolve(transition, facts=tuple(facts))


def _receive(arrived: Arrived, run_state: RunState, now: float) -> Transition:
    return receive(run_state, arrived.delivery, arrived.remember(), now=now)


def _abandon(arrived: Arrived, run_state: RunState, now: float, *, reason: str) -> Transition:
    return record_sandbox_failure(run_state, arrived.delivery, reason, now=now)


def _redeliver(arrived: Arrived, run_state: RunState, now: float) -> Transition:
    history = read_facts(arrived.run.pk) if arrived.delivery.receiver == ORCHESTRATOR else ()
    return redeliver(run_state, arrived.delivery, arrived.remember(), history, now=now)


def _count(delivery_id: int, began: float, *, may_die: bool) -> int:
    """Counts that a delivery came again; returns the one that is to be handled now.

    That is its copy, where a worker died that had handled it and could not acknowledge it any more. Raises
    AlreadyHandled when there is nothing left to handle, or when it was given up now.
    """
    row = DeliveryRow.objects.filter(pk=delivery_id).first()
    if row is not None and row.state == DeliveryState.HANDLED:
        same = DeliveryRow.objects.filter(run=row.run_id, message=row.message, receiver=row.receiver, copy__gt=row.copy)
        copy = same.filter(state=DeliveryState.SENT).order_by("copy").first()
        if copy is None:
            raise AlreadyHandled(delivery_id)
        return copy.pk
    run, transition, claims = _in_one_transaction(delivery_id, _redeliver, began, may_die=may_die)
    if not transition.updated[0].is_open:
        _finish(run, transition, claims)
        raise AlreadyHandled(delivery_id)
    return delivery_id


def _die(run: Run) -> None:
    """Kills this worker process for real, as a crash that was asked for. The broker and the clock take it from here."""
    notify(run.pk, for_clock=True)
    os.kill(os.getpid(), signal.SIGKILL)
