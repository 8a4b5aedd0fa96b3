"""Writes a saga as definitions for Conductor (conductor-oss): its tasks, its workflow, and the one that undoes it."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.definitions.model import Action, Saga, Step
from sandbox.definitions.registry import title
from sandbox.render.saga_code.common_limits import commanded_by, counted_after_the_first, rounded_up
from sandbox.render.saga_code.saga_shape import stages, undo_of, undoable

Json = dict[str, Any]
OWNER = "sagas@example.com"
# Attempts that stand for "without limit", which no number says.
NO_LIMIT = 10_000
DONE = "what_was_done"
# A step that timed out may have been done. One beside a refused step is still in progress when the undoing starts.
MAY_BE_DONE = ("COMPLETED", "TIMED_OUT", "IN_PROGRESS", "CANCELED")


def conductor_workflow(saga: Saga) -> Mapping[str, str]:
    """Returns a file for each kind of definition, as Conductor's API takes them."""
    definitions = {"tasks": tasks(saga), "workflows": [workflow(saga), undo_workflow(saga)]}
    return {
        f"{saga.name}.{kind}.json": json.dumps(each, indent=2, ensure_ascii=False) + "\n"
        for kind, each in definitions.items()
    }


def tasks(saga: Saga) -> list[Json]:
    """Returns the definitions of the tasks: one for each step and each undo, for its service's worker."""
    undos = [_task_definition(step, undo_of(step), is_undo=True) for step in undoable(saga)]
    return [*(_task_definition(step, step.do, is_undo=False) for step in saga.steps), *undos]


def workflow(saga: Saga) -> Json:
    """Returns the definition of the workflow that does the steps."""
    return {
        "name": _name(saga.name),
        "description": saga.summary,
        **_head(["order"]),
        "failureWorkflow": _name(f"undo-{saga.name}"),
        "tasks": [task for stage in stages(saga) for task in _stage(stage)],
        "outputParameters": {"status": "completed"},
    }


