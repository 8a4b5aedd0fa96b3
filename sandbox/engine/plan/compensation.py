"""What has to be taken back after a setback, and in which order."""

from dataclasses import dataclass
from functools import cache

from sandbox.definitions.model import Saga, Step
from sandbox.definitions.terms import StepKind, UndoOrder

TIMED_OUT = " timed out"


@dataclass(frozen=True, slots=True)
class Compensation:
    """After a setback, `step` is undone once every step in `waits_for` has been undone; none: at once."""

    step: Step
    waits_for: tuple[Step, ...]


@cache
def compensations(saga: Saga, setback: str, undo_order: UndoOrder) -> tuple[Compensation, ...]:
    """What is undone after a setback: whatever did not come after that step, what depends on a step before it.

    A setback is the name of a refused step, or of one that has timed out and may have taken effect all the same.
    """
    name = setback.removesuffix(TIMED_OUT)
    never_started = _with_dependents(saga, name) - ({name} if setback.endswith(TIMED_OUT) else set())
    undone = [s for s in saga.steps if s.name not in never_started and s.kind is StepKind.COMPENSABLE]
    in_order = undo_order is UndoOrder.SEQUENTIAL
    return tuple(
        Compensation(step, tuple(s for s in undone if in_order and step.name in s.after)) for step in reversed(undone)
    )


def _with_dependents(saga: Saga, name: str) -> set[str]:
    found = {name}
    for step in saga.steps:
        if found & set(step.after):
            found.add(step.name)
    return found
