"""Decides what a delivery does to a run: handled, tried again, lost, copied, delayed or given up. Pure.

The workers make each transition durable in one transaction; the simulator keeps it in memory. Nothing else differs, so
that what holds in one holds in the other. Faults strike here, around the handling: rules and services have none.
"""

from collections.abc import Sequence

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import (
    DeliveryState,
    Effect,
    FactKind,
    Guarantee,
    Pace,
    Phase,
    Verb,
)
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.faults import BEYOND_TIMEOUT, timeout_at
from sandbox.engine.execution.handling import (
    HandlingResult,
    handle_message,
    messages_alone,
    result_of,
    without_messages,
)
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.react import StepFailure, give_up, retry_policy, without_inbox_record
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import DeliveryContext, RunState, Transition, shut_reason

MAXIMUM_REDELIVERIES = 8
# Why a message is late before it has arrived.
HELD_BACK, OVERTAKEN = "the answer is held back", "the next message overtakes it"
ON_THE_WAY = (HELD_BACK, OVERTAKEN)


def receive(run_state: RunState, delivery: Delivery, memory: Memory, *, now: float) -> Transition:
    """Returns the transition for a message that has reached its receiver: handled, or what a fault makes of it.

    For example, with the fault charge-customer:transient, payment receives InventoryReserved at the time 100.0:

        1st attempt  facts: fault injected, attempt failed (after 0.5 s). The delivery is PENDING again, with
                     attempts=1 and release_at=100.5.
        2nd attempt  facts: message handled, step completed, message sent. The delivery is HANDLED; new are the delivery
                     of CustomerCharged to fulfilment and two ledger entries.
    """
    context = DeliveryContext(run_state, delivery, now)
    shut = next((f for f in run_state.faults if f.shuts == delivery.receiver and f.until > now), None)
    if shut:
        return context.postpone(shut.until, shut_reason(delivery.receiver))
    message = evolve(delivery.message, attempt=delivery.attempts + 1)
    if run_state.other:
        message = run_state.other.found_with(message, delivery.receiver, run_state.order, memory.balances)
    if Guarantee.INBOX in run_state.settings.off:
        memory = without_inbox_record(run_state.plan, delivery.receiver, message, memory)
    try:
        result = handle_message(
            run_state.plan,
            run_state.order,
            message,
            delivery.receiver,
            memory,
            seq=context.seq,
            at=now,
            copy=delivery.copy,
        )
    except StepFailure as error:
        return _fail(context, memory, str(error))
    fault = context.fault(Phase.ARRIVING, facts=result.facts)
    if fault is None:
        return _handle(context, result)
    return ON_ARRIVAL[fault.type.effect](context, fault, memory)


def start_saga(run_state: RunState, result: HandlingResult, *, now: float) -> Transition:
    """Returns the first transition of a saga, in which the customer's order is sent and faults may strike it."""
    context = DeliveryContext(run_state, result.deliveries[0], now, facts=list(result.facts))
    new = _sent(context, result)
    return Transition(
        context.all_facts, new=new, entries=result.entries, memories=result.memories, faults=context.run_state.faults
    )


def redeliver(
    run_state: RunState, delivery: Delivery, memory: Memory, history: Sequence[Fact], *, now: float
) -> Transition:
    """Returns the transition that counts one more delivery of a message that nobody has acknowledged.

    The message is given up with redelivery `MAXIMUM_REDELIVERIES`. The orchestrator's memory is first rebuilt from its
    history, as after a restart, so that it decides and sends nothing a second time.
    """
    context = DeliveryContext(run_state, delivery, now)
    count = delivery.redeliveries + 1
    reason = "nobody answered the time before: its worker died, or the message was lost"
    context.note(Fact(FactKind.MESSAGE_REDELIVERED, attempt=count + 1, reason=reason))
    context.delivery = delivery = evolve(delivery, redeliveries=count)
    if count >= MAXIMUM_REDELIVERIES:
        return _give_up(context, memory, f"it came {count + 1} times and was never answered for")
    if delivery.receiver != ORCHESTRATOR or not memory.handled:
        return context.update(delivery)
    memory = replay(run_state.plan, run_state.settings, ORCHESTRATOR, history)
    context.note(Fact(FactKind.HISTORY_REPLAYED, count=len(memory.handled)))
    return evolve(context.update(delivery), memories={ORCHESTRATOR: memory})


