"""Writes a saga as a workflow for Cadence, in Python (github.com/cadence-workflow/cadence-python-client)."""

from collections.abc import Iterator, Mapping

from sandbox.definitions.model import RetryPolicy, Saga, Step
from sandbox.render.saga_code.python_source import call, indented, module_docstring, timedelta
from sandbox.render.saga_code.saga_shape import class_name, stages

# Seconds within which a step without a limit of attempts has to be done: a policy needs one or the other.
NO_LIMIT = 30 * 86_400
IMPORTS = """from datetime import timedelta

from cadence import workflow
from cadence.error import ActivityFailure
from cadence.worker import Registry

registry = Registry()
"""
CLASS = '''

@registry.workflow(name="{name}")
class {name}:
    """Does the steps in order. When one fails, undoes all that was asked for."""

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
        return "completed"

    async def step(
        self, command: str, order: dict, *, undo: str = "", **options
    ) -> None:
        # A failure does not tell a refusal from silence, so the undo is noted down
        # before: where nothing was done, it finds nothing to undo.
        if undo:
            self.undos.append((undo, options["task_list"]))
        await workflow.execute_activity(command, dict, order, **options)

    async def undo(self, order: dict) -> None:
        for command, task_list in reversed(self.undos):
            await workflow.execute_activity(
                command,
                dict,
                order,
                task_list=task_list,
                schedule_to_close_timeout={no_limit},
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy={policy},
            )
'''
TOGETHER = '''

async def together(*steps: Coroutine) -> None:
    """Waits for all of them, also when one fails, so that none is still being done."""
    for outcome in await asyncio.gather(*steps, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
'''


def cadence_workflow(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the workflow. Its activities are named as the commands, on their services' task lists."""
    is_parallel = any(len(stage) > 1 for stage in stages(saga))
    undo_policy = indented(_policy(RetryPolicy(maximum_attempts=0)), 4).lstrip()
    body = CLASS.format(
        name=class_name(saga),
        steps=indented("".join(_steps(saga)), 3),
        no_limit=timedelta(NO_LIMIT),
        policy=undo_policy,
    )
    imports = "import asyncio\nfrom collections.abc import Coroutine\n" if is_parallel else ""
    text = f"{module_docstring(saga)}\n{imports}{IMPORTS}{body}{TOGETHER if is_parallel else ''}"
    return {f"{saga.name.replace('-', '_')}_workflow.py": text}


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what Cadence says otherwise, or cannot say, of this saga."""
    found = [
        "Its Python library raises the same error for a refusal and for silence, so a step that was refused is told to "
        "undo as well, and finds nothing to undo.",
        f"A policy without a limit of attempts needs a time in which they end: {NO_LIMIT // 86_400} days here.",
    ]
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


def _steps(saga: Saga) -> Iterator[str]:
    for stage in stages(saga):
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
    options = {"task_list": f'"{step.service}"'}
    if step.undo:
        options["undo"] = f'"{step.undo.command}"'
    options["schedule_to_close_timeout"] = timedelta(answered_within if step.undo else NO_LIMIT)
    options["start_to_close_timeout"] = timedelta(answered_within)
    options["retry_policy"] = _policy(step.retry, is_limited=step.undo is not None)
    return call("self.step", f'"{step.do.command}"', "order", **options)


def _policy(policy: RetryPolicy, *, is_limited: bool = True) -> str:
    entries = {
        "initial_interval": timedelta(policy.initial_interval),
        "backoff_coefficient": f"{policy.backoff_coefficient:g}",
        "maximum_interval": timedelta(policy.maximum_interval),
    }
    if is_limited and policy.maximum_attempts:
        entries["maximum_attempts"] = str(policy.maximum_attempts)
    else:
        entries["expiration_interval"] = timedelta(NO_LIMIT)
    if policy.non_retryable_error_types:
        names = ", ".join(f'"{name}"' for name in policy.non_retryable_error_types)
        entries["non_retryable_error_reasons"] = f"[{names}]"
    lines = "".join(f'"{name}": {value},\n' for name, value in entries.items())
    return f"{{\n{indented(lines, 1)}\n}}"
