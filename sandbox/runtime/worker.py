"""Handles a delivery alone: in one local transaction, and with at most one effect whatever happens.

What needs nothing more is handled together with others, by `mailbox`.
"""

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
from sandbox.definitions.terms import DeliveryState, FactKind, Phase, Stock
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import receive, record_sandbox_failure, redeliver
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker.notifications import notify
from sandbox.runtime.broker.outbox_relay import Claim, relay_to_crash_worker
from sandbox.runtime.service_time import service_time
from sandbox.runtime.storage.hot_path_sql import (
    AlreadyHandled,
    SentDelivery,
    read_sent,
)
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import (
    RunTransition,
    UnknownSaga,
    close_run_of,
    publish_claims,
    run_state_of,
    save_transitions,
)
from sandbox.runtime.storage.shared_stock import other_order

Handling = Callable[[SentDelivery, RunState, float], Transition]
Handled = tuple[RunTransition, list[Claim]]

# Characters of an error that are kept in the journal; the log has all of it.
LONGEST_REASON = 200

log = logging.getLogger(__name__)


class WorkFirst(Exception):
    """Raised before a message is handled whose receiver has to work on it for so many seconds first."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class CrashElsewhere(Exception):
    """Raised when handling a message ends in a requested crash, and this process may not die."""


def handle_delivery(delivery_id: int, *, again: bool = False, may_die: bool = False) -> None:
    """Handles a delivery, once however often it is called, and publishes the messages that result.

    `again` says that it was sent before and not acknowledged. This is counted first, so that a message that kills its
    worker each time is given up in the end. Where a crash was requested, this process is killed if it `may_die`. If
    not, nothing is written, and the message goes to a worker that may: other messages do not wait until a killed
    process has been replaced.

    A StepFailure is recorded as a failed attempt, and the retry policy decides what follows. Any other error is a bug
    of the sandbox: it is logged with its traceback, and ends the message at once. Raises DatabaseError when the
    database itself fails, and SoftTimeLimitExceeded when handling takes too long; the delivery then stays as it was and
    is sent again.
    """
    began = time.perf_counter()
    with log_context(), suppress(AlreadyHandled):
        try:
            done = _handled(delivery_id, began, again=again, may_die=may_die)
        except UnknownSaga as error:
            log.warning("delivery %d is of a run whose saga does not exist any more; the run is closed", delivery_id)
            close_run_of(delivery_id, str(error))
        else:
            if done:
                _publish(done)


def _handled(delivery_id: int, began: float, *, again: bool, may_die: bool) -> Handled | None:
    """Returns the result of handling the delivery; None when it was left to a process that may die."""
    try:
        if again:
            delivery_id, again = _count_redelivery(delivery_id, began, may_die=may_die), False
        return _received(delivery_id, began, may_die=may_die)
    except CrashElsewhere:
        relay_to_crash_worker(delivery_id, again=again)
        return None
    except (AlreadyHandled, DatabaseError, SoftTimeLimitExceeded, UnknownSaga):
        raise
    except Exception as error:
        log.exception("a bug of the sandbox has ended delivery %d", delivery_id)
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        return _end_with_failure(delivery_id, reason, began, may_die=may_die)


def _received(delivery_id: int, began: float, *, may_die: bool) -> Handled:
    """Returns the result of handling the delivery; an actor that a load makes slow works first, and locks nothing."""
    try:
        return _in_one_transaction(delivery_id, receive_after_work, began, may_die=may_die)
    except WorkFirst as work:
        time.sleep(work.seconds)
    return _in_one_transaction(delivery_id, _receive, began, may_die=may_die)


def _end_with_failure(delivery_id: int, reason: str, began: float, *, may_die: bool) -> Handled | None:
    """Records a bug and ends its message; ends the whole run, where the bug is in what records it as well."""
    try:
        return _in_one_transaction(delivery_id, partial(_record_failure, reason=reason), began, may_die=may_die)
    except (AlreadyHandled, DatabaseError, SoftTimeLimitExceeded):
        raise
    except Exception:
        log.exception("the bug that has ended delivery %d cannot be recorded; its run is closed", delivery_id)
        close_run_of(delivery_id, reason)
        return None


def _publish(done: Handled) -> None:
    """Publishes the messages of a transition; kills this process before or after that where a crash was requested."""
    (run, transition), claims = done
    if transition.dies_at in {Phase.ARRIVING, Phase.COMMITTED}:
        _kill_this_process(run)
    publish_claims([(run, transition)], claims)
    if transition.dies_at:
        _kill_this_process(run)


def _in_one_transaction(delivery_id: int, decide: Handling, began: float, *, may_die: bool) -> Handled:
    """Raises CrashElsewhere, writing nothing, for a transition that kills a process which may not die."""
    with transaction.atomic():
        sent = read_sent(delivery_id)
        add_to_log_context(
            saga_id=str(sent.run.pk),
            message_id=sent.delivery.message.message_id,
            actor=sent.delivery.receiver,
        )
        transition = with_duration(decide(sent, run_state_of(sent.run), time.time()), began)
        if transition.dies_at and not may_die:
            raise CrashElsewhere
        claims = save_transitions([(sent.run, transition)])
    return (sent.run, transition), claims


def with_duration(transition: Transition, began: float) -> Transition:
    """Returns the transition with the seconds from the start of handling until now in its "message handled" fact."""
    took = round(time.perf_counter() - began, 6)
    facts = (evolve(f, took=took) if f.kind is FactKind.MESSAGE_HANDLED else f for f in transition.facts)
    return evolve(transition, facts=tuple(facts))


def receive_after_work(sent: SentDelivery, run_state: RunState, now: float) -> Transition:
    """Raises WorkFirst where the load of the run makes the receiver slow."""
    if sent.run.load_id and (seconds := service_time(sent.run.load_id, sent.delivery.receiver)):
        raise WorkFirst(seconds)
    return _receive(sent, run_state, now)


def _receive(sent: SentDelivery, run_state: RunState, now: float) -> Transition:
    if run_state.settings.stock != Stock.OWN:
        run_state = evolve(run_state, other=other_order(sent.run, sent.delivery.receiver))
    return receive(run_state, sent.delivery, sent.receiver_memory(), now=now)


def _record_failure(sent: SentDelivery, run_state: RunState, now: float, *, reason: str) -> Transition:
    return record_sandbox_failure(run_state, sent.delivery, reason, now=now)


def _redeliver(sent: SentDelivery, run_state: RunState, now: float) -> Transition:
    history = read_facts(sent.run.pk) if sent.delivery.receiver == ORCHESTRATOR else ()
    return redeliver(run_state, sent.delivery, sent.receiver_memory(), history, now=now)


def _count_redelivery(delivery_id: int, began: float, *, may_die: bool) -> int:
    """Counts a redelivery; returns the delivery that is to be handled now.

    That is its copy, where a worker died after handling it and before acknowledging it. Raises AlreadyHandled when
    there is nothing left to handle, or when it is given up now.
    """
    row = DeliveryRow.objects.filter(pk=delivery_id).first()
    if row is not None and row.state == DeliveryState.HANDLED:
        same = DeliveryRow.objects.filter(run=row.run_id, message=row.message, receiver=row.receiver, copy__gt=row.copy)
        copy = same.filter(state=DeliveryState.SENT).order_by("copy").first()
        if copy is None:
            raise AlreadyHandled(delivery_id)
        return copy.pk
    done = _in_one_transaction(delivery_id, _redeliver, began, may_die=may_die)
    (_, transition), _ = done
    if not transition.updated[0].is_open:
        _publish(done)
        raise AlreadyHandled(delivery_id)
    return delivery_id


def _kill_this_process(run: Run) -> None:
    """Kills this worker process for real, as a requested crash. Broker and clock recover from it."""
    notify(run.pk, for_clock=True)
    os.kill(os.getpid(), signal.SIGKILL)
