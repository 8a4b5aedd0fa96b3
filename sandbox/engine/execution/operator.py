"""What the learner does by hand to a message: strikes it on its way, or tries it anew once it is dead. Pure."""

from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import (
    DeliveryState,
    FactKind,
    Phase,
)
from sandbox.engine.evolve import changed
from sandbox.engine.execution.delivery import meddle
from sandbox.engine.execution.faults import Fault, by_hand_at, mended
from sandbox.engine.execution.handling import Dispatch
from sandbox.engine.execution.run_state import Change, Trip, Visit


def is_placed(trip: Trip, dispatch: Dispatch, kind: str) -> bool:
    """Whether a fault of that kind waits for the message at its receiver already, by hand."""
    at = by_hand_at(dispatch.message, dispatch.receiver)
    return any(f.by_hand and not f.is_spent and (f.kind, f.at) == (kind, at) for f in trip.faults)


def interfere(trip: Trip, dispatch: Dispatch, kind: str, *, now: float) -> Change:
    """What becomes of a message on its way when the learner strikes it by hand.

    What strikes on the way strikes now; what strikes at the receiver waits for it there.
    """
    fault = Fault(kind, by_hand_at(dispatch.message, dispatch.receiver), by_hand=True)
    visit = Visit(changed(trip, faults=(*trip.faults, fault)), dispatch, now)
    if fault.type.phase is not Phase.SENDING:
        visit.note(FactKind.FAULT_PLACED, fault=kind, by_hand=True)
        return visit.moved(dispatch)
    visit.strike(fault)
    first, *more = meddle(visit, dispatch, fault.type.effect)
    return Change(visit.told, new=tuple(more), moved=(first,), faults=visit.trip.faults)


def retry_by_operator(trip: Trip, dispatch: Dispatch, *, now: float) -> Change:
    """A human has mended the cause: the faults at that place strike no more, and the dead message is tried anew."""
    visit = Visit(trip, dispatch, now)
    visit.note(FactKind.OPERATOR_RETRIED, actor=CUSTOMER, to=(dispatch.receiver,))
    faults = mended(trip.plan, trip.faults, dispatch.message, dispatch.receiver)
    again = changed(dispatch, state=DeliveryState.PENDING, release_at=trip.release_at(now), attempts=0, redeliveries=0)
    return changed(visit.moved(again), faults=faults)
