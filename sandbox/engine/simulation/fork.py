"""Starts a new run from a fact of another: takes over its journal up to there, and continues independently.

One thing may be different from there on: a `Change`. The facts that both runs share stay as they are, so that what they
depended on cannot be changed any more: `what_if` knows what can.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import CUSTOMER, FAULT
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, Effect, FactKind
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.faults import after_repair, after_sparing, after_strike, place_of_message
from sandbox.engine.execution.handling import entries_of, message_of, opening_balances, opening_entries
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.operator import strike_by_operator
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.execution.settings_history import settings_at, texts_of
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import DeliveryView
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.change import NO_CHANGE, Change, ChangeKind
from sandbox.engine.simulation.simulator import TICK


class CannotFork(ValueError):
    """Raised for a fact from which no run can be forked; the message says why."""


def fork(
    run_state: RunState, facts: Sequence[Fact], *, upto: int, now: float, change: Change = NO_CHANGE
) -> tuple[RunState, Transition]:
    """Returns the state of a run that shares the facts up to `upto`, and its first transition; it continues at `now`.

    All facts of one transition have the same time, and stay together: the cut is after the transition of fact `upto`.
    Times are shifted so that the last shared fact is at `now`; memories are replayed. For example:

        1 saga started, 2 message sent (OrderPlaced)                        at 0.000
        3 message handled (order), 4 step completed (validate-order),
        5 message sent (OrderValidated), 6 message sent (OrderDeadline)     at 0.001
        7 message handled (inventory), ...                                  at 0.002

    With `upto=4` and `now=1000.0`, the new run has the facts 1 to 6, those of order at 1000.0. OrderValidated and
    OrderDeadline are on their way again, the timer due at 1025.0. Nothing that came after fact 6 is known.

    With a change, a fact after these tells of it, and the shared facts are one tick earlier. A new refusal or quantity
    is a new opening balance; no check is made here that nothing has depended on the former one.

    Raises CannotFork when the run was over by then, or fact `upto` does not exist. Raises Diverged as `replay` does.
    """
    cut = last_shared(facts, upto)
    shift = now - (TICK if change.kind else 0.0) - facts[cut - 1].at
    taken = tuple(evolve(fact, at=fact.at + shift) for fact in facts[:cut])
    board = fold(run_state.plan, taken)
    if board.is_ended:
        raise CannotFork(f"the run was over at fact {upto}; choose an earlier one")
    sent = {fact.message: fact for fact in taken if fact.kind is FactKind.MESSAGE_SENT}
    then = evolve(_as_of(run_state, facts, taken, sent), pace=board.pace, seq=cut)
    new = _with_settings(then, change.applied_to(then.settings))
    opened = opening_balances(new.plan, new.settings)
    views = (view for view in board.deliveries.values() if view.receiver and not view.cancelled)
    deliveries = tuple(_delivery(new, view, sent[view.message], taken, now) for view in views)
    entries = (*opening_entries(opened), *entries_of(taken))
    memories = _memories(then, taken, opened)
    shared = Transition(taken, new=deliveries, entries=entries, memories=memories, faults=new.faults)
    return (new, shared) if change == NO_CHANGE else _told(then, new, shared, change, now)


def last_shared(facts: Sequence[Fact], upto: int) -> int:
    """Returns the number of the last fact that was committed together with fact `upto`. Raises CannotFork."""
    if not 1 <= upto <= len(facts):
        raise CannotFork(f"fact {upto} does not exist; the run has facts 1 to {len(facts)}")
    return next((f.seq - 1 for f in facts[upto:] if f.at != facts[upto - 1].at), len(facts))


def _as_of(
    run_state: RunState, facts: Sequence[Fact], taken: Sequence[Fact], sent: Mapping[int | None, Fact]
) -> RunState:
    """Returns the state with the settings and the faults that it had after the shared facts."""
    settings = settings_at(run_state.settings, facts, len(taken))
    faults = tuple(Fault(f.kind, f.at, f.number, nth=f.nth) for f in run_state.faults if not f.by_hand)
    for fact in reversed([fact for fact in facts if fact.setting == "fault"]):
        faults = _with_other_faults(faults, fact.new or (), fact.old or ())
    faults = _faults_after(run_state.plan, faults, taken, sent)
    return evolve(run_state, plan=_plan(run_state, settings), settings=settings, faults=faults)


def _plan(run_state: RunState, settings: RunSettings) -> Plan:
    return run_state.plan if settings.off == run_state.settings.off else plan_of(settings)


def _with_settings(run_state: RunState, settings: RunSettings) -> RunState:
    """Returns the state with other settings: their new faults have not struck yet, their rules hold from now on."""
    before = run_state.settings
    faults = _with_other_faults(run_state.faults, texts_of(before, "fault"), texts_of(settings, "fault"))
    return evolve(run_state, plan=_plan(run_state, settings), settings=settings, faults=faults)


def _with_other_faults(faults: tuple[Fault, ...], old: Sequence[str], new: Sequence[str]) -> tuple[Fault, ...]:
    """Returns the faults without those only in `old`, and with those only in `new`."""
    kept = tuple(f for f in faults if f.by_hand or str(f) not in old or str(f) in new)
    return (*kept, *(Fault.from_str(text) for text in new if text not in old))


def _memories(run_state: RunState, facts: Sequence[Fact], opened: Mapping[str, Mapping[str, int]]) -> dict[str, Memory]:
    """Returns the actors' memories after these facts, replayed under the settings that held then."""
    plan, settings = run_state.plan, run_state.settings
    return {actor: replay(plan, settings, actor, facts, balances=opened.get(actor)) for actor in plan.actors[1:]}