def undo_workflow(saga: Saga) -> Json:
    """Returns the definition of the workflow that undoes a failed one: what may have been done, the newest first."""
    return {
        "name": _name(f"undo-{saga.name}"),
        "description": f"Undoes what was done of {saga.title}, the newest first.",
        **_head(["reason", "workflowId", "failureStatus", "failureTaskId", "failedWorkflow"]),
        "tasks": [_what_was_done(saga), *(_undo_if_done(step) for step in undoable(saga))],
        "outputParameters": {"status": f"${{{DONE}.output.result.status}}"},
    }


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what Conductor says otherwise, or cannot say, of this saga."""
    found = [
        *rounded_up(saga),
        *counted_after_the_first("retryCount", undoable(saga)),
        f"No number means “without limit”: {NO_LIMIT:,} attempts stand for it.",
        "A growing wait has no upper limit, so what is tried without limit is tried again at equal intervals.",
        "The time in the queue and that in work are limited one by one, anew for each attempt.",
        "Which refusal is final is not in the definition: the worker ends the task with FAILED_WITH_TERMINAL_ERROR.",
    ]
    for step in saga.steps:
        if not step.undo and step.retry.maximum_attempts:
            found.append(
                f"retryCount counts silence, too, so to {step.do.in_words} is tried without limit until it is done or "
                f"refused, instead of {step.retry.maximum_attempts} times."
            )
    if any(len(stage) > 1 for stage in stages(saga)):
        found.append("A refusal does not wait for the steps beside it: an undo may arrive before its step is done.")
    return (*found, *commanded_by("workflow", saga))


def _head(inputs: Sequence[str]) -> Json:
    return {
        "version": 1,
        "schemaVersion": 2,
        "ownerEmail": OWNER,
        "timeoutPolicy": "ALERT_ONLY",
        "timeoutSeconds": 0,
        "inputParameters": list(inputs),
    }


def _name(text: str) -> str:
    return text.replace("-", "_")


def _task_definition(step: Step, action: Action, *, is_undo: bool) -> Json:
    retry, answered_within = step.retry, math.ceil(step.timeout - step.wait)
    is_limited = not is_undo and step.undo is not None and retry.maximum_attempts > 0
    # A growing delay is doubled each time, without end: the 20th would be six days.
    delay = retry.initial_interval if is_limited else retry.maximum_interval
    return {
        "name": _name(action.name),
        "description": f"{title(step.service)}: {action.in_words}",
        "ownerEmail": OWNER,
        "retryCount": retry.maximum_attempts - 1 if is_limited else NO_LIMIT,
        "retryLogic": "EXPONENTIAL_BACKOFF" if is_limited else "FIXED",
        "retryDelaySeconds": max(1, math.ceil(delay)),
        "timeoutPolicy": "TIME_OUT_WF" if is_limited else "RETRY",
        "pollTimeoutSeconds": answered_within,
        "timeoutSeconds": answered_within,
        "responseTimeoutSeconds": answered_within,
        "inputKeys": ["order"],
    }


def _stage(stage: Sequence[Step]) -> Iterator[Json]:
    if len(stage) == 1:
        yield from _step(stage[0])
        return
    name = _name("_and_".join(step.name for step in stage))
    yield {
        "name": "fork",
        "taskReferenceName": f"fork_{name}",
        "type": "FORK_JOIN",
        "forkTasks": [list(_step(step)) for step in stage],
    }
    yield {
        "name": "join",
        "taskReferenceName": f"join_{name}",
        "type": "JOIN",
        "joinOn": [_name(step.name) for step in stage],
    }


def _step(step: Step) -> Iterator[Json]:
    if step.wait:
        name = f"wait_before_{_name(step.name)}"
        duration = f"{math.ceil(step.wait)} seconds"
        yield {"name": name, "taskReferenceName": name, "type": "WAIT", "inputParameters": {"duration": duration}}
    yield _task(step.do, "${workflow.input.order}")


def _task(action: Action, order: str) -> Json:
    name = _name(action.name)
    return {"name": name, "taskReferenceName": name, "type": "SIMPLE", "inputParameters": {"order": order}}


def _what_was_done(saga: Saga) -> Json:
    """Returns the task that reads from the failed workflow which of its steps are to be undone.

    The query has only functions that Conductor's own reader of jq knows; IN, of jq 1.6, is none of them.
    """
    may_be_done = " or ".join(f'.status == "{status}"' for status in MAY_BE_DONE)
    done = f"(.failed.tasks // []) | map(select((.retried | not) and ({may_be_done})) | .referenceTaskName)"
    # Once the pivot may have been done, nothing may be undone any more.
    before_pivot = f'$done | index("{_name(saga.pivot.name)}") == null' if saga.pivot else "true"
    status = 'if $before_pivot then "compensated" else "unfinished" end'
    each = ", ".join(
        f'{name}: ($before_pivot and ($done | index("{name}") != null) | tostring)' for name in _names(undoable(saga))
    )
    result = f"{{order: .failed.input.order, status: ({status}), {each}}}"
    return {
        "name": DONE,
        "taskReferenceName": DONE,
        "type": "JSON_JQ_TRANSFORM",
        "inputParameters": {
            "failed": "${workflow.input.failedWorkflow}",
            "queryExpression": f"({done}) as $done | ({before_pivot}) as $before_pivot | {result}",
        },
    }


def _undo_if_done(step: Step) -> Json:
    name = f"was_it_done_to_{_name(step.name)}"
    return {
        "name": name,
        "taskReferenceName": name,
        "type": "SWITCH",
        "evaluatorType": "value-param",
        "expression": "done",
        "inputParameters": {"done": f"${{{DONE}.output.result.{_name(step.name)}}}"},
        "decisionCases": {"true": [_task(undo_of(step), f"${{{DONE}.output.result.order}}")]},
        "defaultCase": [],
    }


def _names(steps: Sequence[Step]) -> list[str]:
    return [_name(step.name) for step in steps]
