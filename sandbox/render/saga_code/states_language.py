"""Writes a saga as a state machine in Amazon States Language, as AWS Step Functions executes it (states-language.net).

Each step is a Task that an activity worker of its service does. What fails leads into the undos, the newest first.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.definitions.model import Action, RetryPolicy, Saga, Step
from sandbox.definitions.registry import title
from sandbox.render.saga_code.saga_shape import stages, undo_of, undoable

State = dict[str, Any]
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:{}"
# The most attempts that the language allows, less one: a linter takes that for too many.
NO_LIMIT = 99_999_998
COMPLETED, COMPENSATED = "Completed", "Compensated"


def states_language(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the state machine."""
    return {f"{saga.name}.asl.json": json.dumps(state_machine(saga), indent=2, ensure_ascii=False) + "\n"}


def state_machine(saga: Saga) -> State:
    """Returns the state machine as plain data."""
    staged = stages(saga)
    states: dict[str, State] = {}
    for number, stage in enumerate(staged):
        onward = _entry(staged[number + 1]) if number + 1 < len(staged) else COMPLETED
        before = [step for earlier in staged[:number] for step in earlier]
        states |= _one(saga, stage[0], before, onward) if len(stage) == 1 else _together(saga, stage, before, onward)
    states[COMPLETED] = {"Type": "Succeed"}
    for step in undoable(saga):
        states |= _undo(saga, step)
    states[COMPENSATED] = {
        "Type": "Fail",
        "ErrorPath": "$.failure.Error",
        "Cause": "What had been done was undone.",
    }
    return {"Comment": f"{saga.title}: {saga.summary}", "StartAt": _entry(staged[0]), "States": states}


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what the language says otherwise, or cannot say, of this saga."""
    policies = [step.retry for step in saga.steps]
    broken = sorted({p.initial_interval for p in policies if p.initial_interval % 1})
    limited = sorted({p.maximum_attempts for p in policies if p.maximum_attempts})
    found = [f"Waits are whole seconds: {broken[0]:g} s before the second attempt become 1 s."] if broken else []
    found += [f"MaxAttempts counts the attempts after the first: {n} in all are {n - 1} here." for n in limited]
    found.append(f"No number means “without limit”: {NO_LIMIT:,} attempts stand for it.")
    if any(len(stage) > 1 for stage in stages(saga)):
        found.append(
            "A Parallel state tells only the error that came first. A branch that was stopped then may have done its "
            "step, so it is undone as well."
        )
    if any(step.group for step in saga.steps):
        found.append("Every step gets its command from the state machine: a choreographed group inside cannot be said.")
    if saga.deadline:
        found.append("The deadline of the choreographed order is not needed: the state machine itself notices silence.")
    return tuple(found)


def _entry(stage: Sequence[Step]) -> str:
    """Returns the state in which a stage begins."""
    if len(stage) > 1:
        return " and ".join(_name(step.do) for step in stage)
    return _wait_name(stage[0]) if stage[0].wait else _name(stage[0].do)


def _name(action: Action) -> str:
    return action.in_words[0].upper() + action.in_words[1:]


def _wait_name(step: Step) -> str:
    return f"Wait before: {step.do.in_words}"


def _one(saga: Saga, step: Step, before: Sequence[Step], onward: str) -> dict[str, State]:
    """Returns the state of a step that is alone in its stage, after the one in which it waits."""
    task = {_name(step.do): _task(step, step.do) | _retries(step) | _catch(saga, step, before) | {"Next": onward}}
    return _waiting(step) | task


def _waiting(step: Step) -> dict[str, State]:
    if not step.wait:
        return {}
    return {_wait_name(step): {"Type": "Wait", "Seconds": math.ceil(step.wait), "Next": _name(step.do)}}


def _together(saga: Saga, stage: Sequence[Step], before: Sequence[Step], onward: str) -> dict[str, State]:
    """Returns the state of steps that are done beside each other. The first that fails stops the others."""
    branches = []
    for step in stage:
        states = _waiting(step) | {_name(step.do): _task(step, step.do) | _retries(step) | {"End": True}}
        branches.append({"StartAt": next(iter(states)), "States": states})
    together = {
        "Type": "Parallel",
        "Branches": branches,
        "ResultPath": None,
        "Catch": [_caught("States.ALL", _undos_of(saga, [*before, *stage]))],
        "Next": onward,
    }
    return {_entry(stage): together}


def _task(step: Step, action: Action) -> State:
    return {
        "Type": "Task",
        "Comment": f"{title(step.service)}: {action.in_words}",
        "Resource": ACTIVITY.format(step.service),
        "Parameters": {"command": action.command, "order.$": "$.order", "saga.$": "$$.Execution.Name"},
        "TimeoutSeconds": math.ceil(step.timeout - step.wait),
        "ResultPath": None,
    }


def _retries(step: Step) -> State:
    """Returns how a step is tried again. After silence, only what nobody can undo is asked for again."""
    final = [{"ErrorEquals": [error], "MaxAttempts": 0} for error in step.retry.non_retryable_error_types]
    asked_again = [_retry("States.Timeout", step.retry, NO_LIMIT)] if not step.undo else []
    attempts = step.retry.maximum_attempts - 1 if step.retry.maximum_attempts else NO_LIMIT
    return {"Retry": [*final, *asked_again, _retry("States.TaskFailed", step.retry, attempts)]}


def _retry(error: str, policy: RetryPolicy, attempts: int) -> State:
    first = max(1, math.ceil(policy.initial_interval))
    most = math.ceil(policy.maximum_interval)
    again = {"ErrorEquals": [error], "IntervalSeconds": first, "BackoffRate": policy.backoff_coefficient}
    return again | ({"MaxDelaySeconds": most} if most > first else {}) | {"MaxAttempts": attempts}


def _catch(saga: Saga, step: Step, before: Sequence[Step]) -> State:
    """Returns where a step's failure leads. One that was silent may have done its work, so it is undone as well."""
    catch = []
    if step.refusal or step.retry.maximum_attempts:
        catch.append(_caught("States.TaskFailed", _undos_of(saga, before)))
    if step.undo:
        catch.append(_caught("States.Timeout", _undos_of(saga, [*before, step])))
    return {"Catch": catch} if catch else {}