def _told(
    then: RunState, run_state: RunState, shared: Transition, change: Change, now: float
) -> tuple[RunState, Transition]:
    """Returns the run with the fact that tells of the change; a message on its way is struck at once."""
    fact = Fact(FactKind.RUN_FORKED, CUSTOMER, seq=run_state.seq + 1, at=now)
    if change.kind is not ChangeKind.STRIKE:
        name = change.setting
        old, new = texts_of(then.settings, name), texts_of(run_state.settings, name)
        told = evolve(fact, setting=name, old=old, new=new)
        return run_state, evolve(shared, facts=(*shared.facts, told))
    struck = next(one for one in shared.new if Change.striking(one, change.fault) == change)
    told = evolve(fact, name=struck.message.name, to=(struck.receiver,), fault=change.fault)
    strike = strike_by_operator(evolve(run_state, seq=told.seq), struck, change.fault, now=now)
    untouched = tuple(one for one in shared.new if one is not struck)
    facts, new_deliveries = (*shared.facts, told, *strike.facts), (*untouched, *strike.updated, *strike.new)
    return run_state, evolve(shared, facts=facts, new=new_deliveries, faults=strike.faults)


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


def _faults_after(
    plan: Plan, faults: tuple[Fault, ...], facts: Sequence[Fact], sent: Mapping[int | None, Fact]
) -> tuple[Fault, ...]:
    """Returns the faults that a run began with, and those that were placed on the way, as they were after its facts."""
    for fact in facts:
        one = next((f for f in faults if _is_about(f, fact)), None)
        if fact.setting == "fault":
            faults = _with_other_faults(faults, fact.old or (), fact.new or ())
        elif fact.kind is FactKind.FAULT_PLACED:
            faults = (*faults, _by_hand(fact))
        elif fact.kind is FactKind.FAULT_INJECTED and fact.by_hand and one is None:  # by the network, at once
            faults = (*faults, evolve(_by_hand(fact), injected=1))
        elif fact.kind is FactKind.FAULT_INJECTED and one:
            faults = after_strike(faults, one, fact.actor, until=fact.at + (fact.after or 0.0))
        elif fact.kind is FactKind.FAULT_SPARED and one:
            faults = after_sparing(faults, one)
        elif fact.kind is FactKind.OPERATOR_RETRIED and fact.to:
            faults = after_repair(plan, faults, message_of(sent[fact.message]), fact.to[0])
        elif fact.kind is FactKind.TIME_SKIPPED:
            faults = tuple(evolve(f, until=f.until - (fact.after or 0.0)) for f in faults)
    return faults


def _by_hand(fact: Fact) -> Fault:
    return Fault(str(fact.fault), place_of_message(fact.message, fact.actor), by_hand=True)


def _is_about(fault: Fault, fact: Fact) -> bool:
    if not fault.by_hand:
        return str(fault) == fact.reason
    is_here = fault.at == place_of_message(fact.message, fact.actor)
    return bool(fact.by_hand) and fault.kind == fact.fault and is_here and not fault.is_spent
