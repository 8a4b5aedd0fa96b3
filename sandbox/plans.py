"""Sagas and plans by their names, and what a plan comes to, without any run."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.records import Order, Saga
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Guarantee, Style, Verb
from sandbox.engine.board import Arrow
from sandbox.engine.evidence import Evidence
from sandbox.engine.faults import parse_fault
from sandbox.engine.laws import broken, judge
from sandbox.engine.placement import check_placements
from sandbox.engine.plan import Plan
from sandbox.engine.rehearsal import rehearse
from sandbox.engine.styles import compile_plan
from sandbox.render.words import undo_name


def saga_named(name: str) -> Saga:
    """The saga of that name. Raises ValueError, naming the valid ones, for an unknown one."""
    return SAGA[_known("saga", name, SAGA)]


def plan_named(saga: str, style: str, *, timeouts: bool = True) -> Plan:
    """The compiled plan. Raises ValueError, naming the valid ones, for an unknown saga or style."""
    found = saga_named(saga)
    return compile_plan(found, Style(_known("style", style, found.styles)), timeouts=timeouts)


def trace(
    *, saga: str, style: str, ask: str, refused: str = "", faults: Sequence[str] = (), without: Sequence[str] = ()
) -> list[str]:
    """What the engine answers to a trace question: `ask` is one of ANSWERS.

    `refused` names the step that is refused, or is empty; `faults` are written as on the bench, and `without` names the
    guarantees that are switched off. Raises ValueError, naming what is valid, for anything unknown or without effect.
    """
    answer = ANSWERS[_known("ask", ask, ANSWERS)]
    off = frozenset(Guarantee(_known("guarantee", one, tuple(Guarantee))) for one in without)
    plan = plan_named(saga, style, timeouts=Guarantee.TIMEOUTS not in off)
    if refused:
        _known("step that can be refused", refused, tuple(step.name for step in plan.saga.refusable))
    placed = tuple(parse_fault(fault) for fault in faults)
    check_placements(plan, placed, order=Order(), refused=refused, without=off)
    return answer(rehearse(plan, refused=refused or None, faults=placed, without=off))


def _known(what: str, name: str, valid: Iterable[str]) -> str:
    if name not in valid:
        raise ValueError(f"unknown {what} {name!r}; use one of {', '.join(valid)}")
    return name


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