def _caught(error: str, onward: str) -> State:
    return {"ErrorEquals": [error], "ResultPath": "$.failure", "Next": onward}


def _undos_of(saga: Saga, done: Sequence[Step]) -> str:
    """Returns the state in which undoing these steps begins."""
    return next((_way_to_undo(saga, step) for step in undoable(saga) if step in done), COMPENSATED)


def _way_to_undo(saga: Saga, step: Step) -> str:
    return f"Was it refused to {step.do.in_words}?" if _is_refused_beside(saga, step) else _name(undo_of(step))


def _is_refused_beside(saga: Saga, step: Step) -> bool:
    """Returns whether others are done beside the step when it is refused: these are undone then, and it is not."""
    return step.refusal is not None and any(step in stage for stage in stages(saga) if len(stage) > 1)


def _undo(saga: Saga, step: Step) -> dict[str, State]:
    steps = undoable(saga)
    after = steps[steps.index(step) + 1 :]
    onward = _way_to_undo(saga, after[0]) if after else COMPENSATED
    states = {}
    if step.refusal and _is_refused_beside(saga, step):
        refused = {"Variable": "$.failure.Error", "StringEquals": step.refusal.event, "Next": onward}
        states[_way_to_undo(saga, step)] = {"Type": "Choice", "Choices": [refused], "Default": _name(undo_of(step))}
    again = {"Retry": [_retry("States.ALL", step.retry, NO_LIMIT)]}
    return states | {_name(undo_of(step)): _task(step, undo_of(step)) | again | {"Next": onward}}
