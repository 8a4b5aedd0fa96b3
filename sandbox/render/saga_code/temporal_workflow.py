"""Writes a saga as a workflow for Temporal, in Python (github.com/temporalio/sdk-python)."""

from collections.abc import Mapping

from sandbox.definitions.model import RetryPolicy, Saga, Step
from sandbox.render.saga_code.common_limits import commanded_by
from sandbox.render.saga_code.python_source import TOGETHER, call, indented, module_docstring, steps_in, timedelta
from sandbox.render.saga_code.saga_shape import class_name, stages, up_to_pivot

# Events that the history gains each time a silent step is asked for again, and how many it may have at most
# (docs.temporal.io/workflow-execution/limits). Where no worker takes the command, it gains one fewer.
EVENTS_OF_ONE_ROUND, MAXIMUM_EVENTS = 6, 51_200
IMPORTS = """from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
"""
CLASS = '''

@workflow.defn
class {name}:
    """Does the steps in order. When one fails, undoes what may have been done."""

    def __init__(self) -> None:
        # What to undo, the newest last: each command with the queue of its service.
        self.undos: list[tuple[str, str]] = []

    @workflow.run
    async def run(self, order: dict) -> str:
        try:
{steps}
        except (ActivityError, asyncio.CancelledError):
            await self.undo(order)
            return "compensated"
{last_steps}        return "completed"

    async def step(
        self, command: str, order: dict, *, undo: str = "", **options
    ) -> None:
        may_be_done = True
        try:
            await workflow.execute_activity(command, order, **options)
        except ActivityError as error:
            # A refusal says that it was not done. Nothing else does: neither silence
            # nor that the workflow was cancelled meanwhile.
            may_be_done = not isinstance(error.cause, ApplicationError)
            raise
        finally:
            if undo and may_be_done:
                self.undos.append((undo, options["task_queue"]))
'''
PAST_PIVOT = "# The pivot is done: from here on, nothing is taken back.\n"
INSIST_AND_UNDO = '''
    async def insist(self, command: str, order: dict, **options) -> None:
        """Does what nothing undoes: unless it is refused, it is asked for again."""
        while True:
            try:
                return await self.step(command, order, **options)
            except ActivityError as error:
                if isinstance(error.cause, ApplicationError):
                    raise
            except asyncio.CancelledError:
                continue  # it may be done by now: too late to cancel

    async def undo(self, order: dict) -> None:
        for command, task_queue in reversed(self.undos):
            await self.insist(
                command,
                order,
                task_queue=task_queue,
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(),  # without limit: an undo must not fail
            )
'''


def temporal_workflow(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the workflow. Its activities are named as the commands, and run on their services' queues."""
    is_parallel = any(len(stage) > 1 for stage in stages(saga))
    steps, last_steps = up_to_pivot(saga)
    parts = [
        module_docstring(saga),
        "\n",
        "import asyncio\n",
        "from collections.abc import Coroutine\n" if is_parallel else "",
        IMPORTS,
        CLASS.format(
            name=class_name(saga),
            steps=indented(steps_in(steps, _call), 3),
            last_steps=f"{indented(PAST_PIVOT + steps_in(last_steps, _call), 2)}\n" if last_steps else "",
        ),
        INSIST_AND_UNDO,
        TOGETHER if is_parallel else "",
    ]
    return {f"{saga.name.replace('-', '_')}_workflow.py": "".join(parts)}


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what Temporal says otherwise, or cannot say, of this saga."""
    found = ["Attempts that fail are no events: the history has the last one, and pending activities the one at hand."]
    if any(step.retry.initial_interval < 1 for step in saga.steps):
        found.append("The server moves timers to whole seconds unless it is told otherwise, so 0.5 s become 1 s.")
    for step in filter(_is_asked_for_again, saga.steps):
        hours = MAXIMUM_EVENTS // EVENTS_OF_ONE_ROUND * (step.timeout - step.wait) / 3_600
        found.append(
            "One retry policy cannot limit the attempts that fail and ask again after silence for ever, so the "
            f"workflow asks for {step.do.command} again itself. Each time adds up to {EVENTS_OF_ONE_ROUND} events to "
            f"its history, which may have {MAXIMUM_EVENTS:,}: about {hours:.0f} hours of silence."
        )
    if any(step.undo and step.retry.maximum_attempts for step in saga.steps):
        found.append(
            "An undo is tried without limit. Here, one whose attempts are used up ends as COMPENSATION_FAILED."
        )
    if any(sum(step.undo is not None for step in stage) > 1 for stage in stages(saga)):
        found.append("Undos run one after the other. Here, those of steps beside each other run at the same time.")
    if saga.pivot:
        found.append(
            "A workflow can be cancelled, which a saga here cannot: until "
            f"{saga.pivot.do.command} is asked for, that undoes what was done. From then on, it changes nothing."
        )
    return (*found, *commanded_by("workflow", saga))


def _is_asked_for_again(step: Step) -> bool:
    """Returns whether silence is answered by asking again, while the attempts that fail are limited."""
    return step.undo is None and step.retry.maximum_attempts > 0


def _call(step: Step) -> str:
    options = {"task_queue": f'"{step.service}"'}
    if step.undo:
        options["undo"] = f'"{step.undo.command}"'
    # The time for all attempts, or for each where they have no limit.
    timeout = "schedule_to_close_timeout" if step.retry.maximum_attempts else "start_to_close_timeout"
    options[timeout] = timedelta(step.timeout - step.wait)
    options["retry_policy"] = _policy(step.retry)
    method = "self.step" if step.undo else "self.insist"
    return call(method, f'"{step.do.command}"', "order", **options)


def _policy(policy: RetryPolicy) -> str:
    options = {
        "initial_interval": timedelta(policy.initial_interval),
        "backoff_coefficient": f"{policy.backoff_coefficient:g}",
        "maximum_interval": timedelta(policy.maximum_interval),
    }
    if policy.maximum_attempts:
        options["maximum_attempts"] = str(policy.maximum_attempts)
    if policy.non_retryable_error_types:
        names = ", ".join(f'"{name}"' for name in policy.non_retryable_error_types)
        options["non_retryable_error_types"] = f"[{names}]"
    return call("RetryPolicy", **options)
