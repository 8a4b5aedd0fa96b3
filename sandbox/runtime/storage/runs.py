"""Runs in the database: starts them, makes their transitions durable, notices their end, deletes them."""

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet

from sandbox.definitions.faults import Fault
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
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.handling import ended, open_saga
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.fold import end_status, fold
from sandbox.models import DeliveryRow, Load, Run
from sandbox.runtime.broker.notifications import LONGEST_SLEEP, notifications_for
from sandbox.runtime.broker.outbox_relay import Claim, publish
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.storage.hot_path_sql import HandledDelivery, NewDelivery
from sandbox.runtime.storage.journal import read_facts

RunTransition = tuple[Run, Transition]


class UnknownSaga(LookupError):
    """Raised for a run whose saga has changed or gone, so that its page can no longer be drawn."""

    def __init__(self) -> None:
        super().__init__("This run's saga has been defined otherwise since. Its journal can still be downloaded.")


def plan_of_run(run: Run) -> Plan:
    """Returns the plan of this run. Raises UnknownSaga when its saga is gone."""
    if run.saga not in SAGA:
        raise UnknownSaga
    return plan_of(run.run_settings)


def run_state_of(run: Run) -> RunState:
    """Returns the engine's state of this run. Raises UnknownSaga when its saga is gone."""
    if run.saga not in SAGA:
        raise UnknownSaga
    settings = run.run_settings
    return RunState(plan_of(settings), settings, Pace(run.pace), tuple(map(Fault.load, run.faults)), run.last_seq)


def opening_transition(run: Run, *, head_start: float = 0.0) -> Transition:
    """Returns the first transition of a new run; writes nothing.

    Its first message waits at least `head_start` seconds, so that the page which shows the run can be there.
    """
    run_state = run_state_of(run)
    result = open_saga(run_state.plan, run_state.settings, pace=run_state.pace, at=run.started_at)
    first = start_saga(run_state, result, now=run.started_at)
    return evolve(first, new=tuple(_not_before(delivery, run.started_at + head_start) for delivery in first.new))


def _not_before(delivery: Delivery, until: float) -> Delivery:
    """Returns the delivery, not released before that time; one that is held or lost is unchanged."""
    return evolve(delivery, release_at=max(delivery.release_at, until)) if delivery.release_at else delivery


def insert_runs(firsts: Iterable[tuple[Run, Transition]]) -> None:
    """Inserts new runs with their first transitions in one transaction, then publishes the deliveries that are due."""
    runs = list(firsts)
    with transaction.atomic():
        for run, _ in runs:
            run.last_seq = run.open_deliveries = 0
        claims = save_transitions(runs, are_new=True)
    publish_claims(runs, claims)


def insert_alike(runs: Sequence[Run], *, head_start: float = 0.0) -> None:
    """Inserts new runs that differ in nothing but their ids: one transition, decided once, opens all of them."""
    opening = opening_transition(runs[0], head_start=head_start)
    insert_runs((run, opening) for run in runs)


def publish_claims(
    changes: Sequence[RunTransition], claims: list[Claim], *, aside: Sequence[Claim] = (), also_wake: Iterable[str] = ()
) -> None:
    """Publishes what the committed transaction has claimed or put aside, and notifies those who watch the runs."""
    soon = time.time() + LONGEST_SLEEP
    due_soon = sum(_is_due(d, soon) for _, change in changes for d in (*change.new, *change.updated))
    for_clock = len(claims) < due_soon or any(change.overtakes for _, change in changes)
    notifications = notifications_for([run.pk for run, _ in changes], for_clock=for_clock)
    publish([*claims, *aside], notifications=notifications, also_wake=also_wake)


def _is_due(delivery: Delivery, by: float) -> bool:
    return delivery.state is DeliveryState.PENDING and delivery.release_at is not None and delivery.release_at <= by


def delete(run_ids: Sequence[uuid.UUID]) -> None:
    """Deletes runs with all their rows in one transaction; ignores those that are gone already.

    Locks them first, so that a worker that is handling a message finishes, and the next finds nothing to handle.
    """
    with transaction.atomic():
        Run.objects.filter(pk__in=_locked(Run.objects.filter(pk__in=run_ids))).delete()


def delete_load(load_id: uuid.UUID) -> None:
    """Deletes a load with all its runs in one transaction, unless it is running or gone already."""
    with transaction.atomic():
        _locked(Run.objects.filter(load=load_id))
        Load.objects.filter(pk=load_id, is_running=False).delete()


def _locked(runs: QuerySet[Run]) -> list[uuid.UUID]:
    """Locks these runs until the transaction ends; returns their ids."""
    return list(runs.select_for_update().order_by("pk").values_list("pk", flat=True))


