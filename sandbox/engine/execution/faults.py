"""Decides whether a fault strikes a message. `delivery` says what a fault then does."""

from collections.abc import Iterable

from sandbox.definitions.faults import Fault
from sandbox.definitions.terms import Effect, FactKind, MessageKind, Phase, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.messages import Message
from sandbox.engine.plan.model import Plan

# Seconds by which a delayed message exceeds the timeout of the actor that waits for it.
BEYOND_TIMEOUT = 2.0


def place_of_message(message_id: int | None, receiver: str) -> str:
    """Returns the place of a fault that strikes one message at one receiver only."""
    return f"#{message_id} at {receiver}"


def strikes(
    plan: Plan, fault: Fault, phase: Phase, message: Message, receiver: str, facts: Iterable[Fact] = ()
) -> bool:
    """Returns whether the fault strikes this message now. `facts` are those that handling it would record."""
    if fault.type.phase is not phase or fault.is_spent:
        return False
    steps = {str(f.step) for f in facts if f.kind in STEP_FACTS[fault.type.verb]}
    places = {plan.heard_as(message.name), place_of_message(message.message_id, receiver)}
    if fault.type.verb is Verb.UNDO or phase is Phase.ANSWERING:
        return bool(steps) and fault.at in {*steps, receiver, *places}
    if fault.at in places:
        return True
    if fault.at == receiver:
        return message.kind is not MessageKind.TIMER
    asked = plan.requested_step(receiver, message.name, fault.type.verb)
    return asked is not None and asked.name == fault.at and (phase is Phase.SENDING or asked.name in steps)


STEP_FACTS = {
    Verb.DO: {FactKind.STEP_COMPLETED, FactKind.STEP_REJECTED},
    Verb.UNDO: {FactKind.STEP_COMPENSATED, FactKind.NOTHING_TO_UNDO},
}


def after_strike(faults: tuple[Fault, ...], one: Fault, receiver: str, *, until: float) -> tuple[Fault, ...]:
    """Returns the faults after this one has struck a message to that receiver once more."""
    after = evolve(one, injected=one.injected + 1)
    if one.type.effect is Effect.SHUT:
        after = evolve(after, shuts=receiver, until=until)
    return tuple(after if fault is one else fault for fault in faults)


def after_sparing(faults: tuple[Fault, ...], one: Fault) -> tuple[Fault, ...]:
    """Returns the faults after this one has spared a message."""
    return tuple(evolve(f, spared=f.spared + 1) if f is one else f for f in faults)


def shift_outage(fault: Fault, by: float) -> Fault:
    """Returns the fault with the end of its outage, if it has caused one, so many seconds later."""
    return evolve(fault, until=fault.until + by) if fault.until else fault


def after_repair(plan: Plan, faults: tuple[Fault, ...], message: Message, receiver: str) -> tuple[Fault, ...]:
    """Returns the faults after the operator has repaired those that strike this message there."""
    requested = ((verb, plan.requested_step(receiver, message.name, verb)) for verb in STEP_FACTS)
    as_if_done = [Fact(kind, receiver, step=step.name) for verb, step in requested if step for kind in STEP_FACTS[verb]]
    return tuple(
        evolve(f, repaired=True, until=0.0) if strikes(plan, f, Phase.ARRIVING, message, receiver, as_if_done) else f
        for f in faults
    )


def timeout_at(plan: Plan, at: str) -> float:
    """Returns the seconds after which the plan reacts to a missing answer of this step, actor or message."""
    timer_seconds = {emission.name: emission.after for _, emission in plan.timers}
    timeouts = {str(rule.watches): timer_seconds[rule.on[0]] for rule in plan.rules if rule.watches}
    step = next((s for s in plan.saga.steps if at in {s.name, s.service, s.do.command, s.do.done}), None)
    if step and step.name in timeouts:
        return timeouts[step.name]
    return max(timeouts.values(), default=step.timeout if step else plan.saga.steps[0].timeout)
