"""What a plan comes to, without any run: the answers of the trace questions of a knowledge check."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.model import Order
from sandbox.definitions.registry import known
from sandbox.definitions.terms import FactKind, Guarantee, Verb
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.run_record import Evidence
from sandbox.engine.execution.faults import parse_fault
from sandbox.engine.plan.compiler import plan_named
from sandbox.engine.projection.board import Arrow
from sandbox.engine.simulation.fault_reach import check_placements
from sandbox.engine.simulation.simulator import rehearse
from sandbox.render.text.words import undo_name


def trace(
    *, saga: str, style: str, ask: str, refused: str = "", faults: Sequence[str] = (), without: Sequence[str] = ()
) -> list[str]:
    """What the engine answers to a trace question: `ask` is one of ANSWERS.

    `refused` names the step that is refused, or is empty; `faults` are written as on the bench, and `without` names the
    guarantees that are switched off. Raises ValueError, naming what is valid, for anything unknown or without effect.
    """
    answer = ANSWERS[known("ask", ask, ANSWERS)]
    off = frozenset(Guarantee(known("guarantee", one, tuple(Guarantee))) for one in without)
    plan = plan_named(saga, style, timeouts=Guarantee.TIMEOUTS not in off)
    if refused:
        known("step that can be refused", refused, tuple(step.name for step in plan.saga.refusable))
    placed = tuple(parse_fault(fault) for fault in faults)
    check_placements(plan, placed, order=Order(), refused=refused, without=off)
    return answer(rehearse(plan, refused=refused or None, faults=placed, without=off))


def _undos(run: Evidence, steps: Iterable[str | None]) -> list[str]:
    return [undo_name(run.plan, step) for step in steps if step]


def _arrows(run: Evidence) -> list[Arrow]:
    """The messages between actors, in the order in which they were sent: no timers."""
    return [arrow for arrow in run.board.arrows.values() if not arrow.is_timer]


def _completed(run: Evidence) -> list[str]:
    undone = run.board.compensations
    return [str(fact.step) for fact in run.board.postings if fact.step not in undone]


def _postings(run: Evidence) -> list[str]:
    return [
        undo_name(run.plan, str(fact.step)) if fact.verb is Verb.UNDO else str(fact.step) for fact in run.board.postings
    ]


def _undos_asked(run: Evidence) -> list[str]:
    asked = [run.plan.asked_by(arrow.receiver, arrow.name, Verb.UNDO) for arrow in _arrows(run) if arrow.receiver]
    return _undos(run, dict.fromkeys(step.name for step in asked if step))


def _actors_told(run: Evidence) -> list[str]:
    refusals = {step.refusal.event for step in run.plan.saga.refusable if step.refusal}
    return [arrow.receiver or "nobody" for arrow in _arrows(run) if arrow.name in refusals]


def _senders_of_undo(run: Evidence) -> list[str]:
    sender = {arrow.message: arrow.sender for arrow in _arrows(run)}
    undone = run.of_kind(FactKind.STEP_COMPENSATED)
    return [sender[fact.caused_by] for fact in undone if fact.caused_by in sender]


# What a trace question can ask of a run; each answer is a list of names, in the order of the run.
ANSWERS: dict[str, Callable[[Evidence], list[str]]] = {
    "actors-told": _actors_told,
    "compensations": lambda run: _undos(run, run.board.compensations),
    "completed": _completed,
    "last-message": lambda run: [_arrows(run)[-1].name],
    "laws-broken": lambda run: [finding.law.name for finding in broken(judge(run))],
    "messages": lambda run: list(dict.fromkeys(arrow.name for arrow in _arrows(run))),
    "postings": _postings,
    "senders-of-undo": _senders_of_undo,
    "status": lambda run: [str(run.board.status)],
    "undos-asked": _undos_asked,
}
