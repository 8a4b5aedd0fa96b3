"""Writes a saga as a workflow for Cadence, in Python (github.com/cadence-workflow/cadence-python-client)."""

import math
from collections.abc import Iterator, Mapping

from sandbox.definitions.model import RetryPolicy, Saga, Step
from sandbox.render.saga_code.python_source import call, indented, module_docstring, timedelta
from sandbox.render.saga_code.saga_shape import class_name, stages

Stages = tuple[tuple[Step, ...], ...]
# Seconds after which the workflow itself asks again for a step without a limit of attempts: a policy needs an end.
NO_LIMIT = 30 * 86_400
IMPORTS = """from datetime import timedelta

from cadence import workflow
from cadence.error import ActivityFailure
from cadence.worker import Registry
from cadence.workflow import RetryPolicy

registry = Registry()
"""
CLASS = '''

@registry.workflow(name="{name}")
class {name}:
    """Does the steps in order. When one fails, undoes what may have been done."""

    def __init__(self) -> None:
        # What to undo, the newest last: each command with the task list of its service.
        self.undos: list[tuple[str, str]] = []

    @workflow.run
    async def run(self, order: dict) -> str:
        try:
{steps}
        except ActivityFailure:
            await self.undo(order)
            return "compensated"
{rest}        return "completed"

    async def step(
        self, command: str, order: dict, *, undo: str = "", **options
    ) -> None:
        try:
            await workflow.execute_activity(command, dict, order, **options)
        except ActivityFailure as failure:
            # Silence does not say whether it was done. A refusal says that it was not.
            if undo and not is_refusal(failure, **options):
                self.undos.append((undo, options["task_list"]))
            raise
        if undo:
            self.undos.append((undo, options["task_list"]))

    async def insist(self, command: str, order: dict, **options) -> None:
        """Does a step that nothing undoes: unless refused, it is asked for again."""
        while True:
            try:
                return await self.step(command, order, **options)
            except ActivityFailure as failure:
                if is_refusal(failure, **options):
                    raise

    async def undo(self, order: dict) -> None:
        for command, task_list in reversed(self.undos):
            await self.insist(
                command,
                order,
                task_list=task_list,
                schedule_to_close_timeout={no_limit},
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy={policy},
            )


def is_refusal(failure: ActivityFailure, *, retry_policy: RetryPolicy, **_) -> bool:
    # A failure begins with the name of the activity's exception, or of the timeout.
    reason = str(failure).partition("\\n")[0]
    return reason in retry_policy.get("non_retryable_error_reasons", [])
'''
AFTER_PIVOT = """        # From here on, nothing is undone any more.
"""
TOGETHER = '''

async def together(*steps: Coroutine) -> None:
    """Waits for all of them, also when one fails, so that none is still being done."""
    for outcome in await asyncio.gather(*steps, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
'''


def cadence_workflow(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the workflow. Its activities are named as the commands, on their services' task lists."""
    until_pivot, after_pivot = _divided(saga)
    is_parallel = any(len(stage) > 1 for stage in stages(saga))
    undo_policy = indented(_policy(RetryPolicy(maximum_attempts=0), NO_LIMIT), 4).lstrip()
    body = CLASS.format(
        name=class_name(saga),
        steps=indented("".join(_steps(until_pivot)), 3),
        rest=f"{AFTER_PIVOT}{indented(''.join(_steps(after_pivot)), 2)}\n" if after_pivot else "",
        no_limit=timedelta(NO_LIMIT),
        policy=undo_policy,
    )
    imports = "import asyncio\nfrom collections.abc import Coroutine\n" if is_parallel else ""
    text = f"{module_docstring(saga)}\n{imports}{IMPORTS}{body}{TOGETHER if is_parallel else ''}"
    return {f"{saga.name.replace('-', '_')}_workflow.py": text}


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what Cadence says otherwise, or cannot say, of this saga."""
    found = [
        "Its Python library raises one error for a refusal and for silence; only the error's text tells them apart.",
        f"A policy without a limit of attempts needs a time in which they end: {NO_LIMIT // 86_400} days here, after "
        "which the workflow asks again.",
        "Whoever starts the workflow has to say when it ends at the latest, and one that ends so is not undone.",
    ]
    rounded = sorted({step.retry.initial_interval for step in saga.steps if step.retry.initial_interval % 1})
    found += [f"Times are rounded up to whole seconds: {each:g} s become {math.ceil(each)} s." for each in rounded]
    limited = [step for step in saga.steps if not step.undo and step.retry.maximum_attempts]
    for step in limited:
        found.append(
            f"To {step.do.in_words} is tried until it is done or refused: our {step.retry.maximum_attempts} attempts "
            "would end after silence, too, when it may have been done."
        )
    if any(step.group for step in saga.steps):
        found.append("Every step gets its command from the workflow: a choreographed group inside cannot be said.")
    if saga.deadline:
        found.append("The deadline of the choreographed order is not needed: the workflow itself notices silence.")
    return tuple(found)


def _divided(saga: Saga) -> tuple[Stages, Stages]:
    """Returns the stages up to that of the pivot, and those after it, whose failure must not undo anything."""
    found = stages(saga)
    pivot = next((place for place, stage in enumerate(found) if saga.pivot in stage), len(found))
    return found[: pivot + 1], found[pivot + 1 :]


def _steps(found: Stages) -> Iterator[str]:
    for stage in found:
        if len(stage) == 1:
            (step,) = stage
            if step.wait:
                yield f"await workflow.sleep({timedelta(step.wait)})\n"
            yield f"await {_call(step)}\n"
        else:
            calls = "".join(f"{_call(step)},\n" for step in stage)
            yield f"await together(\n{indented(calls, 1)}\n)\n"


def _call(step: Step) -> str:
    answered_within = step.timeout - step.wait
    ends_after = answered_within if step.undo else NO_LIMIT
    options = {"task_list": f'"{step.service}"'}
    if step.undo:
        options["undo"] = f'"{step.undo.command}"'
    options["schedule_to_close_timeout"] = timedelta(ends_after)
    options["start_to_close_timeout"] = timedelta(answered_within)
    options["retry_policy"] = _policy(step.retry, ends_after)
    return call("self.step" if step.undo else "self.insist", f'"{step.do.command}"', "order", **options)


def _policy(policy: RetryPolicy, ends_after: float) -> str:
    """Returns the policy of a step that has to be done within that time.

    Without an expiration, the server would extend the time of a step with a policy to that of the whole workflow.
    """
    entries = {
        "initial_interval": timedelta(policy.initial_interval),
        "backoff_coefficient": f"{policy.backoff_coefficient:g}",
        "maximum_interval": timedelta(policy.maximum_interval),
        "expiration_interval": timedelta(ends_after),
    }
    if policy.maximum_attempts and ends_after < NO_LIMIT:
        entries["maximum_attempts"] = str(policy.maximum_attempts)
    if policy.non_retryable_error_types:
        names = ", ".join(f'"{name}"' for name in policy.non_retryable_error_types)
        entries["non_retryable_error_reasons"] = f"[{names}]"
    lines = "".join(f'"{name}": {value},\n' for name, value in entries.items())
    return f"{{\n{indented(lines, 1)}\n}}"
