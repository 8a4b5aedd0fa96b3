"""Lists what is measured: each contender and each ratio is one entry."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.process_set import Contender, running
from config.env import ROOT
from config.processes import broker, processes, worker
from infra.launcher.instance import Instance
from infra.launcher.process import Process, Stage
from sandbox.definitions.registry import QUEUES
from tests.stack import answers_on


@dataclass(frozen=True)
class Ratio:
    """One figure divided by another; `goal` is what it should reach, or stay below where less is better."""

    measure: str
    of: str
    to: str
    goal: float | None = None
    less_is_better: bool = False

    def is_met(self, value: float) -> bool | None:
        if self.goal is None:
            return None
        return value <= self.goal if self.less_is_better else value >= self.goal


RATIOS = (
    Ratio("throughput", "choreography", "celery", 3),
    Ratio("throughput", "choreography", "dbos", 8),
    Ratio("throughput", "choreography", "temporal", 30),
    Ratio("throughput", "orchestration", "temporal", 15),
    Ratio("throughput", "orchestration", "temporal-defaults"),
    Ratio("latency", "choreography", "celery", 1.2, less_is_better=True),
    Ratio("latency", "orchestration", "temporal"),
    Ratio("latency", "orchestration", "temporal-defaults"),
    Ratio("throughput", "grown", "choreography", 0.97),
    Ratio("throughput", "two-workers", "choreography"),
    Ratio("throughput", "postgresql", "choreography"),
    Ratio("throughput", "postgresql-2", "postgresql"),
    Ratio("throughput", "postgresql-4", "postgresql"),
    Ratio("throughput", "waiting-2", "waiting", 1.2),
    Ratio("throughput", "waiting-4", "waiting"),
)

# How often Temporal's queues ask for work, and how far they move a timer to handle several at once. With its defaults
# a workflow that runs alone measures these two, not the engine.
LIFTED = ("history.transferProcessorMaxPollRPS=1000", 'history.timerProcessorMaxTimeShift="50ms"')


NO_WAIT: Mapping[str, object] = {}
# A service that waits, as for another company's answer: the cores are free meanwhile, for as many workers as it has.
WAIT: Mapping[str, object] = {"waits": "inventory", "work_ms": 10}


def contenders(*, saga: str, grown: Path) -> dict[str, Contender]:
    """Returns every contender by its name. `saga` is what the engine runs; `grown` a database with many ended runs."""

    def ours(name: str, title: str, style: str, *, waits: Mapping[str, object] = NO_WAIT, **more: object) -> Contender:
        options = {"saga": saga, "style": style, **waits}
        entry = Contender(name, title, "benchmarks.ours", processes, options=options, has_database=True)
        return replace(entry, **more)

    def on_postgresql(name: str, title: str, each: int, waits: Mapping[str, object] = NO_WAIT) -> Contender:
        title = f"on PostgreSQL, {title}"
        return ours(name, title, "choreography", waits=waits, processes=_with_workers(each), on_postgresql=True)

    found = (
        Contender("celery", "raw Celery chain", "benchmarks.raw_celery", _chain, prepare=_write_celery_settings),
        ours("choreography", "this engine, choreography", "choreography"),
        ours("orchestration", "this engine, orchestration", "orchestration"),
        Contender("dbos", "DBOS Transact on SQLite", "benchmarks.dbos_steps"),
        Contender("temporal", "Temporal's development server, limits lifted", "benchmarks.temporal_steps", _temporal),
        Contender(
            "temporal-defaults", "Temporal's development server as it comes", "benchmarks.temporal_steps", _limited
        ),
        ours("grown", "choreography, database grown", "choreography", prepare=_database_from(grown)),
        ours("two-workers", "choreography, two workers a service", "choreography", processes=_with_workers(2)),
        on_postgresql("postgresql", "one worker a service", 1),
        on_postgresql("postgresql-2", "two workers a service", 2),
        on_postgresql("postgresql-4", "four workers a service", 4),
        on_postgresql("waiting", "one worker a service, inventory waits", 1, WAIT),
        on_postgresql("waiting-2", "two workers a service, inventory waits", 2, WAIT),
        on_postgresql("waiting-4", "four workers a service, inventory waits", 4, WAIT),
    )
    return {contender.name: contender for contender in found}


def grow(target: Path, directory: Path, *, runs: int, saga: str) -> None:
    """Creates a database with so many ended runs."""
    contender = contenders(saga=saga, grown=target)["choreography"]
    with running(contender, directory) as client:
        client.ask("fill", runs)
    made = directory / "db.sqlite3"
    with sqlite3.connect(made) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    made.replace(target)


def _database_from(file: Path) -> Callable[[Instance], None]:
    return lambda instance: shutil.copyfile(file, instance.state_dir / "db.sqlite3") and None


def _with_workers(each: int) -> Callable[[Instance], tuple[Process, ...]]:
    """Returns what returns all processes, with so many workers for each actor."""

    def with_workers(instance: Instance) -> tuple[Process, ...]:
        more = (_renamed(worker(queue), queue, f"{queue}-{n}") for queue in QUEUES for n in range(2, each + 1))
        return (*processes(instance), *more)

    return with_workers


def _renamed(process: Process, queue: str, name: str) -> Process:
    command = tuple(part.replace(f"{queue}@", f"{name}@") for part in process.command)
    return replace(process, name=name, command=command, is_ready=lambda instance: instance.ready_file(name).exists())


def _write_celery_settings(instance: Instance) -> None:
    """Writes the settings of the product's Celery application to where the raw one reads them."""
    command = [sys.executable, "-m", "benchmarks.raw_settings"]
    environment = {**os.environ, "VAR_DIR": str(instance.state_dir)}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    (instance.state_dir / "celery.json").write_text(printed)


def _chain(instance: Instance) -> tuple[Process, ...]:
    """Returns a worker for each step, started as the product's are."""
    return (broker(instance), *(_raw(worker(f"step-{number}")) for number in range(1, 6)))


def _raw(process: Process) -> Process:
    command = tuple("benchmarks.raw_tasks" if part == "config.celery" else part for part in process.command)
    return replace(process, command=command)


def _limited(instance: Instance) -> tuple[Process, ...]:
    """Temporal's server as `temporal server start-dev` starts it."""
    program = Path(sys.executable).parent / "temporal"
    command = (str(program), "server", "start-dev", "--headless", "--ip", instance.host, "--port", str(instance.port),
               "--db-filename", str(instance.state_dir / "temporal.sqlite3"), "--log-level", "error")  # fmt: skip
    return (Process("temporal", command, is_ready=lambda instance: answers_on(instance.port), stage=Stage.REST),)


def _temporal(instance: Instance) -> tuple[Process, ...]:
    """The same server without the limits that keep one workflow alone waiting for most of its time."""
    (process,) = _limited(instance)
    lifted = (part for setting in LIFTED for part in ("--dynamic-config-value", setting))
    return (replace(process, command=(*process.command, *lifted)),)