def _handle(context: DeliveryContext, result: HandlingResult) -> Transition:
    crash = context.fault(Phase.COMMITTED, facts=result.facts) or context.fault(Phase.PUBLISHED, facts=result.facts)
    no_outbox = crash is not None and Guarantee.OUTBOX in context.run_state.settings.off
    if no_outbox and crash and crash.type.phase is Phase.PUBLISHED:
        return _publish_uncommitted(context, messages_alone(result, seq=context.seq), crash)
    if no_outbox:
        result = without_messages(result)
    context.facts += result.facts
    new = _sent(context, result)
    moved = evolve(context.delivery, state=DeliveryState.HANDLED, release_at=None)
    if crash:
        context.strike(crash)
        if not context.run_state.acknowledges_early:
            new = (*new, _unacknowledged(context))
    return Transition(
        context.all_facts,
        new=new,
        updated=(moved,),
        cancelled_timers=result.cancelled_timers,
        actor=context.delivery.receiver,
        entries=result.entries,
        memories=result.memories,
        faults=context.run_state.faults,
        dies_at=crash.type.phase if crash else None,
        overtakes=any(fault.type.effect is Effect.OVERTAKE for fault in context.run_state.faults),
    )


def _publish_uncommitted(context: DeliveryContext, result: HandlingResult, crash: Fault) -> Transition:
    """Returns the transition without an outbox: the messages were published, and their transaction is rolled back."""
    context.facts += result.facts
    new = _sent(context, result)
    context.strike(crash)
    moved, lost = context.delivery, context.run_state.acknowledges_early
    if lost:
        moved = _lose(context, moved, "it was acknowledged before it was handled")
    return Transition(
        context.all_facts, new=new, updated=(moved,), faults=context.run_state.faults, dies_at=Phase.PUBLISHED
    )


def _unacknowledged(context: DeliveryContext) -> Delivery:
    """Returns the copy that the broker delivers again, since the worker died before it acknowledged the message."""
    copy = evolve(context.delivery, copy=context.seq, state=DeliveryState.SENT, attempts=0)
    reason = "never acknowledged, so the broker delivers it again"
    context.note(Fact(FactKind.MESSAGE_COPIED, reason=reason), copy)
    return copy


def _sent(context: DeliveryContext, result: HandlingResult) -> tuple[Delivery, ...]:
    """Returns the deliveries of the result after faults have delayed, lost or copied them."""
    late = context.fault(Phase.ANSWERING, facts=result.facts) if result.deliveries else None
    wait = 0.0
    if late:
        wait = late.number or timeout_at(context.run_state.plan, late.at) + BEYOND_TIMEOUT
        context.strike(late, after=wait)
    out: list[Delivery] = []
    for delivery in result.deliveries:
        after = delivery.after if delivery.is_timer else max(wait, delivery.after)
        one = evolve(delivery, release_at=context.run_state.release_at(context.now, after), after=after)
        if late and not delivery.is_timer:
            context.note(Fact(FactKind.MESSAGE_DELAYED, after=wait, reason=HELD_BACK), one)
        out += [one] if one.is_timer else _send(context, one)
    return tuple(out)


def _send(context: DeliveryContext, delivery: Delivery) -> list[Delivery]:
    fault = context.fault(Phase.SENDING, delivery)
    if fault is None:
        return [delivery]
    context.strike(fault, delivery)
    return apply_network_fault(context, delivery, fault.type.effect)


def apply_network_fault(context: DeliveryContext, delivery: Delivery, effect: Effect) -> list[Delivery]:
    """Returns what is left of a message on its way when the network loses, copies or delays it."""
    return ON_SENDING[effect](context, delivery)


def _vanish(context: DeliveryContext, delivery: Delivery) -> list[Delivery]:
    return [_lose(context, delivery, "it vanished between broker and receiver")]


def _copy(context: DeliveryContext, delivery: Delivery) -> list[Delivery]:
    copy = evolve(delivery, copy=context.seq, state=DeliveryState.PENDING)
    context.note(Fact(FactKind.MESSAGE_COPIED, reason="the broker delivers it twice"), copy)
    return [delivery, copy]


def _hold_back(context: DeliveryContext, delivery: Delivery) -> list[Delivery]:
    wait = timeout_at(context.run_state.plan, delivery.message.name) + BEYOND_TIMEOUT
    context.note(Fact(FactKind.MESSAGE_DELAYED, after=wait, reason=OVERTAKEN), delivery)
    later = context.run_state.release_at(context.now, wait)
    return [evolve(delivery, state=DeliveryState.PENDING, release_at=later, after=wait, overtaken=True)]


