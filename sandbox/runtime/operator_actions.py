"""The learner's actions on a running run: change pace, release, strike, skip time, retry."""

import time
import uuid

from django.db import transaction
from django.db.models import F, Min

from sandbox.definitions.registry import CUSTOMER, title
from sandbox.definitions.terms import ENDED, OPEN, SETTLED, DeliveryState, FactKind, MessageKind, Pace, SagaStatus
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.faults import shift_outage
from sandbox.engine.execution.operator import is_placed, retry_by_operator, strike_by_operator
from sandbox.engine.execution.run_state import Transition
from sandbox.engine.projection.board import delivery_key
from sandbox.engine.projection.fold import fold
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker.notifications import notify
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import publish_claims, run_state_of, save_transitions


class Conflict(Exception):
    """Raised when the state that an action was meant for is over already."""


def _locked(run_id: uuid.UUID) -> Run:
    return Run.objects.select_for_update().get(pk=run_id)


def _record(run: Run, fact: Fact, now: float) -> None:
    """Records what the learner did."""
    save_transitions([(run, Transition((evolve(fact, actor=CUSTOMER, seq=run.last_seq + 1, at=now),)))])


def change_pace(run: Run, *, pace: Pace) -> None:
    """Changes the pace of the run, and records it. STEP holds what is not published yet; any other pace releases it.

    A timer that was held starts again. Raises Conflict when the run has ended or goes at that pace already.
    """
    with transaction.atomic():
        run, now = _locked(run.pk), time.time()
        if run.status in ENDED or run.pace == pace:
            raise Conflict("Nothing has changed: the run has ended, or goes at that pace already.")
        waiting = DeliveryRow.objects.filter(run=run, state=DeliveryState.PENDING)
        held: list[str] = []
        if pace is Pace.STEP:
            stopped = waiting.order_by("pk").select_for_update()
            held = [delivery_key(delivery.message, delivery.receiver, delivery.copy) for delivery in stopped]
            waiting.update(release_at=None)
        else:
            waiting.filter(release_at=None).update(release_at=now + F("after"))
        Run.objects.filter(pk=run.pk).update(pace=pace)
        _record(run, Fact(FactKind.PACE_CHANGED, pace=pace, held=tuple(held)), now)
    notify(run.pk, for_clock=True)


def release_message(run: Run, *, message: int, receiver: str = "", copy: int = 1) -> None:
    """Releases a held message, to one receiver or to all, and records it. Raises Conflict when it is not held."""
    with transaction.atomic():
        run, now = _locked(run.pk), time.time()
        held = DeliveryRow.objects.filter(
            run=run, message=message, copy=copy, state=DeliveryState.PENDING, release_at=None
        )
        if receiver:
            held = held.filter(receiver=receiver)
        names = dict(held.values_list("receiver", "name"))
        if not names:
            raise Conflict(f"Message {message} is not held (any more): it was released before, or does not exist.")
        held.update(release_at=now)
        name, copied = next(iter(names.values())), copy if copy > 1 else None
        _record(run, Fact(FactKind.MESSAGE_RELEASED, message=message, name=name, to=tuple(names), copy=copied), now)
    notify(run.pk, for_clock=True)


def strike_message(run: Run, *, message: int, receiver: str, kind: str, copy: int = 1) -> None:
    """Strikes a message on its way with a fault. Raises Conflict when it has arrived, or is a timer."""
    with transaction.atomic():
        run = _locked(run.pk)
        rows = DeliveryRow.objects.filter(run=run, message=message, receiver=receiver, copy=copy, state__in=OPEN)
        found = rows.exclude(kind=MessageKind.TIMER).first()
        if found is None:
            raise Conflict(f"Message {message} is not on its way to {receiver or 'nobody'} (any more).")
        run_state, delivery = run_state_of(run), hot_path_sql.delivery_of(found)
        if is_placed(run_state, delivery, kind):
            raise Conflict(f"{found.name} will be struck like that already, when it arrives at {title(receiver)}.")
        transition = strike_by_operator(run_state, delivery, kind, now=time.time())
        claims = save_transitions([(run, transition)])
    publish_claims([(run, transition)], claims)


def skip_time(run: Run) -> None:
    """Moves the run's time on to the next message, timer or attempt that is due.

    Raises Conflict when nothing is due later.
    """
    with transaction.atomic():
        run, now = _locked(run.pk), time.time()
        waiting = DeliveryRow.objects.filter(run=run, state=DeliveryState.PENDING, release_at__gt=now)
        due = waiting.aggregate(at=Min("release_at"))["at"]
        if due is None:
            raise Conflict("Nothing waits for its time in this run.")
        by = due - now
        waiting.update(release_at=F("release_at") - by)
        run.faults = [shift_outage(fault, -by).dump() for fault in run_state_of(run).faults]
        _record(run, Fact(FactKind.TIME_SKIPPED, after=by), now)
    notify(run.pk, for_clock=True)


def retry_message(run: Run, *, message: int, receiver: str, copy: int = 1) -> None:
    """Delivers a dead message again, and repairs the faults that struck it. Raises Conflict when it is not dead.

    An ended run goes on, so that what was its verdict holds no longer.
    """
    with transaction.atomic():
        run = _locked(run.pk)
        if run.status in SETTLED:
            raise Conflict("The order is settled; nothing is left to fix.")
        rows = DeliveryRow.objects.filter(run=run, message=message, receiver=receiver, copy=copy)
        found = rows.filter(state=DeliveryState.DEAD).first()
        if found is None:
            raise Conflict(f"Message {message} is not given up (any more).")
        run_state = run_state_of(run)
        has_failures = bool(fold(run_state.plan, read_facts(run.pk)).failures)
        run.status, run.ended_at = SagaStatus.COMPENSATING if has_failures else SagaStatus.RUNNING, None
        transition = retry_by_operator(run_state, hot_path_sql.delivery_of(found), now=time.time())
        claims = save_transitions([(run, transition)])
        Run.objects.filter(pk=run.pk).update(verdict=None)
    publish_claims([(run, transition)], claims)
