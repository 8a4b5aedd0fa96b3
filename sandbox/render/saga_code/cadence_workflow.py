"""Writes a saga as a workflow for Cadence, in Python (github.com/cadence-workflow/cadence-python-client)."""

from collections.abc import Mapping

from sandbox.definitions.model import RetryPolicy, Saga, Step
from sandbox.render.saga_code.common_limits import commanded_by, rounded_up
from sandbox.render.saga_code.python_source import TOGETHER, call, indented, module_docstring, steps_in, timedelta
from sandbox.render.saga_code.saga_shape import class_name, stages, up_to_pivot

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


def cadence_workflow(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the workflow. Its activities are named as the commands, on their services' task lists."""
    until_pivot, after_pivot = up_to_pivot(saga)
    is_parallel = any(len(stage) > 1 for stage in stages(saga))
    undo_policy = indented(_policy(RetryPolicy(maximum_attempts=0), NO_LIMIT), 4).lstrip()
    body = CLASS.format(
        name=class_name(saga),
        steps=indented(steps_in(until_pivot, _call), 3),
        rest=f"{AFTER_PIVOT}{indented(steps_in(after_pivot, _call), 2)}\n" if after_pivot else "",
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
    found += rounded_up(saga)
    limited = [step for step in saga.steps if not step.undo and step.retry.maximum_attempts]
    for step in limited:
        found.append(
            f"To {step.do.in_words} is tried until it is done or refused: our {step.retry.maximum_attempts} attempts "
            "would end after silence, too, when it may have been done."
        )
    return (*found, *commanded_by("workflow", saga))


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
