"""Answers the trace questions of knowledge checks by simulating a plan."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.registry import known
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import FactKind, Guarantee, Verb
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.faults import parse_fault
from sandbox.engine.plan.compiler import plan_named
from sandbox.engine.projection.board import DeliveryView
from sandbox.engine.simulation.fault_reach import check_placements
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.text.words import undo_name


def trace(
    *, saga: str, style: str, ask: str, refused: str = "", faults: Sequence[str] = (), without: Sequence[str] = ()
) -> list[str]:
    """Returns the engine's answer to a trace question: `ask` is one of ANSWERS.

    `refused` names the step that is refused, or is empty; `faults` are written as on the setup page; `without`
    names the guarantees that are switched off. Raises ValueError, naming what is valid, for anything unknown or
    without effect.
    """
    answer = ANSWERS[known("ask", ask, ANSWERS)]
    off = frozenset(Guarantee(known("guarantee", one, tuple(Guarantee))) for one in without)
    plan = plan_named(saga, style, timeouts=Guarantee.TIMEOUTS not in off)
    if refused:
        known("step that can be refused", refused, tuple(step.name for step in plan.saga.refusable))
    placed = tuple(parse_fault(fault) for fault in faults)
    check_placements(plan, placed, RunSettings(fail=refused, without=tuple(without)))
    return answer(simulate(plan, fail=refused or None, faults=placed, without=off))


def _undos(run: RunRecord, steps: Iterable[str | None]) -> list[str]:
    return [undo_name(run.plan, step) for step in steps if step]


def _deliveries_of(run: RunRecord) -> list[DeliveryView]:
    """Returns the messages between actors, without timers, in the order in which they were sent."""
    return [delivery for delivery in run.board.deliveries.values() if not delivery.is_timer]


def _completed(run: RunRecord) -> list[str]:
    undone = run.board.compensations
    return [str(fact.step) for fact in run.board.postings if fact.step not in undone]


def _postings(run: RunRecord) -> list[str]:
    return [
        undo_name(run.plan, str(fact.step)) if fact.verb is Verb.UNDO else str(fact.step) for fact in run.board.postings
    ]


def _undos_requested(run: RunRecord) -> list[str]:
    requested = [
        run.plan.requested_step(delivery.receiver, delivery.name, Verb.UNDO)
        for delivery in _deliveries_of(run)
        if delivery.receiver
    ]
    return _undos(run, dict.fromkeys(step.name for step in requested if step))


def _receivers_of_refusal(run: RunRecord) -> list[str]:
    refusals = {step.refusal.event for step in run.plan.saga.refusable if step.refusal}
    return [delivery.receiver or "nobody" for delivery in _deliveries_of(run) if delivery.name in refusals]


def _senders_of_undo(run: RunRecord) -> list[str]:
    sender = {delivery.message: delivery.sender for delivery in _deliveries_of(run)}
    undone = run.of_kind(FactKind.STEP_COMPENSATED)
    return [sender[fact.caused_by] for fact in undone if fact.caused_by in sender]


# What a trace question can ask about a run; each answer is a list of names, in the order of the run.
ANSWERS: dict[str, Callable[[RunRecord], list[str]]] = {
    "actors-told": _receivers_of_refusal,
    "compensations": lambda run: _undos(run, run.board.compensations),
    "completed": _completed,
    "last-message": lambda run: [_deliveries_of(run)[-1].name],
    "laws-broken": lambda run: [finding.invariant.name for finding in broken(judge(run))],
    "messages": lambda run: list(dict.fromkeys(delivery.name for delivery in _deliveries_of(run))),
    "postings": _postings,
    "senders-of-undo": _senders_of_undo,
    "status": lambda run: [str(run.board.status)],
    "undos-asked": _undos_requested,
}
