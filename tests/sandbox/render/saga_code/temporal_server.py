"""Runs exported workflows on Temporal's own test server, which skips time while nothing is being done."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from sandbox.definitions.registry import SERVICE
from tests.sandbox.render.saga_code.reference import Services

# What is not answered once in these runs of the order.
NOT_ANSWERED = {"silent": "ReserveInventory", "insistent": "ScheduleFulfilment"}


async def run_all(
    server: Path, workflows: Mapping[str, type], chosen: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, Services, list[str]]]:
    """Runs each workflow with each refusal; returns its result, its services, and the commands that they were given."""
    runs: dict[str, tuple[Services, list[str], str]] = {}

    @activity.defn(dynamic=True)
    async def handle(_: Sequence[RawValue]) -> None:
        services, commands, silent = runs[str(activity.info().workflow_id)]
        command = activity.info().activity_type
        commands.append(command)
        if command == silent and commands.count(command) == 1:
            activity.raise_complete_async()
        if refusal := services.handle(command):
            raise ApplicationError("refused", type=refusal)

    outcomes = {}
    async with AsyncExitStack() as stack:
        env = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(server))
        )
        await stack.enter_async_context(Worker(env.client, task_queue="sagas", workflows=list(workflows.values())))
        for service in SERVICE:
            await stack.enter_async_context(Worker(env.client, task_queue=service, activities=[handle]))
        for name, refused in chosen:
            silent = NOT_ANSWERED.get(refused, "")
            services = Services("order" if silent else name, "" if silent else refused)
            runs[f"{name}-{refused}"] = services, [], silent
            result = await env.client.execute_workflow(
                workflows[name].__name__, {}, id=f"{name}-{refused}", task_queue="sagas", result_type=str
            )
            outcomes[name, refused] = result, services, runs[f"{name}-{refused}"][1]
    return outcomes
