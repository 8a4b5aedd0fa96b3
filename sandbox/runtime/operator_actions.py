"""What the learner does to a run under way: pace, held messages, faults by hand, skipped time, operator's retry."""

import time
import uuid

from django.db import transaction
from django.db.models import F, Min

from sandbox.definitions.registry import CUSTOMER, title
from sandbox.definitions.terms import ENDED, OPEN, SETTLED, DeliveryState, FactKind, MessageKind, Pace, SagaStatus
from sandbox.engine.evolve import changed
from sandbox.engine.execution.faults import moved
from sandbox.engine.execution.messages import Fact
from sandbox.engine.execution.operator import interfere, is_placed, retry_by_operator
from sandbox.engine.execution.run_state import Change
from sandbox.engine.projection.board import arrow_key
from sandbox.engine.projection.fold import fold
from sandbox.models import Delivery, Run
from sandbox.runtime.broker.notifications import hint
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import send_on, trip_of, write


class Stale(Exception):
    """What was asked for is over already."""


def _locked(run_id: uuid.UUID) -> Run:
    return Run.objects.select_for_update().get(pk=run_id)


def _note(run: Run, kind: FactKind, now: float, **details: object) -> None:
    """Writes down what the learner did."""
    fact = Fact(kind, CUSTOMER, seq=run.last_seq + 1, at=now)
    write(run, Change((changed(fact, **details),)))


def change_pace(run: Run, *, pace: Pace) -> None:
    """From now on sends at that pace, and writes that down. STEP holds what has not left yet; any other lets it go.

    A timer that was held begins anew. Raises Stale when the run has ended or goes at that pace already.
    """
    with transaction.atomic():
        run, now = _locked(run.pk), time.time()
        if run.status in ENDED or run.pace == pace:
            raise Stale("Nothing has changed: the run has ended, or goes at that pace already.")
        waiting = Delivery.objects.filter(run=run, state=DeliveryState.PENDING)
        held: list[str] = []
        if pace is Pace.STEP:
            stopped = waiting.order_by("pk").select_for_update()
            held = [arrow_key(delivery.message, delivery.receiver, delivery.copy) for delivery in stopped]
            waiting.update(release_at=None)
        else:
            waiting.filter(release_at=None).update(release_at=now + F("after"))
        Run.objects.filter(pk=run.pk).update(pace=pace)
        _note(run, FactKind.PACE_CHANGED, now, pace=pace, held=tuple(held))
    hint(run.pk, for_clock=True)


def release_message(run: Run, *, message: int, receiver: str = "", copy: int = 1) -> None:
    """Lets a held message go, to one receiver or to all, and writes that down. Raises Stale when it is not held."""
    with transaction.atomic():
        run, now = _locked(run.pk), time.time()
        held = Delivery.objects.filter(
            run=run, message=message, copy=copy, state=DeliveryState.PENDING, release_at=None
        )
        if receiver:
            held = held.filter(receiver=receiver)
        names = dict(held.values_list("receiver", "name"))
        if not names:
            raise Stale(f"Message {message} is not held (any more): it was released before, or does not exist.")
        held.update(release_at=now)
        name, copied = next(iter(names.values())), copy if copy > 1 else None
        _note(run, FactKind.MESSAGE_RELEASED, now, message=message, name=name, to=tuple(names), copy=copied)
    hint(run.pk, for_clock=True)


def strike_message(run: Run, *, message: int, receiver: str, kind: str, copy: int = 1) -> None:
    """Strikes a message on its way with a fault. Raises Stale when it has arrived, or is nobody's but a timer."""
    with transaction.atomic():
        run = _locked(run.pk)
        rows = Delivery.objects.filter(run=run, message=message, receiver=receiver, copy=copy, state__in=OPEN)
        found = rows.exclude(kind=MessageKind.TIMER).first()
        if found is None:
            raise Stale(f"Message {message} is not on its way to {receiver or 'nobody'} (any more).")
        trip, dispatch = trip_of(run), hot_path_sql.dispatch_of(found)
        if is_placed(trip, dispatch, kind):
            raise Stale(f"{found.name} will be struck like that already, when it arrives at {title(receiver)}.")
        change = interfere(trip, dispatch, kind, now=time.time())
        claims = write(run, change)
    send_on(run, change, claims)


def skip_time(run: Run) -> None:
    """Moves the run's time on to the next message, timer or attempt that is due.

    Raises Stale when nothing waits for its time.
    """
    with transaction.atomic():
        run, now = _locked(run.pk), time.time()
        waiting = Delivery.objects.filter(run=run, state=DeliveryState.PENDING, release_at__gt=now)
        due = waiting.aggregate(at=Min("release_at"))["at"]
        if due is None:
            raise Stale("Nothing waits for its time in this run.")
        by = due - now
        waiting.update(release_at=F("release_at") - by)
        run.faults = [moved(fault, -by).dump() for fault in trip_of(run).faults]
        _note(run, FactKind.TIME_SKIPPED, now, after=by)
    hint(run.pk, for_clock=True)


def retry_message(run: Run, *, message: int, receiver: str, copy: int = 1) -> None:
    """Tries a dead message anew, now that a human has mended the cause. Raises Stale when it is not dead."""
    with transaction.atomic():
        run = _locked(run.pk)
        if run.status in SETTLED:
            raise Stale("The order is settled; nothing is left to mend.")
        rows = Delivery.objects.filter(run=run, message=message, receiver=receiver, copy=copy)
        found = rows.filter(state=DeliveryState.DEAD).first()
        if found is None:
            raise Stale(f"Message {message} is not given up (any more).")
        trip = trip_of(run)
        has_setbacks = bool(fold(trip.plan, read_facts(run.pk)).setbacks)
        run.status, run.ended_at = SagaStatus.COMPENSATING if has_setbacks else SagaStatus.RUNNING, None
        change = retry_by_operator(trip, hot_path_sql.dispatch_of(found), now=time.time())
        claims = write(run, change)
    send_on(run, change, claims)
