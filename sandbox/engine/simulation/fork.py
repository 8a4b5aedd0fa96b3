"""Starts a new run from a fact of another: takes over its journal up to there, and continues independently."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import DeliveryState, Effect, FactKind
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.faults import after_repair, after_sparing, after_strike, place_of_message
from sandbox.engine.execution.handling import entries_of, message_of, opening_balances, opening_entries
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.projection.board import DeliveryView
from sandbox.engine.projection.fold import fold


class CannotFork(ValueError):
    """Raised for a fact from which no run can be forked; the message says why."""


def fork(run_state: RunState, facts: Sequence[Fact], *, upto: int, now: float) -> tuple[RunState, Transition]:
    """Returns the state of a run that shares the facts up to `upto`, and its first transition; it continues at `now`.

    All facts of one transition have the same time, and stay together: the cut is after the transition of fact `upto`.
    Times are shifted so that the last shared fact is at `now`; memories are replayed. For example:

        1 saga started, 2 message sent (OrderPlaced)                        at 0.000
        3 message handled (order), 4 step completed (validate-order),
        5 message sent (OrderValidated), 6 message sent (OrderDeadline)     at 0.001
        7 message handled (inventory), ...                                  at 0.002

    With `upto=4` and `now=1000.0`, the new run has the facts 1 to 6, those of order at 1000.0. OrderValidated and
    OrderDeadline are on their way again, the timer due at 1025.0. Nothing that came after fact 6 is known.

    Raises CannotFork when the run was over by then, or fact `upto` does not exist. Raises Diverged as `replay` does.
    """
    if not 1 <= upto <= len(facts):
        raise CannotFork(f"fact {upto} does not exist; the run has facts 1 to {len(facts)}")
    cut = next((f.seq - 1 for f in facts[upto:] if f.at != facts[upto - 1].at), len(facts))
    shift = now - facts[cut - 1].at
    taken = tuple(evolve(fact, at=fact.at + shift) for fact in facts[:cut])
    board = fold(run_state.plan, taken)
    if board.is_ended:
        raise CannotFork(f"the run was over at fact {upto}; choose an earlier one")
    sent = {fact.message: fact for fact in taken if fact.kind is FactKind.MESSAGE_SENT}
    run_state = evolve(run_state, pace=board.pace, faults=_faults_as_of(run_state, taken, sent))
    opened = opening_balances(run_state.plan, run_state.settings)
    memories = {
        actor: replay(
            run_state.plan, run_state.order, actor, taken, balances=opened.get(actor), without=run_state.settings.off
        )
        for actor in run_state.plan.actors[1:]
    }
    new = tuple(
        _delivery(run_state, delivery, sent[delivery.message], taken, now)
        for delivery in board.deliveries.values()
        if delivery.receiver and not delivery.cancelled
    )
    entries = (*opening_entries(opened), *entries_of(taken))
    return run_state, Transition(taken, new=new, entries=entries, memories=memories, faults=run_state.faults)


def _delivery(run_state: RunState, delivery: DeliveryView, sent: Fact, facts: Sequence[Fact], now: float) -> Delivery:
    retried = max((f.seq for f in delivery.facts if f.kind is FactKind.OPERATOR_RETRIED), default=0)
    counted = Counter(fact.kind for fact in delivery.facts if fact.seq > retried)
    done = DeliveryState.HANDLED if delivery.handled else DeliveryState.LOST if delivery.lost else DeliveryState.DEAD
    overtaken_since = _overtaken_since(delivery)
    passed = overtaken_since and any(
        f.kind is FactKind.MESSAGE_HANDLED and f.actor == delivery.receiver for f in facts[overtaken_since:]
    )
    return Delivery(
        message_of(sent),
        str(delivery.receiver),
        delivery.copy,
        DeliveryState.PENDING if delivery.in_flight else done,
        _release_at(run_state, now if passed else delivery.due, delivery.held, now) if delivery.in_flight else None,
        attempts=counted[FactKind.ATTEMPT_FAILED],
        redeliveries=counted[FactKind.MESSAGE_REDELIVERED],
        overtaken=delivery.in_flight and bool(overtaken_since) and not passed,
        after=sent.after or 0.0,
    )


def _overtaken_since(delivery: DeliveryView) -> int | None:
    """Returns the fact since which the message waits for being overtaken, or None."""
    struck_by = (f for f in delivery.facts if f.kind is FactKind.FAULT_INJECTED and f.fault)
    return next((f.seq for f in struck_by if FAULT[str(f.fault)].effect is Effect.OVERTAKE), None)


def _release_at(run_state: RunState, due: float, held: bool, now: float) -> float | None:
    return None if held else run_state.release_at(now, max(due - now, 0.0)) or now


def _faults_as_of(run_state: RunState, facts: Sequence[Fact], sent: Mapping[int | None, Fact]) -> tuple[Fault, ...]:
    """Returns the faults of the run's settings and those that the operator placed, as they were after these facts."""
    faults = tuple(Fault(f.kind, f.at, f.number, nth=f.nth) for f in run_state.faults if not f.by_hand)
    for fact in facts:
        one = next((f for f in faults if _is_about(f, fact)), None)
        if fact.kind is FactKind.FAULT_PLACED:
            faults = (*faults, Fault(str(fact.fault), place_of_message(fact.message, fact.actor), by_hand=True))
        elif fact.kind is FactKind.FAULT_INJECTED and one:
            faults = after_strike(faults, one, fact.actor, until=fact.at + (fact.after or 0.0))
        elif fact.kind is FactKind.FAULT_SPARED and one:
            faults = after_sparing(faults, one)
        elif fact.kind is FactKind.OPERATOR_RETRIED and fact.to:
            faults = after_repair(run_state.plan, faults, message_of(sent[fact.message]), fact.to[0])
        elif fact.kind is FactKind.TIME_SKIPPED:
            faults = tuple(evolve(f, until=f.until - (fact.after or 0.0)) for f in faults)
    return faults


def _is_about(fault: Fault, fact: Fact) -> bool:
    if not fault.by_hand:
        return str(fault) == fact.reason
    is_here = fault.at == place_of_message(fact.message, fact.actor)
    return bool(fact.by_hand) and fault.kind == fact.fault and is_here and not fault.is_spent
