"""Says which steps are undone after a failure, and in which order."""

from dataclasses import dataclass
from functools import cache

from sandbox.definitions.model import Saga, Step
from sandbox.definitions.terms import StepKind, UndoOrder

# A failure is written as the name of the refused step, or as the name of a step with this after it.
TIMED_OUT = " timed out"


@dataclass(frozen=True, slots=True)
class Compensation:
    """Says that `step` is undone once every step in `waits_for` has been undone: at once if there is none."""

    step: Step
    waits_for: tuple[Step, ...]


@cache
def compensations(saga: Saga, failure: str, undo_order: UndoOrder) -> tuple[Compensation, ...]:
    """Returns what is undone after a failure, dependent steps before those that they depend on.

    A failure is "charge-customer" for a step that was refused, and "charge-customer timed out" for one that did not
    answer and may have taken effect. The failed step (unless it timed out) and all that come after it have had no
    effect and are not undone. For example, in "order-parallel" the steps reserve-inventory and charge-customer both
    come after validate-order, and schedule-fulfilment after both. When schedule-fulfilment is refused:

        charge-customer    waits for nothing
        reserve-inventory  waits for nothing
        validate-order     waits for reserve-inventory and charge-customer

    With the undo order "parallel", none of the three waits.
    """
    name = failure.removesuffix(TIMED_OUT)
    without_effect = _with_dependents(saga, name) - ({name} if failure.endswith(TIMED_OUT) else set())
    undone = [s for s in saga.steps if s.name not in without_effect and s.kind is StepKind.COMPENSABLE]
    is_sequential = undo_order is UndoOrder.SEQUENTIAL
    return tuple(
        Compensation(step, tuple(s for s in undone if is_sequential and step.name in s.after))
        for step in reversed(undone)
    )


def _with_dependents(saga: Saga, name: str) -> set[str]:
    """Returns the step and all steps that come after it, directly or not."""
    found = {name}
    for step in saga.steps:
        if found & set(step.after):
            found.add(step.name)
    return found