def _lose(context: DeliveryContext, delivery: Delivery, reason: str) -> Delivery:
    context.note(Fact(FactKind.MESSAGE_LOST, reason=reason), delivery)
    return evolve(delivery, state=DeliveryState.LOST, release_at=None)


def record_sandbox_failure(run_state: RunState, delivery: Delivery, reason: str, *, now: float) -> Transition:
    """Ends a message whose handling met a bug of the sandbox: it is dead at once, whatever its retry policy.

    The operator can retry it once the bug is fixed.
    """
    context = DeliveryContext(run_state, delivery, now)
    context.note(Fact(FactKind.SANDBOX_FAILED, reason=reason))
    context.note(Fact(FactKind.MESSAGE_DEAD, attempt=delivery.attempts or None, reason="the sandbox itself failed"))
    return context.update(evolve(delivery, state=DeliveryState.DEAD, release_at=None))


def _fail(context: DeliveryContext, memory: Memory, reason: str) -> Transition:
    """Records a failed attempt, and either the time of the next one or that the message is given up."""
    delivery, plan, name = context.delivery, context.run_state.plan, context.delivery.message.name
    step = plan.requested_step(delivery.receiver, name, Verb.DO)
    attempt = delivery.attempts + 1
    pause = retry_policy(plan, delivery.receiver, name, reason).delay_after(attempt)
    step_name = step.name if step else None
    context.note(Fact(FactKind.ATTEMPT_FAILED, attempt=attempt, reason=reason, after=pause, step=step_name))
    context.delivery = evolve(delivery, attempts=attempt)
    if pause is None:
        return _give_up(context, memory, f"gave up after {attempt} attempts: {reason}")
    due = None if context.run_state.pace is Pace.STEP else context.now + pause
    return context.update(evolve(context.delivery, state=DeliveryState.PENDING, release_at=due))


def _give_up(context: DeliveryContext, memory: Memory, reason: str) -> Transition:
    """Ends a message after its last attempt: its step is refused if it may be, otherwise the operator has to help."""
    delivery, plan = context.delivery, context.run_state.plan
    reaction = give_up(plan, delivery.receiver, delivery.message, memory, reason)
    is_refused = reaction is not None and any(f.kind is FactKind.STEP_REJECTED for f in reaction.facts)
    if reaction and is_refused:
        result = result_of(
            plan, delivery.message, delivery.receiver, reaction, seq=context.seq, at=context.now, copy=delivery.copy
        )
        return _handle(context, result)
    context.note(Fact(FactKind.MESSAGE_DEAD, attempt=delivery.attempts, reason=reason))
    dead = evolve(delivery, state=DeliveryState.DEAD, release_at=None)
    if reaction is None:
        return context.update(dead)
    result = result_of(plan, delivery.message, delivery.receiver, reaction, seq=context.seq, at=context.now)
    published = messages_alone(result, seq=context.seq)
    context.facts += published.facts
    new = _sent(context, published)
    return Transition(
        context.all_facts, new=new, updated=(dead,), memories=result.memories, faults=context.run_state.faults
    )


def _crash(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    context.strike(fault)
    if context.run_state.acknowledges_early:
        lost = _lose(context, context.delivery, "it was acknowledged before it was handled")
        return evolve(context.update(lost), dies_at=Phase.ARRIVING)
    return evolve(context.update(context.delivery), dies_at=Phase.ARRIVING)


def _strike_and_fail(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    context.strike(fault)
    return _fail(context, memory, fault.type.title.lower())


def _slow_down(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    wait = fault.number or timeout_at(context.run_state.plan, fault.at) + BEYOND_TIMEOUT
    context.strike(fault, after=wait)
    return context.postpone(context.now + wait, "the work takes that long")


def _shut(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    wait = fault.number or fault.type.number or 0.0
    context.strike(fault, after=wait)
    return context.postpone(context.now + wait, shut_reason(context.delivery.receiver))


# What a fault does in the phases in which it can have different effects: `EFFECTS_IN` lists the same ones.
ON_SENDING = {
    Effect.LOSE: _vanish,
    Effect.COPY: _copy,
    Effect.OVERTAKE: _hold_back,
}
ON_ARRIVAL = {
    Effect.CRASH: _crash,
    Effect.FAIL: _strike_and_fail,
    Effect.DELAY: _slow_down,
    Effect.SHUT: _shut,
}
