"""Runs exported workflows on Temporal's own test server, which skips time while nothing is being done."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from sandbox.definitions.registry import SERVICE
from tests.sandbox.render.saga_code.reference import Services
from tests.sandbox.render.saga_code.temporal_trial import ASLEEP, Trial

# What a history says of the machine that made it. The flags in sdkMetadata have to stay: without them, a replay does
# not compare the types of activities.
OF_THE_MACHINE = {"identity", "stackTrace", "workerVersion", "binaryChecksum"}


# Seconds after which a workflow that has not ended is taken for one without end. Each takes less than two.
PATIENCE = 10


@dataclass
class Outcome:
    """What came of a trial: the workflow's result, its services, the commands that they were given, and its history."""

    trial: Trial
    services: Services
    commands: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    result: str = ""
    history: dict[str, Any] = field(default_factory=dict)


async def run_all(server: Path, workflows: Mapping[str, type], trials: Iterable[Trial]) -> dict[Trial, Outcome]:
    """Runs the workflow of each trial; its result is "failed" or "endless" when it has none."""
    outcomes: dict[str, Outcome] = {}

    @activity.defn(dynamic=True)
    async def handle(_: Sequence[RawValue]) -> None:
        _carry_out(outcomes[str(activity.info().workflow_id)], activity.info().activity_type)

    async with AsyncExitStack() as stack:
        env = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(server))
        )
        await stack.enter_async_context(Worker(env.client, task_queue="sagas", workflows=list(workflows.values())))
        for service in SERVICE:
            await stack.enter_async_context(Worker(env.client, task_queue=service, activities=[handle]))
        for number, trial in enumerate(trials):
            outcome = outcomes[f"order-{number}"] = Outcome(trial, Services(trial.saga, trial.refused))
            run = await env.client.start_workflow(
                workflows[trial.workflow].__name__, {}, id=f"order-{number}", task_queue="sagas", result_type=str
            )
            outcome.result = await _result(outcome, run)
            outcome.history = _without_machine((await run.fetch_history()).to_json_dict())
    return {outcome.trial: outcome for outcome in outcomes.values()}


async def _result(outcome: Outcome, run: WorkflowHandle[Any, str]) -> str:
    """Returns the result of the workflow, which is cancelled if the trial says so."""
    trial = outcome.trial
    try:
        async with asyncio.timeout(PATIENCE):
            if trial.cancelled_at:
                await _wait_until(trial.cancelled_at, outcome, run)
                await run.cancel()
            return await run.result()
    except WorkflowFailureError:
        return "failed"
    except TimeoutError:
        return "endless"


def _carry_out(outcome: Outcome, command: str) -> None:
    trial = outcome.trial
    outcome.commands.append(command)
    if command == trial.cancelled_at:
        outcome.begun.set()
    if command in (trial.silent, trial.cancelled_at) and outcome.commands.count(command) == 1:
        activity.raise_complete_async()
    if command == trial.broken:
        raise ApplicationError("cannot be done", non_retryable=True)
    if refusal := outcome.services.handle(command):
        raise ApplicationError("refused", type=refusal)


async def _wait_until(moment: str, outcome: Outcome, run: WorkflowHandle[Any, str]) -> None:
    """Waits until the workflow sleeps, or until the command of that name, and no other, is being carried out.

    When an activity is completed at the very moment of the cancellation, the test server takes no answer of the
    workflow any more.
    """
    if moment != ASLEEP:
        await outcome.begun.wait()
    while moment not in _under_way((await run.fetch_history()).to_json_dict()["events"]):
        pass  # A long poll of the test server would last for 20 seconds.


def _under_way(events: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Returns what the workflow waits for alone: a command, or ASLEEP for a timer; nothing if it is more than one."""
    waiting: dict[str, str] = {}
    for event in events:
        details = next((value for name, value in event.items() if name.endswith("EventAttributes")), {})
        if event["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED":
            waiting[event["eventId"]] = details["activityType"]["name"]
        elif event["eventType"] == "EVENT_TYPE_TIMER_STARTED":
            waiting[event["eventId"]] = ASLEEP
        elif event["eventType"] in {"EVENT_TYPE_ACTIVITY_TASK_COMPLETED", "EVENT_TYPE_ACTIVITY_TASK_FAILED"}:
            del waiting[details["scheduledEventId"]]
    return tuple(waiting.values()) if len(waiting) == 1 else ()


def _without_machine(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_machine(value) for key, value in part.items() if key not in OF_THE_MACHINE}
    return [_without_machine(each) for each in part] if isinstance(part, list) else part
