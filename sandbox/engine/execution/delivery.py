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
from sandbox.engine.evolve import changed
from sandbox.engine.execution.faults import TOO_LATE, Fault, patience
from sandbox.engine.execution.handling import Dispatch, Turn, never_sent, only_sent, take_turn, turn_of
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Fact
from sandbox.engine.execution.react import forgetful, give_up
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import Change, Trip, Visit, shut_reason

MAXIMUM_REDELIVERIES = 8


def arrive(trip: Trip, dispatch: Dispatch, memory: Memory, *, now: float) -> Change:
    """What becomes of a message that has reached its receiver."""
    visit = Visit(trip, dispatch, now)
    shut = next((f for f in trip.faults if f.shuts == dispatch.receiver and f.until > now), None)
    if shut:
        return visit.wait(shut.until, shut_reason(dispatch.receiver))
    message = changed(dispatch.message, attempt=dispatch.attempts + 1)
    if Guarantee.INBOX in trip.without:
        memory = forgetful(trip.plan, dispatch.receiver, message, memory)
    try:
        turn = take_turn(
            trip.plan, trip.order, message, dispatch.receiver, memory, seq=visit.seq, at=now, copy=dispatch.copy
        )
    except Exception as error:
        return _fail(visit, memory, str(error) or type(error).__name__)
    fault = visit.fault(Phase.ARRIVING, facts=turn.facts)
    if fault is None:
        return _handle(visit, turn)
    return ON_ARRIVAL[fault.type.effect](visit, fault, memory)


def set_out(trip: Trip, turn: Turn, *, now: float) -> Change:
    """The first turn of a saga, and what happens to the customer's order on its way."""
    visit = Visit(trip, turn.dispatches[0], now, facts=list(turn.facts))
    new = _sent(visit, turn)
    return Change(visit.told, new=new, entries=turn.entries, memories=turn.memories, faults=visit.trip.faults)


def come_again(trip: Trip, dispatch: Dispatch, memory: Memory, history: Sequence[Fact], *, now: float) -> Change:
    """Counts a message that was sent before and never answered for; one too many, and it is given up.

    An orchestrator that comes back to life first replays its history: it knows again what it had decided, and decides
    and sends nothing of that a second time.
    """
    visit = Visit(trip, dispatch, now)
    count = dispatch.redeliveries + 1
    reason = "nobody answered the time before: its worker died, or the message was lost"
    visit.note(FactKind.MESSAGE_REDELIVERED, attempt=count + 1, reason=reason)
    visit.dispatch = dispatch = changed(dispatch, redeliveries=count)
    if count >= MAXIMUM_REDELIVERIES:
        return _give_up(visit, memory, f"it came {count + 1} times and was never answered for")
    if dispatch.receiver != ORCHESTRATOR or not memory.handled:
        return visit.moved(dispatch)
    memory = replay(trip.plan, trip.order, ORCHESTRATOR, history, without=trip.without)
    visit.note(FactKind.HISTORY_REPLAYED, count=len(memory.handled))
    return changed(visit.moved(dispatch), memories={ORCHESTRATOR: memory})


def _handle(visit: Visit, turn: Turn) -> Change:
    crash = visit.fault(Phase.COMMITTED, facts=turn.facts) or visit.fault(Phase.PUBLISHED, facts=turn.facts)
    no_outbox = crash is not None and Guarantee.OUTBOX in visit.trip.without
    if no_outbox and crash and crash.type.phase is Phase.PUBLISHED:
        return _ghost(visit, only_sent(turn, seq=visit.seq), crash)
    if no_outbox:
        turn = never_sent(turn)
    visit.facts += turn.facts
    new = _sent(visit, turn)
    moved = changed(visit.dispatch, state=DeliveryState.HANDLED, release_at=None)
    if crash:
        visit.strike(crash)
        if not visit.trip.acknowledges_early:
            new = (*new, _unacknowledged(visit))
    return Change(
        visit.told,
        new=new,
        moved=(moved,),
        settled=turn.settled,
        actor=visit.dispatch.receiver,
        entries=turn.entries,
        memories=turn.memories,
        faults=visit.trip.faults,
        dies_at=crash.type.phase if crash else None,
        overtakes=any(fault.type.effect is Effect.OVERTAKE for fault in visit.trip.faults),
    )


def _ghost(visit: Visit, turn: Turn, crash: Fault) -> Change:
    """Without an outbox: the messages are out, and the transaction that they tell of is rolled back."""
    visit.facts += turn.facts
    new = _sent(visit, turn)
    visit.strike(crash)
    moved, lost = visit.dispatch, visit.trip.acknowledges_early
    if lost:
        moved = _lose(visit, moved, "it was acknowledged before it was handled")
    return Change(visit.told, new=new, moved=(moved,), faults=visit.trip.faults, dies_at=Phase.PUBLISHED)


def _unacknowledged(visit: Visit) -> Dispatch:
    """The copy that the broker delivers again, because the worker died before it could acknowledge the message."""
    copy = changed(visit.dispatch, copy=visit.seq, state=DeliveryState.SENT, attempts=0)
    visit.note(FactKind.MESSAGE_COPIED, copy, reason="never acknowledged, so the broker delivers it again")
    return copy


def _sent(visit: Visit, turn: Turn) -> tuple[Dispatch, ...]:
    """The turn's messages as they set out, and what happens to them on the way."""
    late = visit.fault(Phase.ANSWERING, facts=turn.facts) if turn.dispatches else None
    wait = 0.0
    if late:
        wait = late.number or patience(visit.trip.plan, late.at) + TOO_LATE
        visit.strike(late, after=wait)
    out: list[Dispatch] = []
    for dispatch in turn.dispatches:
        after = dispatch.after if dispatch.is_timer else max(wait, dispatch.after)
        one = changed(dispatch, release_at=visit.trip.release_at(visit.now, after), after=after)
        if late and not dispatch.is_timer:
            visit.note(FactKind.MESSAGE_DELAYED, one, after=wait, reason="told too late")
        out += [one] if one.is_timer else _send(visit, one)
    return tuple(out)


