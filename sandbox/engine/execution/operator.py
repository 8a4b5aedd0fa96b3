"""What the learner does by hand to a message: strikes it on its way, or tries it anew once it is dead. Pure."""

from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import (
    DeliveryState,
    FactKind,
    Phase,
)
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import apply_network_fault
from sandbox.engine.execution.faults import Fault, by_hand_at, mended
from sandbox.engine.execution.handling import Delivery
from sandbox.engine.execution.messages import Fact
from sandbox.engine.execution.run_state import DeliveryContext, RunState, Transition


def is_placed(run_state: RunState, delivery: Delivery, kind: str) -> bool:
    """Whether a fault of that kind waits for the message at its receiver already, by hand."""
    at = by_hand_at(delivery.message, delivery.receiver)
    return any(f.by_hand and not f.is_spent and (f.kind, f.at) == (kind, at) for f in run_state.faults)


def strike_by_hand(run_state: RunState, delivery: Delivery, kind: str, *, now: float) -> Transition:
    """What becomes of a message on its way when the learner strikes it by hand.

    What strikes on the way strikes now; what strikes at the receiver waits for it there.
    """
    fault = Fault(kind, by_hand_at(delivery.message, delivery.receiver), by_hand=True)
    context = DeliveryContext(evolve(run_state, faults=(*run_state.faults, fault)), delivery, now)
    if fault.type.phase is not Phase.SENDING:
        context.note(Fact(FactKind.FAULT_PLACED, fault=kind, by_hand=True))
        return context.moved(delivery)
    context.strike(fault)
    first, *more = apply_network_fault(context, delivery, fault.type.effect)
    return Transition(context.told, new=tuple(more), moved=(first,), faults=context.run_state.faults)


def retry_by_operator(run_state: RunState, delivery: Delivery, *, now: float) -> Transition:
    """A human has mended the cause: the faults at that place strike no more, and the dead message is tried anew."""
    context = DeliveryContext(run_state, delivery, now)
    context.note(Fact(FactKind.OPERATOR_RETRIED, actor=CUSTOMER, to=(delivery.receiver,)))
    faults = mended(run_state.plan, run_state.faults, delivery.message, delivery.receiver)
    again = evolve(
        delivery, state=DeliveryState.PENDING, release_at=run_state.release_at(now), attempts=0, redeliveries=0
    )
    return evolve(context.moved(again), faults=faults)
