"""Client of DBOS Transact: a workflow of five steps that do nothing, kept in SQLite by this process."""

import os
import time
from pathlib import Path
from typing import Self

from dbos import DBOS


@DBOS.step()
def nothing(saga: int) -> int:
    return saga


@DBOS.workflow()
def five_steps(saga: int) -> int:
    for _ in range(5):
        saga = nothing(saga)
    return saga


class Client:
    """Starts the workflows in the background and waits for each result."""

    def __enter__(self) -> Self:
        database = Path(os.environ["VAR_DIR"]) / "dbos.sqlite3"
        DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{database}", "log_level": "WARNING"})
        DBOS.launch()
        return self

    def __exit__(self, *_: object) -> None:
        DBOS.destroy()

    def throughput(self, sagas: int) -> tuple[float, float]:
        began = time.perf_counter()
        handles = [DBOS.start_workflow(five_steps, saga) for saga in range(sagas)]
        started = time.perf_counter()
        for handle in handles:
            handle.get_result()
        return time.perf_counter() - began, started - began

    def latency(self) -> float:
        began = time.perf_counter()
        five_steps(0)
        return time.perf_counter() - began
