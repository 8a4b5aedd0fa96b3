"""A run in the database: opening it, making a change of it durable, noticing that it has ended."""

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from django.db import transaction
from django.db.models import QuerySet

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import (
    OPEN,
    DeliveryState,
    FactKind,
    Guarantee,
    Pace,
    Phase,
    SagaStatus,
)
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import start_saga
from sandbox.engine.execution.faults import Fault
from sandbox.engine.execution.handling import Delivery, ended, open_saga
from sandbox.engine.execution.messages import Fact
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.fold import fold, outcome
from sandbox.models import DeliveryRow, Load, Run
from sandbox.runtime.broker.connection import Command
from sandbox.runtime.broker.notifications import LONGEST_SLEEP, notifications_for
from sandbox.runtime.broker.outbox_relay import Claim, publish
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.storage.journal import read_facts


class UnknownSaga(LookupError):
    """A run whose saga is defined otherwise by now, so that its page can no longer be drawn."""

    def __init__(self) -> None:
        super().__init__("This run's saga has been defined otherwise since. Its journal can still be downloaded.")


def plan_of_run(run: Run) -> Plan:
    """Returns the rules that this run runs. Raises UnknownSaga when its saga is gone."""
    if run.saga not in SAGA:
        raise UnknownSaga
    return plan_of(run.asked)


def run_state_of(run: Run) -> RunState:
    """Returns how this run is to go, and how far it is. Raises UnknownSaga when its saga is gone."""
    if run.saga not in SAGA:
        raise UnknownSaga
    settings = run.asked
    return RunState(plan_of(settings), settings, Pace(run.pace), tuple(map(Fault.load, run.faults)), run.last_seq)


def opening(run: Run, *, head_start: float = 0.0) -> Transition:
    """The first turn of a new run, before anything is written.

    `head_start` seconds pass before its first message at the least, so that a page which is to show the run is there.
    """
    run_state = run_state_of(run)
    result = open_saga(run_state.plan, run_state.settings, pace=run_state.pace, at=run.started_at)
    first = start_saga(run_state, result, now=run.started_at)
    return evolve(first, new=tuple(_held_up(delivery, run.started_at + head_start) for delivery in first.new))


def _held_up(delivery: Delivery, until: float) -> Delivery:
    """The message, which may not go before that; one that is held, or lost, waits for no time."""
    return evolve(delivery, release_at=max(delivery.release_at, until)) if delivery.release_at else delivery


def begin(firsts: Iterable[tuple[Run, Transition]]) -> None:
    """Writes new runs, each with the first thing that happened to it, in one transaction, and sends what may go."""
    begun = list(firsts)
    with transaction.atomic():
        for run, _ in begun:
            run.last_seq = run.open_deliveries = 0
            hot_path_sql.add_run(run)
        claims = [write(run, first) for run, first in begun]
    notifications = [
        notify for (run, first), own in zip(begun, claims, strict=True) for notify in _news(run, first, own)
    ]
    publish(chain.from_iterable(claims), notifications=notifications)


def send_on(run: Run, transition: Transition, claims: list[Claim]) -> None:
    """Publishes what was claimed in the transaction that has just committed, and says that there is news."""
    publish(claims, notifications=_news(run, transition, claims))


def _news(run: Run, transition: Transition, claims: list[Claim]) -> list[Command]:
    soon = time.time() + LONGEST_SLEEP
    waiting = [
        d.release_at
        for d in (*transition.new, *transition.updated)
        if d.state is DeliveryState.PENDING and d.release_at
    ]
    is_due_soon = len(claims) < sum(at <= soon for at in waiting) or transition.overtakes
    return notifications_for(run.pk, for_clock=is_due_soon)


def delete(run_ids: Sequence[uuid.UUID]) -> None:
    """Deletes runs and every row of them, in one transaction. For one that is gone already, nothing happens.

    The locks first: a worker that is handling a message of one finishes, and the next finds nothing to handle.
    """
    with transaction.atomic():
        Run.objects.filter(pk__in=_locked(Run.objects.filter(pk__in=run_ids))).delete()


def delete_load(load_id: uuid.UUID) -> None:
    """Deletes a load and all its orders, in one transaction. While it runs, or when it is gone, nothing happens."""
    with transaction.atomic():
        _locked(Run.objects.filter(load=load_id))
        Load.objects.filter(pk=load_id, is_running=False).delete()


