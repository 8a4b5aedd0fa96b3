"""Client of the raw Celery chain."""

import time
from typing import Self

from benchmarks.raw_tasks import DONE, STEPS, broker, send


class Client:
    """Sends the first task of each saga; the last task reports to the broker that it is done."""

    def __enter__(self) -> Self:
        broker.delete(DONE)
        return self

    def __exit__(self, *_: object) -> None:
        broker.close()

    def throughput(self, sagas: int) -> tuple[float, float]:
        began = time.perf_counter()
        for saga in range(sagas):
            send(STEPS[0], saga)
        started = time.perf_counter()
        for _ in range(sagas):
            broker.blpop(DONE)
        return time.perf_counter() - began, started - began

    def latency(self) -> float:
        return self.throughput(1)[0]
