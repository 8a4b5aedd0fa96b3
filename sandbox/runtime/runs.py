"""A run in the database: opening it, writing a turn of it, noticing that it has ended."""

import time

from django.db import transaction

from sandbox.definitions.records import Order
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Pace, SagaStatus, Style, UndoOrder
from sandbox.engine.board import fold, outcome
from sandbox.engine.messages import Fact
from sandbox.engine.plan import Plan, compile_plan
from sandbox.engine.turn import Dispatch, Turn, ended, open_saga
from sandbox.models import ActorMemory, Delivery, Run
from sandbox.runtime.hints import hint
from sandbox.runtime.journal import append_entries, append_facts, read_facts

FOLLOW_DELAY = 1.2
DELAYS = {Pace.FAST: 0.0, Pace.FOLLOW: FOLLOW_DELAY, Pace.STEP: None}


def plan_of(run: Run) -> Plan:
    """The rules that this run runs."""
    return compile_plan(SAGA[run.saga], Style(run.style), UndoOrder(run.undo_order))


def order_of(run: Run) -> Order:
    """What the customer of this run ordered."""
    return Order(quantity=run.quantity)


def open_run(run: Run, *, head_start: float = 0.0) -> None:
    """Writes a new run with its first turn, in one transaction; the clock sends the first message.

    `head_start` seconds pass before that at the least, so that a page which is to show the run is there in time.
    """
    pace = Pace(run.pace)
    turn = open_saga(plan_of(run), order_of(run), refused=run.refused or None, pace=pace, at=run.started_at)
    with transaction.atomic():
        run.last_seq, run.open_deliveries = turn.last_seq, len(turn.dispatches)
        run.save(force_insert=True)
        ActorMemory.objects.bulk_create(
            ActorMemory(run=run, actor=actor, data=memory.dump()) for actor, memory in turn.memories.items()
        )
        write_turn(run, turn, head_start=head_start)
    hint(run.pk)


def write_turn(run: Run, turn: Turn, *, head_start: float = 0.0) -> list[int]:
    """Makes a turn's facts, entries and messages durable, inside the caller's transaction.

    Returns the ids of the deliveries that may go to the broker as soon as it has committed.
    """
    append_facts(run.pk, turn.facts)
    append_entries(run.pk, turn.entries)
    delay = DELAYS[Pace(run.pace)]
    release_at = None if delay is None else time.time() + max(delay, head_start)
    rows = Delivery.objects.bulk_create(_delivery(run, dispatch, release_at) for dispatch in turn.dispatches)
    return [row.pk for row in rows] if delay == 0 else []


def move_on(run: Run, *, turn_facts: tuple[Fact, ...], opened: int) -> None:
    """Counts the messages left to handle after these new facts. When none is, the run has ended, and how is recorded.

    `opened` is the number of deliveries gained or lost. Belongs into the transaction that wrote the facts.
    """
    last = turn_facts[-1]
    run.last_seq, run.open_deliveries = last.seq, run.open_deliveries + opened
    if any(fact.kind is FactKind.STEP_REJECTED for fact in turn_facts):
        run.status = SagaStatus.COMPENSATING
    if run.open_deliveries == 0:
        run.status = outcome(fold(plan_of(run), read_facts(run.pk)))
        run.last_seq, run.ended_at = last.seq + 1, last.at
        append_facts(run.pk, [ended(run.status, seq=run.last_seq, at=last.at)])
    run.save(update_fields=["last_seq", "open_deliveries", "status", "ended_at"])


def _delivery(run: Run, dispatch: Dispatch, release_at: float | None) -> Delivery:
    message = dispatch.message
    return Delivery(
        run=run,
        receiver=dispatch.receiver,
        message=message.message_id,
        name=message.name,
        kind=message.kind,
        sender=message.sender,
        caused_by=message.caused_by,
        because=message.because,
        release_at=release_at,
    )