def _send(visit: Visit, dispatch: Dispatch) -> list[Dispatch]:
    fault = visit.fault(Phase.SENDING, dispatch)
    if fault is None:
        return [dispatch]
    visit.strike(fault, dispatch)
    return meddle(visit, dispatch, fault.type.effect)


def meddle(visit: Visit, dispatch: Dispatch, effect: Effect) -> list[Dispatch]:
    """What becomes of a message on its way when the network loses it, copies it, or lets others overtake it."""
    if effect is Effect.LOSE:
        return [_lose(visit, dispatch, "it vanished between broker and receiver")]
    if effect is Effect.COPY:
        copy = changed(dispatch, copy=visit.seq, state=DeliveryState.PENDING)
        visit.note(FactKind.MESSAGE_COPIED, copy, reason="the broker delivers it twice")
        return [dispatch, copy]
    wait = patience(visit.trip.plan, dispatch.message.name) + TOO_LATE
    visit.note(FactKind.MESSAGE_DELAYED, dispatch, after=wait, reason="the next message to it goes first")
    later = visit.trip.release_at(visit.now, wait)
    return [changed(dispatch, state=DeliveryState.PENDING, release_at=later, after=wait, overtaken=True)]


def _lose(visit: Visit, dispatch: Dispatch, reason: str) -> Dispatch:
    visit.note(FactKind.MESSAGE_LOST, dispatch, reason=reason)
    return changed(dispatch, state=DeliveryState.LOST, release_at=None)


def break_down(trip: Trip, dispatch: Dispatch, reason: str, *, now: float) -> Change:
    """What becomes of a message whose handling failed in a way that nobody foresaw: no memory can be trusted then."""
    return _fail(Visit(trip, dispatch, now), None, reason)


def _fail(visit: Visit, memory: Memory | None, reason: str) -> Change:
    """Writes a failed attempt down, and when the next one is due, if there is to be one."""
    dispatch, plan, name = visit.dispatch, visit.trip.plan, visit.dispatch.message.name
    to_do = plan.asked_by(dispatch.receiver, name, Verb.DO)
    attempt = dispatch.attempts + 1
    pause = plan.retry_of(dispatch.receiver, name).delay_after(attempt)
    doing = to_do.name if to_do else None
    visit.note(FactKind.ATTEMPT_FAILED, attempt=attempt, reason=reason, after=pause, step=doing)
    visit.dispatch = changed(dispatch, attempts=attempt)
    if pause is None:
        return _give_up(visit, memory, f"gave up after {attempt} attempts: {reason}")
    due = None if visit.trip.pace is Pace.STEP else visit.now + pause
    return visit.moved(changed(visit.dispatch, state=DeliveryState.PENDING, release_at=due))


def _give_up(visit: Visit, memory: Memory | None, reason: str) -> Change:
    """After the last attempt: a step that may be refused is refused, any other message is dead until a human comes."""
    dispatch, plan = visit.dispatch, visit.trip.plan
    reaction = give_up(plan, dispatch.receiver, dispatch.message, memory, reason) if memory else None
    is_refused = reaction is not None and any(f.kind is FactKind.STEP_REJECTED for f in reaction.facts)
    if reaction and is_refused:
        turn = turn_of(
            plan, dispatch.message, dispatch.receiver, reaction, seq=visit.seq, at=visit.now, copy=dispatch.copy
        )
        return _handle(visit, turn)
    visit.note(FactKind.MESSAGE_DEAD, attempt=dispatch.attempts, reason=reason)
    dead = changed(dispatch, state=DeliveryState.DEAD, release_at=None)
    if reaction is None:
        return visit.moved(dead)
    turn = turn_of(plan, dispatch.message, dispatch.receiver, reaction, seq=visit.seq, at=visit.now)
    told = only_sent(turn, seq=visit.seq)
    visit.facts += told.facts
    new = _sent(visit, told)
    return Change(visit.told, new=new, moved=(dead,), memories=turn.memories, faults=visit.trip.faults)


def _struck_down(visit: Visit, fault: Fault, memory: Memory) -> Change:
    visit.strike(fault)
    if visit.trip.acknowledges_early:
        lost = _lose(visit, visit.dispatch, "it was acknowledged before it was handled")
        return changed(visit.moved(lost), dies_at=Phase.ARRIVING)
    return changed(visit.moved(visit.dispatch), dies_at=Phase.ARRIVING)


def _strike_and_fail(visit: Visit, fault: Fault, memory: Memory) -> Change:
    visit.strike(fault)
    return _fail(visit, memory, fault.type.title.lower())


def _slow_down(visit: Visit, fault: Fault, memory: Memory) -> Change:
    wait = fault.number or patience(visit.trip.plan, fault.at) + TOO_LATE
    visit.strike(fault, after=wait)
    return visit.wait(visit.now + wait, "the work takes that long")


def _shut(visit: Visit, fault: Fault, memory: Memory) -> Change:
    wait = fault.number or fault.type.number or 0.0
    visit.strike(fault, after=wait)
    return visit.wait(visit.now + wait, shut_reason(visit.dispatch.receiver))


ON_ARRIVAL = {
    Effect.CRASH: _struck_down,
    Effect.FAIL: _strike_and_fail,
    Effect.DELAY: _slow_down,
    Effect.SHUT: _shut,
}
