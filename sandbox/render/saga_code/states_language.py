"""Writes a saga as a state machine in Amazon States Language, as AWS Step Functions executes it (states-language.net).

Each step is a Task that an activity worker of its service does. What fails leads into the undos, the newest first.

A branch of a Parallel that failed for good would stop the others, but not their workers: a step could then be done
after its undo. So every branch ends by itself, and what they have reported is looked at when all have ended.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.definitions.model import Action, RetryPolicy, Saga, Step
from sandbox.definitions.registry import title
from sandbox.definitions.terms import StepKind
from sandbox.render.saga_code.common_limits import commanded_by, counted_after_the_first, rounded_up
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
    states[COMPLETED] = {"Type": "Succeed", "Comment": "Every step is done."}
    for step in undoable(saga):
        states |= _undo(saga, step)
    states[COMPENSATED] = {
        "Type": "Fail",
        "Comment": "Nothing is left in effect.",
        "Error": COMPENSATED,  # the language reserves names such as States.Timeout for itself, so they are the cause
        "CausePath": "States.Format('What had been done was undone, because of {}.', $.failure.Error)",
    }
    return {"Comment": f"{saga.title}: {saga.summary}", "StartAt": _entry(staged[0]), "States": states}


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what the language says otherwise, or cannot say, of this saga."""
    found = [
        *rounded_up(saga),
        *counted_after_the_first("MaxAttempts", saga.steps),
        f"No number means “without limit”: {NO_LIMIT:,} attempts stand for it.",
        "An execution may have 25,000 events in its history, and an attempt writes up to three. It fails after some "
        "8,000 attempts, even behind the pivot.",
    ]
    if any(len(stage) > 1 for stage in stages(saga)):
        found.append(
            "A Parallel state that fails stops its branches, but not their workers. So no branch fails here: when a "
            "step is refused, those beside it are finished before anything is undone."
        )
    return (*found, *commanded_by("state machine", saga))


def _entry(stage: Sequence[Step]) -> str:
    """Returns the state in which a stage begins."""
    if len(stage) > 1:
        return _sentence(_together_in_words(stage))
    return _wait_name(stage[0]) if stage[0].wait else _name(stage[0].do)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _name(action: Action) -> str:
    return _sentence(action.in_words)


def _together_in_words(stage: Sequence[Step]) -> str:
    return " and ".join(step.do.in_words for step in stage)


def _wait_name(step: Step) -> str:
    return f"Wait before: {step.do.in_words}"


def _one(saga: Saga, step: Step, before: Sequence[Step], onward: str) -> dict[str, State]:
    """Returns the state of a step that is alone in its stage, after the one in which it waits."""
    catch = _catch(step, _undos_of(saga, before), _undos_of(saga, [*before, step]))
    return _waiting(step) | {_name(step.do): _do(step) | catch | {"Next": onward}}


def _waiting(step: Step) -> dict[str, State]:
    if not step.wait:
        return {}
    wait = {"Type": "Wait", "Comment": f"{title(step.service)} begins only then.", "Seconds": math.ceil(step.wait)}
    return {_wait_name(step): wait | {"Next": _name(step.do)}}


def _together(saga: Saga, stage: Sequence[Step], before: Sequence[Step], onward: str) -> dict[str, State]:
    """Returns the states of steps that are done beside each other: all are awaited, then what failed is looked at."""
    question = f"Is it all done: {_together_in_words(stage)}?"
    parallel = {
        "Type": "Parallel",
        "Comment": "Side by side. Each branch ends by itself, so that no step is undone while it is being done.",
        "Branches": [_branch(step) for step in stage],
        "ResultSelector": {f"{step.do.command}.$": f"$[{number}]" for number, step in enumerate(stage)},
        "ResultPath": _results(saga, stage[0]),
        "Next": question,
    }
    undos = _undos_of(saga, [*before, *stage])
    failing = [step for step in stage if _final_errors(step)]
    failed = [{"Variable": _failure(saga, step), "IsPresent": True, "Next": _because(step)} for step in failing]
    if not failed:
        return {_entry(stage): parallel | {"Next": onward}}
    choice: State = {"Type": "Choice", "Comment": "One failure is enough to undo the rest.", "Choices": failed}
    states = {_entry(stage): parallel, question: choice | {"Default": onward}}
    for step in failing:
        states[_because(step)] = {
            "Type": "Pass",
            "Comment": "Keeps the reason, with which the execution will end.",
            "InputPath": _failure(saga, step),
            "ResultPath": "$.failure",
            "Next": undos,
        }
    return states


