"""Starts a contender on free ports in a directory of its own, and ends it with all its processes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from config.env import ROOT
from infra.launcher import valkey
from infra.launcher.__main__ import migrate_and_collect
from infra.launcher.instance import Instance, make_directories
from infra.launcher.pid_locks import end_leftovers
from infra.launcher.process import Process, Stage
from infra.launcher.supervisor import POLL_INTERVAL, Supervisor
from tests.postgresql import postgresql
from tests.stack import free_port

HOST = "127.0.0.1"
START_LIMIT = 60.0  # seconds


class BenchError(RuntimeError):
    """A contender that does not start, or does not answer."""


@dataclass(frozen=True)
class Contender:
    """One thing to measure.

    `client` is the module that starts sagas on it and takes the time, in a process of its own, with `options` as
    keyword arguments; `processes` are what else runs. `prepare` writes files into its directory before the start. Its
    database is SQLite's, or `on_postgresql`.
    """

    name: str
    title: str
    client: str
    processes: Callable[[Instance], tuple[Process, ...]] = lambda _: ()
    options: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Instance], None] = lambda _: None
    has_database: bool = False
    on_postgresql: bool = False


class Client:
    """Controls the process that starts sagas on a contender."""

    def __init__(self, contender: Contender, instance: Instance) -> None:
        self.title, self.log, self.instance = contender.title, instance.log("client"), instance
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.child", contender.client, json.dumps(dict(contender.options))],
                cwd=ROOT,
                env={**os.environ, "VAR_DIR": str(instance.state_dir), "PORT": str(instance.port)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        finally:
            self.process.kill()
            self.process.wait()

    def ask(self, method: str, *args: Any) -> Any:
        """Returns the result of `method` of the client in its process. Raises BenchError when it fails."""
        with suppress(BrokenPipeError):
            print(json.dumps([method, *args]), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"{self.title} gave up:\n{self.log.read_text()[-2000:]}")
        return json.loads(line)

    def throughput(self, sagas: int) -> tuple[float, float]:
        """Returns the seconds from starting so many sagas at once to the last end, and those of starting alone."""
        whole, starting = self.ask("throughput", sagas)
        return whole, starting

    def latency(self) -> float:
        """Returns the seconds that one saga takes alone."""
        return float(self.ask("latency"))


@contextmanager
def running(contender: Contender, directory: Path) -> Iterator[Client]:
    """Runs the contender, ready to be measured, and afterwards ends all its processes."""
    with _postgresql() if contender.on_postgresql else nullcontext(), _running(contender, directory) as client:
        yield client


@contextmanager
def _postgresql() -> Iterator[None]:
    """Runs a PostgreSQL server of its own, and has all processes that start meanwhile use it."""
    with postgresql() as url:
        os.environ["DATABASE_URL"] = url
        try:
            yield
        finally:
            del os.environ["DATABASE_URL"]


@contextmanager
def _running(contender: Contender, directory: Path) -> Iterator[Client]:
    instance = Instance(directory.resolve(), HOST, free_port(), None)
    make_directories(instance)
    valkey.configure(instance)
    contender.prepare(instance)
    supervisor = Supervisor(instance, report=print, is_hurried=lambda: False)
    try:
        processes = contender.processes(instance)
        _bring_up(supervisor, tuple(one for one in processes if one.stage is Stage.BROKER), instance)
        if contender.has_database:
            migrate_and_collect(instance)
        _bring_up(supervisor, tuple(one for one in processes if one.stage is Stage.REST), instance)
        with Client(contender, instance) as client:
            yield client
    finally:
        supervisor.stop()
        end_leftovers(instance.run_dir)


def _bring_up(supervisor: Supervisor, processes: tuple[Process, ...], instance: Instance) -> None:
    supervisor.start(processes)
    end = time.monotonic() + START_LIMIT
    while not supervisor.is_ready():
        if time.monotonic() > end:
            raise BenchError(f"not ready within {START_LIMIT:g} s; the logs are in {instance.log('any').parent}")
        time.sleep(POLL_INTERVAL)
