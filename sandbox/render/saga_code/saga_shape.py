"""What every format asks of a saga: which steps stand beside each other, and in which order they are undone."""

from sandbox.definitions.model import Saga, Step, Undo

Stages = tuple[tuple[Step, ...], ...]


def stages(saga: Saga) -> Stages:
    """Returns the steps in stages, each of which begins when the one before is done.

    The steps of one stage are done beside each other. Steps that wait for different steps of the same depth share a
    stage, so that a stage may wait for more than each of its steps has to.
    """
    depth: dict[str, int] = {}
    for step in saga.steps:
        depth[step.name] = 1 + max((depth[name] for name in step.after), default=-1)
    return tuple(tuple(s for s in saga.steps if depth[s.name] == at) for at in range(max(depth.values()) + 1))


def up_to_pivot(saga: Saga) -> tuple[Stages, Stages]:
    """Returns the stages up to that of the pivot, and those after it, whose failure must not undo anything."""
    found = stages(saga)
    end = next((number for number, stage in enumerate(found, 1) if saga.pivot in stage), len(found))
    return found[:end], found[end:]


def undoable(saga: Saga) -> tuple[Step, ...]:
    """Returns the steps that can be undone, in the order in which they are: the last that was done comes first."""
    return tuple(step for stage in reversed(stages(saga)) for step in reversed(stage) if step.undo)


def undo_of(step: Step) -> Undo:
    """Returns what undoes the step. Raises ValueError for one that nothing undoes."""
    if step.undo is None:
        raise ValueError(f"nothing undoes {step.name}")
    return step.undo


def class_name(saga: Saga) -> str:
    """Returns the saga's name as that of a class: "order-parallel" is OrderParallelSaga."""
    return "".join(part.capitalize() for part in saga.name.split("-")) + "Saga"
