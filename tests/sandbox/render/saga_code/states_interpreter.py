"""Executes state machines with the interpreter of moto, as a library: no server, and the services are in the test."""

import datetime
import json
import queue
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.models import StateMachineInstance
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeFailure, CallbackOutcomeSuccess
from moto.stepfunctions.parser.backend.activity import Activity, ActivityTask
from moto.stepfunctions.parser.backend.execution import Execution

ACCOUNT, REGION = "123456789012", "us-east-1"
ARN, ROLE = f"arn:aws:states:{REGION}:{ACCOUNT}", f"arn:aws:iam::{ACCOUNT}:role/sagas"


class Activities(dict):
    """Every activity exists. What is scheduled for one is put into a queue."""

    def __init__(self, tasks: queue.SimpleQueue) -> None:
        super().__init__()
        self.tasks = tasks

    def get(self, arn: str, default: object = None) -> Activity:
        return self[arn]

    def __contains__(self, arn: object) -> bool:
        return True

    def __missing__(self, arn: str) -> Activity:
        tasks = self.tasks

        class Scheduled(Activity):
            def add_task(self, task: ActivityTask) -> None:
                tasks.put(task)

        self[arn] = Scheduled(arn, arn)
        return self[arn]


def execute(machine: dict[str, Any], handle: Callable[[str], str | None]) -> tuple[str, str | None]:
    """Executes a state machine to its end; returns its status, and the cause of a failure.

    `handle` carries a command out and returns the name of the refusal, "" for none, or None to stay silent.
    """
    tasks: queue.SimpleQueue = queue.SimpleQueue()
    definition = StateMachineInstance(f"{ARN}:stateMachine:saga", "saga", json.dumps(machine), ROLE)
    execution = Execution(
        name="one",
        sm_type="STANDARD",
        role_arn=ROLE,
        exec_arn=f"{ARN}:execution:saga:one",
        account_id=ACCOUNT,
        region_name=REGION,
        state_machine=definition,
        start_date=datetime.datetime.now(datetime.UTC),
        cloud_watch_logging_session=None,
        input_data=json.dumps({"order": {}}),
        activity_store=Activities(tasks),
    )
    execution.start()
    while execution.status == "RUNNING":
        try:
            task = tasks.get(timeout=0.05)
        except queue.Empty:
            continue
        _start(execution, task.task_token)
        refusal = handle(json.loads(task.task_input)["command"])
        if refusal is not None:
            done = CallbackOutcomeSuccess(task.task_token, json.dumps({}))
            failed = CallbackOutcomeFailure(task.task_token, refusal, "refused")
            pool = execution.exec_worker.env.callback_pool_manager
            pool.notify(callback_id=task.task_token, outcome=failed if refusal else done)
    return str(execution.status), execution.cause


def _start(execution: Execution, token: str) -> None:
    """Says that a service has taken the task, as one does that will be silent, too."""
    pool = execution.exec_worker.env.callback_pool_manager
    # The interpreter hands a task over a moment before it waits for the answer.
    while (endpoint := pool.get(token)) is None:
        if execution.status != "RUNNING":
            return
    endpoint.notify_activity_task_start(worker_name="service")
