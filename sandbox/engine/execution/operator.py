"""The operator's interventions: strikes a message with a fault, or retries it once it is dead. Pure."""

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import (
    DeliveryState,
    FactKind,
    Phase,
)
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import apply_network_fault
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.faults import after_repair, place_of_message
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.run_state import DeliveryContext, RunState, Transition


def is_placed(run_state: RunState, delivery: Delivery, kind: str) -> bool:
    """Returns whether the operator has already placed a fault of that kind on the message at its receiver."""
    at = place_of_message(delivery.message.message_id, delivery.receiver)
    return any(f.by_hand and not f.is_spent and (f.kind, f.at) == (kind, at) for f in run_state.faults)


def strike_by_operator(run_state: RunState, delivery: Delivery, kind: str, *, now: float) -> Transition:
    """Strikes a message on its way with a fault that the operator chose.

    A network fault strikes now; a fault at the receiver strikes when the message arrives there.
    """
    fault = Fault(kind, place_of_message(delivery.message.message_id, delivery.receiver), by_hand=True)
    context = DeliveryContext(evolve(run_state, faults=(*run_state.faults, fault)), delivery, now)
    if fault.type.phase is not Phase.SENDING:
        context.note(Fact(FactKind.FAULT_PLACED, fault=kind, by_hand=True))
        return context.update(delivery)
    context.strike(fault)
    first, *more = apply_network_fault(context, delivery, fault.type.effect)
    return Transition(context.all_facts, new=tuple(more), updated=(first,), faults=context.run_state.faults)


def retry_by_operator(run_state: RunState, delivery: Delivery, *, now: float) -> Transition:
    """Repairs the faults that struck a dead message, and delivers it again."""
    context = DeliveryContext(run_state, delivery, now)
    context.note(Fact(FactKind.OPERATOR_RETRIED, actor=CUSTOMER, to=(delivery.receiver,)))
    faults = after_repair(run_state.plan, run_state.faults, delivery.message, delivery.receiver)
    again = evolve(
        delivery, state=DeliveryState.PENDING, release_at=run_state.release_at(now), attempts=0, redeliveries=0
    )
    return evolve(context.update(again), faults=faults)
