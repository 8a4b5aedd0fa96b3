"""What becomes of a message at its receiver: handled, tried again, lost, copied, delayed or given up. Pure.

The workers make each Change durable in one transaction; the rehearsal keeps it in memory. Nothing else differs, so
that what holds in one holds in the other. Faults strike here, around the turn: no rule and no service knows of them.
"""

from collections.abc import Sequence

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
from sandbox.engine.execution.faults import TOO_LATE, Fault, patience
from sandbox.engine.execution.handling import Delivery, HandlingResult, handle_message, never_sent, only_sent, result_of
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Fact
from sandbox.engine.execution.react import StepFailure, give_up, without_inbox_record
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import DeliveryContext, RunState, Transition, shut_reason

MAXIMUM_REDELIVERIES = 8


def receive(run_state: RunState, delivery: Delivery, memory: Memory, *, now: float) -> Transition:
    """What becomes of a message that has reached its receiver."""
    context = DeliveryContext(run_state, delivery, now)
    shut = next((f for f in run_state.faults if f.shuts == delivery.receiver and f.until > now), None)
    if shut:
        return context.wait(shut.until, shut_reason(delivery.receiver))
    message = evolve(delivery.message, attempt=delivery.attempts + 1)
    if Guarantee.INBOX in run_state.without:
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
    """The first turn of a saga, and what happens to the customer's order on its way."""
    context = DeliveryContext(run_state, result.deliveries[0], now, facts=list(result.facts))
    new = _sent(context, result)
    return Transition(
        context.told, new=new, entries=result.entries, memories=result.memories, faults=context.run_state.faults
    )


def redeliver(
    run_state: RunState, delivery: Delivery, memory: Memory, history: Sequence[Fact], *, now: float
) -> Transition:
    """Counts a message that was sent before and never answered for; one too many, and it is given up.

    An orchestrator that comes back to life first replays its history: it knows again what it had decided, and decides
    and sends nothing of that a second time.
    """
    context = DeliveryContext(run_state, delivery, now)
    count = delivery.redeliveries + 1
    reason = "nobody answered the time before: its worker died, or the message was lost"
    context.note(Fact(FactKind.MESSAGE_REDELIVERED, attempt=count + 1, reason=reason))
    context.delivery = delivery = evolve(delivery, redeliveries=count)
    if count >= MAXIMUM_REDELIVERIES:
        return _give_up(context, memory, f"it came {count + 1} times and was never answered for")
    if delivery.receiver != ORCHESTRATOR or not memory.handled:
        return context.moved(delivery)
    memory = replay(run_state.plan, run_state.order, ORCHESTRATOR, history, without=run_state.without)
    context.note(Fact(FactKind.HISTORY_REPLAYED, count=len(memory.handled)))
    return evolve(context.moved(delivery), memories={ORCHESTRATOR: memory})


def _handle(context: DeliveryContext, result: HandlingResult) -> Transition:
    crash = context.fault(Phase.COMMITTED, facts=result.facts) or context.fault(Phase.PUBLISHED, facts=result.facts)
    no_outbox = crash is not None and Guarantee.OUTBOX in context.run_state.without
    if no_outbox and crash and crash.type.phase is Phase.PUBLISHED:
        return _ghost(context, only_sent(result, seq=context.seq), crash)
    if no_outbox:
        result = never_sent(result)
    context.facts += result.facts
    new = _sent(context, result)
    moved = evolve(context.delivery, state=DeliveryState.HANDLED, release_at=None)
    if crash:
        context.strike(crash)
        if not context.run_state.acknowledges_early:
            new = (*new, _unacknowledged(context))
    return Transition(
        context.told,
        new=new,
        moved=(moved,),
        settled=result.settled,
        actor=context.delivery.receiver,
        entries=result.entries,
        memories=result.memories,
        faults=context.run_state.faults,
        dies_at=crash.type.phase if crash else None,
        overtakes=any(fault.type.effect is Effect.OVERTAKE for fault in context.run_state.faults),
    )


def _ghost(context: DeliveryContext, result: HandlingResult, crash: Fault) -> Transition:
    """Without an outbox: the messages are out, and the transaction that they tell of is rolled back."""
    context.facts += result.facts
    new = _sent(context, result)
    context.strike(crash)
    moved, lost = context.delivery, context.run_state.acknowledges_early
    if lost:
        moved = _lose(context, moved, "it was acknowledged before it was handled")
    return Transition(context.told, new=new, moved=(moved,), faults=context.run_state.faults, dies_at=Phase.PUBLISHED)


def _unacknowledged(context: DeliveryContext) -> Delivery:
    """The copy that the broker delivers again, because the worker died before it could acknowledge the message."""
    copy = evolve(context.delivery, copy=context.seq, state=DeliveryState.SENT, attempts=0)
    reason = "never acknowledged, so the broker delivers it again"
    context.note(Fact(FactKind.MESSAGE_COPIED, reason=reason), copy)
    return copy