def save_transitions(changes: Sequence[RunTransition], *, are_new: bool = False) -> list[Claim]:
    """Makes transitions durable inside the caller's transaction, one of each run; records the ends of runs.

    A run ends when no message is left. Runs that `are_new` are inserted last, since only then it is known how far they
    are; the database looks at references when the transaction commits. Returns the claims that the caller has to
    publish once it has committed.
    """
    hot_path_sql.save_memories((run.pk, transition.memories) for run, transition in changes)
    hot_path_sql.add_entries((run.pk, entry) for run, transition in changes for entry in transition.entries)
    opened = Counter({run.pk: sum(d.is_open for d in transition.new) for run, transition in changes})
    opened.subtract(hot_path_sql.mark_handled(list(_handled(changes))))
    for run, transition in changes:
        opened[run.pk] += sum(_save_delivery(run, d) for d in transition.updated if not _is_handled(d))
        if transition.overtakes:
            _release_overtaken(run, transition)
    claims = hot_path_sql.add_deliveries(_new(changes))
    facts = [(run.pk, fact) for run, transition in changes for fact in _proceed(run, transition, opened[run.pk])]
    hot_path_sql.add_facts(facts)
    save_runs = hot_path_sql.add_runs if are_new else hot_path_sql.save_progress
    save_runs(run for run, _ in changes)
    return claims


def _is_handled(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.HANDLED


def _handled(changes: Sequence[RunTransition]) -> Iterator[HandledDelivery]:
    for run, transition in changes:
        for delivery in filter(_is_handled, transition.updated):
            yield HandledDelivery(run.pk, delivery, transition.cancelled_timers)


def _new(changes: Sequence[RunTransition]) -> Iterator[NewDelivery]:
    for run, transition in changes:
        if transition.new:
            early_ack = Guarantee.LATE_ACK in run.run_settings.off
            at_once = run.pace == Pace.FAST and transition.dies_at is not Phase.COMMITTED
            yield from (NewDelivery(run.pk, one, early_ack, at_once) for one in transition.new)


def _save_delivery(run: Run, delivery: Delivery) -> int:
    """Updates a delivery that has not been handled; returns the change in the number of open ones."""
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
    """Releases the messages that waited for being overtaken by the one just handled."""
    waiting = DeliveryRow.objects.filter(
        run=run, receiver=transition.actor, overtaken=True, state=DeliveryState.PENDING
    )
    waiting.exclude(release_at=None).update(release_at=time.time(), overtaken=False)


def _proceed(run: Run, transition: Transition, opened: int) -> tuple[Fact, ...]:
    """Moves a run on and returns its new facts; saves neither. With no open delivery left, it has ended."""
    facts, last = transition.facts, transition.facts[-1]
    run.last_seq, run.open_deliveries = last.seq, run.open_deliveries + opened
    if transition.faults is not None:
        run.faults = [fault.dump() for fault in transition.faults]
    if any(_starts_compensation(fact) for fact in facts):
        run.status = SagaStatus.COMPENSATING
    if run.open_deliveries == 0:
        run.status = _end_status(run, facts)
        run.last_seq, run.ended_at = last.seq + 1, last.at
        facts = (*facts, ended(run.status, seq=run.last_seq, at=last.at))
    return facts


def _end_status(run: Run, new: tuple[Fact, ...]) -> SagaStatus:
    """Returns how a run has ended; folds all its facts only if a count of them does not show that it completed."""
    plan, settings = plan_of_run(run), run.run_settings
    if run.status == SagaStatus.RUNNING and not run.faults and not settings.without:
        kinds = Counter(hot_path_sql.count_facts(run.pk, FactKind.STEP_COMPLETED, FactKind.MESSAGE_DEAD))
        kinds.update(fact.kind for fact in new)
        if kinds[FactKind.STEP_COMPLETED] == len(plan.saga.steps) and not kinds[FactKind.MESSAGE_DEAD]:
            return SagaStatus.COMPLETED
    return end_status(fold(plan, (*read_facts(run.pk), *new)))


def close_run_of(delivery_id: int, reason: str) -> None:
    """Ends the run of a delivery with which nothing can be done, so that none of its messages is sent again.

    Reads neither its plan nor its facts: what is wrong may be one of these.
    """
    now = time.time()
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(deliveries=delivery_id).first()
        if run is None:
            return
        row = DeliveryRow.objects.get(pk=delivery_id)
        failure = Fact(
            FactKind.SANDBOX_FAILED,
            row.receiver,
            seq=run.last_seq + 1,
            at=now,
            message=row.message,
            name=row.name,
            reason=reason,
        )
        status = SagaStatus.SANDBOX_FAILED
        end = ended(status, seq=run.last_seq + 2, at=now)
        hot_path_sql.add_facts([(run.pk, failure), (run.pk, end)])
        DeliveryRow.objects.filter(run=run, state__in=OPEN).update(state=DeliveryState.DEAD, release_at=None)
        run.status, run.open_deliveries, run.ended_at, run.last_seq = status, 0, now, end.seq
        run.save(update_fields=["status", "open_deliveries", "ended_at", "last_seq"])


def _starts_compensation(fact: Fact) -> bool:
    return fact.kind is FactKind.STEP_REJECTED or (fact.kind is FactKind.STEP_TIMED_OUT and fact.because is not None)