def _branch(step: Step) -> State:
    """Returns the branch of one step. It never fails, but ends in a state that reports the failure."""
    errors = _final_errors(step)
    catch = {"Catch": [_caught(errors, _failed(step))]} if errors else {}
    states = _waiting(step) | {_name(step.do): _do(step) | catch | {"End": True}}
    if errors:
        comment = "Reports the failure, instead of stopping the steps beside this one."
        states[_failed(step)] = {"Type": "Pass", "Comment": comment, "End": True}
    return {"StartAt": next(iter(states)), "States": states}


def _failed(step: Step) -> str:
    return f"Failed to {step.do.in_words}"


def _because(step: Step) -> str:
    return f"Undo, because it failed to {step.do.in_words}"


def _results(saga: Saga, step: Step) -> str:
    """Returns where the results of the step's stage are kept."""
    return f"$.stage{stages(saga).index(_stage_of(saga, step)) + 1}"


def _failure(saga: Saga, step: Step) -> str:
    """Returns where the failure of a step is kept that others are beside; it is not there when the step was done."""
    return f"{_results(saga, step)}.{step.do.command}.failure"


def _do(step: Step) -> State:
    comment = {
        StepKind.COMPENSABLE: "It can be undone. After silence it is undone as well, since it may have been done.",
        StepKind.PIVOT: "The pivot: once it is done, nothing is undone. After silence it is asked for again.",
        StepKind.RETRIABLE: "It is tried until it is done.",
    }
    return _task(step, step.do, comment[step.kind]) | _retries(step)


def _task(step: Step, action: Action, comment: str) -> State:
    return {
        "Type": "Task",
        "Comment": f"{title(step.service)}: {action.in_words}. {comment}",
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


def _final_errors(step: Step) -> list[str]:
    """Returns the errors after which a step is not tried again."""
    failed = ["States.TaskFailed"] if step.refusal or step.retry.maximum_attempts else []
    return [*failed, "States.Timeout"] if step.undo else failed


def _catch(step: Step, failed: str, silent: str) -> State:
    """Returns where a step's failure leads, and its silence: one that was silent may have done its work."""
    onward = {"States.TaskFailed": failed, "States.Timeout": silent}
    catch = [_caught([error], onward[error]) for error in _final_errors(step)]
    return {"Catch": catch} if catch else {}


def _caught(errors: list[str], onward: str) -> State:
    return {"ErrorEquals": errors, "ResultPath": "$.failure", "Next": onward}


def _undos_of(saga: Saga, done: Sequence[Step]) -> str:
    """Returns the state in which undoing these steps begins."""
    return next((_way_to_undo(saga, step) for step in undoable(saga) if step in done), COMPENSATED)


def _way_to_undo(saga: Saga, step: Step) -> str:
    beside = len(_stage_of(saga, step)) > 1
    return f"Is there anything to undo: {step.do.in_words}?" if beside else _name(undo_of(step))


def _stage_of(saga: Saga, step: Step) -> tuple[Step, ...]:
    return next(stage for stage in stages(saga) if step in stage)


def _undo(saga: Saga, step: Step) -> dict[str, State]:
    """Returns the state that undoes a step. Beside others, it may be the one that failed: this is asked first."""
    steps, stage, undo = undoable(saga), _stage_of(saga, step), undo_of(step)
    after = steps[steps.index(step) + 1 :]
    onward = _way_to_undo(saga, after[0]) if after else COMPENSATED
    again = {"Retry": [_retry("States.ALL", step.retry, NO_LIMIT)], "Next": onward}
    task = {_name(undo): _task(step, undo, "It is tried until it is done.") | again}
    if len(stage) == 1:
        return task
    failure = _failure(saga, step)
    choice = {
        "Type": "Choice",
        "Comment": "Yes, if it was done, or was silent. No, if it was refused, or its attempts were used up.",
        "Choices": [
            {"Variable": failure, "IsPresent": False, "Next": _name(undo)},
            {"Variable": f"{failure}.Error", "StringEquals": "States.Timeout", "Next": _name(undo)},
        ],
        "Default": onward,
    }
    return {_way_to_undo(saga, step): choice} | task