def _sent(context: DeliveryContext, result: HandlingResult) -> tuple[Delivery, ...]:
    """The turn's messages as they set out, and what happens to them on the way."""
    late = context.fault(Phase.ANSWERING, facts=result.facts) if result.deliveries else None
    wait = 0.0
    if late:
        wait = late.number or patience(context.run_state.plan, late.at) + TOO_LATE
        context.strike(late, after=wait)
    out: list[Delivery] = []
    for delivery in result.deliveries:
        after = delivery.after if delivery.is_timer else max(wait, delivery.after)
        one = evolve(delivery, release_at=context.run_state.release_at(context.now, after), after=after)
        if late and not delivery.is_timer:
            context.note(Fact(FactKind.MESSAGE_DELAYED, after=wait, reason="told too late"), one)
        out += [one] if one.is_timer else _send(context, one)
    return tuple(out)


def _send(context: DeliveryContext, delivery: Delivery) -> list[Delivery]:
    fault = context.fault(Phase.SENDING, delivery)
    if fault is None:
        return [delivery]
    context.strike(fault, delivery)
    return apply_network_fault(context, delivery, fault.type.effect)


def apply_network_fault(context: DeliveryContext, delivery: Delivery, effect: Effect) -> list[Delivery]:
    """What becomes of a message on its way when the network loses it, copies it, or lets others overtake it."""
    if effect is Effect.LOSE:
        return [_lose(context, delivery, "it vanished between broker and receiver")]
    if effect is Effect.COPY:
        copy = evolve(delivery, copy=context.seq, state=DeliveryState.PENDING)
        context.note(Fact(FactKind.MESSAGE_COPIED, reason="the broker delivers it twice"), copy)
        return [delivery, copy]
    wait = patience(context.run_state.plan, delivery.message.name) + TOO_LATE
    context.note(Fact(FactKind.MESSAGE_DELAYED, after=wait, reason="the next message to it goes first"), delivery)
    later = context.run_state.release_at(context.now, wait)
    return [evolve(delivery, state=DeliveryState.PENDING, release_at=later, after=wait, overtaken=True)]


def _lose(context: DeliveryContext, delivery: Delivery, reason: str) -> Delivery:
    context.note(Fact(FactKind.MESSAGE_LOST, reason=reason), delivery)
    return evolve(delivery, state=DeliveryState.LOST, release_at=None)


def abandon(run_state: RunState, delivery: Delivery, reason: str, *, now: float) -> Transition:
    """Ends a message whose handling met a bug of the sandbox: it is dead at once, and no retry policy is asked.

    A human can have it tried again once the bug is mended.
    """
    context = DeliveryContext(run_state, delivery, now)
    context.note(Fact(FactKind.SANDBOX_FAILED, reason=reason))
    context.note(Fact(FactKind.MESSAGE_DEAD, attempt=delivery.attempts or None, reason="the sandbox itself failed"))
    return context.moved(evolve(delivery, state=DeliveryState.DEAD, release_at=None))


def _fail(context: DeliveryContext, memory: Memory, reason: str) -> Transition:
    """Writes a failed attempt down, and when the next one is due, if there is to be one."""
    delivery, plan, name = context.delivery, context.run_state.plan, context.delivery.message.name
    to_do = plan.requested_step(delivery.receiver, name, Verb.DO)
    attempt = delivery.attempts + 1
    pause = plan.retry_of(delivery.receiver, name).delay_after(attempt)
    doing = to_do.name if to_do else None
    context.note(Fact(FactKind.ATTEMPT_FAILED, attempt=attempt, reason=reason, after=pause, step=doing))
    context.delivery = evolve(delivery, attempts=attempt)
    if pause is None:
        return _give_up(context, memory, f"gave up after {attempt} attempts: {reason}")
    due = None if context.run_state.pace is Pace.STEP else context.now + pause
    return context.moved(evolve(context.delivery, state=DeliveryState.PENDING, release_at=due))


def _give_up(context: DeliveryContext, memory: Memory, reason: str) -> Transition:
    """After the last attempt: a step that may be refused is refused, any other message is dead until a human comes."""
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
        return context.moved(dead)
    result = result_of(plan, delivery.message, delivery.receiver, reaction, seq=context.seq, at=context.now)
    told = only_sent(result, seq=context.seq)
    context.facts += told.facts
    new = _sent(context, told)
    return Transition(context.told, new=new, moved=(dead,), memories=result.memories, faults=context.run_state.faults)


def _struck_down(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    context.strike(fault)
    if context.run_state.acknowledges_early:
        lost = _lose(context, context.delivery, "it was acknowledged before it was handled")
        return evolve(context.moved(lost), dies_at=Phase.ARRIVING)
    return evolve(context.moved(context.delivery), dies_at=Phase.ARRIVING)


def _strike_and_fail(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    context.strike(fault)
    return _fail(context, memory, fault.type.title.lower())


def _slow_down(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    wait = fault.number or patience(context.run_state.plan, fault.at) + TOO_LATE
    context.strike(fault, after=wait)
    return context.wait(context.now + wait, "the work takes that long")


def _shut(context: DeliveryContext, fault: Fault, memory: Memory) -> Transition:
    wait = fault.number or fault.type.number or 0.0
    context.strike(fault, after=wait)
    return context.wait(context.now + wait, shut_reason(context.delivery.receiver))


ON_ARRIVAL = {
    Effect.CRASH: _struck_down,
    Effect.FAIL: _strike_and_fail,
    Effect.DELAY: _slow_down,
    Effect.SHUT: _shut,
}
