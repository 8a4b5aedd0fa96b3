"""Client of this engine: starts runs as the command line does, and reads from their rows when they ended."""

import os
import time
import uuid
from typing import Self

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from benchmarks.growth import fill  # noqa: E402
from sandbox.definitions.terms import Pace, SagaStatus  # noqa: E402
from sandbox.models import Load, Run  # noqa: E402
from sandbox.runtime import wait  # noqa: E402
from sandbox.runtime.storage.runs import insert_alike  # noqa: E402
from sandbox.services import RunSettings, start_run, start_runs  # noqa: E402

LIMIT = 120.0  # seconds
BATCH = 500


class Client:
    """Starts runs of one saga in one style at full speed; the actor `waits` waits so many milliseconds in each."""

    def __init__(self, *, saga: str, style: str, waits: str = "", work_ms: int = 0) -> None:
        self.settings = RunSettings(saga=saga, style=style, pace=Pace.FAST)
        self.waits, self.work_ms = waits, work_ms

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        connection.close()

    def throughput(self, sagas: int) -> tuple[float, float]:
        began = time.time()
        runs = [run.pk for run in self._start(sagas)]
        started = time.time()
        for run in reversed(runs):
            if not wait.wait_until_ended(run, seconds=LIMIT):
                raise TimeoutError(f"run {run} has not ended within {LIMIT:g} s")
        ends = [row.ended_at for low in range(0, sagas, BATCH) for row in _completed(runs[low : low + BATCH])]
        return max(ends) - began, started - began

    def _start(self, sagas: int) -> list[Run]:
        if not self.waits:
            return start_runs(self.settings, count=sagas, learner=None)
        now = time.time()
        load = Load(learner=uuid.uuid4(), styles=[], count=sagas, slow=self.waits, work_ms=self.work_ms, asked_at=now)
        load.is_running = False  # nobody else is to start its runs
        load.save(force_insert=True)
        runs = [Run(load=load, started_at=now).apply_settings(self.settings) for _ in range(sagas)]
        insert_alike(runs)
        return runs

    def latency(self) -> float:
        return self.throughput(1)[0]

    def fill(self, runs: int) -> None:
        """Adds so many ended runs to the database."""
        fill(runs, templates=[start_and_wait(self.settings) for _ in range(20)])


def start_and_wait(settings: RunSettings) -> Run:
    run = start_run(settings, learner=None)
    wait.wait_until_ended(run.pk, seconds=LIMIT)
    return Run.objects.get(pk=run.pk)


def _completed(ids: list[object]) -> list[Run]:
    runs = list(Run.objects.filter(pk__in=ids))
    wrong = [run for run in runs if run.status != SagaStatus.COMPLETED]
    if wrong:
        raise RuntimeError(
            f"{len(wrong)} of {len(runs)} runs did not complete, the first as {wrong[0].status}: {wrong[0]}"
        )
    return runs
