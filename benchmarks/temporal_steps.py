"""Client of Temporal: a worker with a workflow of five activities that do nothing, and the starter."""

import asyncio
import os
import time
import uuid
from datetime import timedelta
from typing import Self

from temporalio import activity, workflow
from temporalio.client import Client as Connection
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Worker

QUEUE = "bench"
START_LIMIT = 30.0  # seconds


@activity.defn
async def nothing(saga: int) -> int:
    return saga


@workflow.defn
class FiveSteps:
    @workflow.run
    async def run(self, saga: int) -> int:
        for _ in range(5):
            saga = await workflow.execute_activity(nothing, saga, start_to_close_timeout=timedelta(seconds=60))
        return saga


class Client:
    """Starts the workflows at once and waits for each result."""

    def __enter__(self) -> Self:
        self.loop = asyncio.Runner()
        self.loop.run(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.run(self.worker.__aexit__(None, None, None))
        self.loop.close()

    async def _begin(self) -> None:
        self.connection = await _connect()
        self.worker = Worker(self.connection, task_queue=QUEUE, workflows=[FiveSteps], activities=[nothing])
        await self.worker.__aenter__()

    def throughput(self, sagas: int) -> tuple[float, float]:
        return self.loop.run(self._run(sagas))

    def latency(self) -> float:
        return self.throughput(1)[0]

    async def _run(self, sagas: int) -> tuple[float, float]:
        began = time.perf_counter()
        handles = await asyncio.gather(*(self._start(saga) for saga in range(sagas)))
        started = time.perf_counter()
        await asyncio.gather(*(handle.result() for handle in handles))
        return time.perf_counter() - began, started - began

    async def _start(self, saga: int) -> WorkflowHandle[FiveSteps, int]:
        return await self.connection.start_workflow(FiveSteps.run, saga, id=uuid.uuid4().hex, task_queue=QUEUE)


async def _connect() -> Connection:
    """Returns a connection, once the server's namespace exists too."""
    end = time.monotonic() + START_LIMIT
    while True:
        try:
            connection = await Connection.connect(f"127.0.0.1:{os.environ['PORT']}")
            async for _ in connection.list_workflows(limit=1):
                pass
        except (RPCError, RuntimeError):
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.2)
        else:
            return connection
