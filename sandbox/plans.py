"""Sagas and plans by their names, and what a plan comes to, without any run."""

from collections.abc import Callable

from sandbox.definitions.records import Saga
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.board import Board
from sandbox.engine.plan import Plan
from sandbox.engine.rehearsal import rehearse
from sandbox.engine.styles import compile_plan
from sandbox.render.words import undo_name


def saga_named(name: str) -> Saga:
    """The saga of that name. Raises ValueError, naming the valid ones, for an unknown one."""
    if name not in SAGA:
        raise ValueError(f"unknown saga {name!r}; use one of {', '.join(SAGA)}")
    return SAGA[name]


def plan_named(saga: str, style: str) -> Plan:
    """The compiled plan. Raises ValueError, naming the valid ones, for an unknown saga or style."""
    if style not in saga_named(saga).styles:
        raise ValueError(f"unknown style {style!r}; use one of {', '.join(saga_named(saga).styles)}")
    return compile_plan(saga_named(saga), Style(style))


def trace(*, saga: str, style: str, refused: str, ask: str) -> list[str]:
    """What the engine answers to a trace question: `ask` is compensations, completed, messages or status.

    `refused` names the step that is refused, or is empty. Raises ValueError for anything unknown.
    """
    plan = plan_named(saga, style)
    steps = [step.name for step in plan.saga.refusable]
    if refused and refused not in steps:
        raise ValueError(f"{refused!r} cannot be refused in {saga}; use one of {', '.join(steps)}")
    if ask not in ANSWERS:
        raise ValueError(f"unknown ask {ask!r}; use one of {', '.join(ANSWERS)}")
    return ANSWERS[ask](rehearse(plan, refused=refused or None).board)


ANSWERS: dict[str, Callable[[Board], list[str]]] = {
    "compensations": lambda board: [undo_name(board.plan, step) for step in board.compensations],
    "completed": lambda board: [str(fact.step) for fact in board.postings if fact.step not in board.compensations],
    "messages": lambda board: list(dict.fromkeys(arrow.name for arrow in board.arrows.values())),
    "status": lambda board: [str(board.status)],
}