def _locked(runs: QuerySet[Run]) -> list[uuid.UUID]:
    """The ids of these runs, which nobody else can change until the transaction has ended."""
    return list(runs.select_for_update().order_by("pk").values_list("pk", flat=True))


def write(run: Run, transition: Transition) -> list[Claim]:
    """Makes a change durable, inside the caller's transaction; when no message is left, records how the run has ended.

    Returns what is claimed for the caller, who has to publish it as soon as the transaction has committed.
    """
    hot_path_sql.keep_memories(run.pk, transition.memories)
    hot_path_sql.add_entries(run.pk, transition.entries)
    opened = sum(delivery.is_open for delivery in transition.new)
    for delivery in transition.updated:
        opened += _move(run, delivery, transition)
    if transition.overtakes:
        _release_overtaken(run, transition)
    at_once = run.pace == Pace.FAST and transition.dies_at is not Phase.COMMITTED
    claims = hot_path_sql.add_deliveries(
        run.pk, transition.new, early_ack=Guarantee.LATE_ACK in run.asked.off, at_once=at_once
    )
    _move_on(run, transition, opened)
    return claims


def _move(run: Run, delivery: Delivery, transition: Transition) -> int:
    """Writes where a message is now; returns by how many the open ones have changed."""
    if delivery.state is DeliveryState.HANDLED:
        return -hot_path_sql.mark_handled(run.pk, delivery, cancelled_timers=transition.cancelled_timers)
    message, receiver, copy = delivery.key
    row = DeliveryRow.objects.filter(run=run, message=message, receiver=receiver, copy=copy)
    was_open = row.filter(state__in=OPEN).exists()
    row.update(
        state=delivery.state,
        release_at=delivery.release_at,
        attempts=delivery.attempts,
        redeliveries=delivery.redeliveries,
        after=delivery.after,
        overtaken=delivery.overtaken,
    )
    return delivery.is_open - was_open


def _release_overtaken(run: Run, transition: Transition) -> None:
    """What the message just handled has overtaken need wait no longer."""
    waiting = DeliveryRow.objects.filter(
        run=run, receiver=transition.actor, overtaken=True, state=DeliveryState.PENDING
    )
    waiting.exclude(release_at=None).update(release_at=time.time(), overtaken=False)


def _move_on(run: Run, transition: Transition, opened: int) -> None:
    """Writes the facts down, and counts the messages left to handle. When none is, the run has ended."""
    facts, last = transition.facts, transition.facts[-1]
    run.last_seq, run.open_deliveries = last.seq, run.open_deliveries + opened
    if transition.faults is not None:
        run.faults = [fault.dump() for fault in transition.faults]
    if any(_goes_back(fact) for fact in facts):
        run.status = SagaStatus.COMPENSATING
    if run.open_deliveries == 0:
        run.status = _outcome(run, facts)
        run.last_seq, run.ended_at = last.seq + 1, last.at
        facts = (*facts, ended(run.status, seq=run.last_seq, at=last.at))
    hot_path_sql.add_facts(run.pk, facts)
    hot_path_sql.keep_progress(run)


def _outcome(run: Run, new: tuple[Fact, ...]) -> SagaStatus:
    """How a run has ended; when nothing went wrong and every step took effect, there is no need to look closer."""
    plan, settings = plan_of_run(run), run.asked
    if run.status == SagaStatus.RUNNING and not run.faults and not settings.without:
        kinds = Counter(hot_path_sql.count_facts(run.pk, FactKind.STEP_COMPLETED, FactKind.MESSAGE_DEAD))
        kinds.update(fact.kind for fact in new)
        if kinds[FactKind.STEP_COMPLETED] == len(plan.saga.steps) and not kinds[FactKind.MESSAGE_DEAD]:
            return SagaStatus.COMPLETED
    return outcome(fold(plan, (*read_facts(run.pk), *new)))


def close_run_of(delivery_id: int) -> None:
    """Ends the run of a delivery whose saga does not exist any more, so that nothing of it is sent again."""
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(deliveries=delivery_id).first()
        if run:
            DeliveryRow.objects.filter(run=run, state__in=OPEN).update(state=DeliveryState.DEAD, release_at=None)
            run.status, run.open_deliveries, run.ended_at = SagaStatus.STUCK, 0, time.time()
            run.save(update_fields=["status", "open_deliveries", "ended_at"])


def _goes_back(fact: Fact) -> bool:
    return fact.kind is FactKind.STEP_REJECTED or (fact.kind is FactKind.STEP_TIMED_OUT and fact.because is not None)
