"""Keeps processes running, and ends them in order.

This is our own because PyPI's supervisor checks once a second, does not wait for the broker before it starts the
workers, pipes every log through itself, and gives up for good on a process that exits often. It would also need a
second parent process, which knows when everything is ready, reports it, and may itself be killed.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from config.env import ROOT
from infra.launcher import pid_locks
from infra.launcher.instance import Instance
from infra.launcher.process import Process, Stage

STABLE_AFTER = 5.0  # seconds of running after which earlier exits are forgotten
RESTART_DELAY = 1.0  # seconds before another start of a process that exited soon after its start
EXITS_TO_REPORT = 3  # in a row
STOP_TIMEOUT = 10.0  # seconds; a busy worker needs about 4.5
POLL_INTERVAL = 0.05  # seconds
LOG_LIMIT = 5_000_000  # bytes
LOG_CHECK_INTERVAL = 1.0  # seconds


@dataclass
class ManagedProcess:
    """A process that the supervisor runs, with how often it has exited in a row."""

    process: Process
    child: subprocess.Popen[bytes]
    started_at: float
    exits: int = 0
    restart_at: float | None = None

    @property
    def name(self) -> str:
        return self.process.name

    def is_stable(self) -> bool:
        """Returns whether it runs, and is not merely between two exits."""
        return self.child.poll() is None and (self.exits == 0 or time.monotonic() - self.started_at > STABLE_AFTER)


class Supervisor:
    """Starts processes, restarts those that have exited, and stops them all, the last stage first."""

    def __init__(self, instance: Instance, *, report: Callable[[str], None], is_hurried: Callable[[], bool]) -> None:
        self.instance, self.report, self.is_hurried = instance, report, is_hurried
        self.managed_processes: list[ManagedProcess] = []
        self._check_logs_at = 0.0

    def start(self, processes: Iterable[Process]) -> None:
        for process in processes:
            _truncate_log(self.instance, process.name)
            self.managed_processes.append(ManagedProcess(process, self._spawn(process), time.monotonic()))

    def is_ready(self) -> bool:
        """Returns whether every process runs and is ready."""
        return all(
            managed.is_stable() and managed.process.is_ready(self.instance) for managed in self.managed_processes
        )

    def restart_dead(self) -> None:
        """Restarts what has exited, and truncates long logs. Meant to be called many times a second."""
        for managed in self.managed_processes:
            if managed.child.poll() is not None:
                self._restart(managed)
        if time.monotonic() >= self._check_logs_at:
            self._check_logs_at = time.monotonic() + LOG_CHECK_INTERVAL
            for managed in self.managed_processes:
                _truncate_log(self.instance, managed.name)

    def stop(self) -> None:
        """Terminates everything, then kills what is left after STOP_TIMEOUT, or at once when hurried."""
        for stage in sorted(Stage, reverse=True):
            children = [managed.child for managed in self.managed_processes if managed.process.stage is stage]
            for child in children:
                child.terminate()
            self._wait_for(children)
            for child in children:
                pid_locks.signal_group(child.pid, signal.SIGKILL)
                child.wait()

    def _wait_for(self, children: list[subprocess.Popen[bytes]]) -> None:
        end = time.monotonic() + STOP_TIMEOUT
        while any(child.poll() is None for child in children) and time.monotonic() < end and not self.is_hurried():
            time.sleep(POLL_INTERVAL)

    def _restart(self, managed: ManagedProcess) -> None:
        if managed.restart_at is None:
            self._record_exit(managed)
        elif time.monotonic() >= managed.restart_at:
            try:
                managed.child = self._spawn(managed.process)
            except BlockingIOError:
                return  # a process of the old group still holds the lock
            managed.started_at, managed.restart_at = time.monotonic(), None

    def _record_exit(self, managed: ManagedProcess) -> None:
        pid_locks.signal_group(managed.child.pid, signal.SIGKILL)
        now = time.monotonic()
        managed.exits = managed.exits + 1 if now - managed.started_at < STABLE_AFTER else 1
        managed.restart_at = now if managed.exits == 1 else now + RESTART_DELAY
        if managed.exits == 1:
            self.report(f"{managed.name} stopped ({_cause(managed.child.returncode)}); starting it again.")
        if managed.exits == EXITS_TO_REPORT:
            self.report(f"{managed.name} keeps stopping; the reason is at the end of {self.instance.log(managed.name)}")

    def _spawn(self, process: Process) -> subprocess.Popen[bytes]:
        ready = self.instance.ready_file(process.name)
        ready.unlink(missing_ok=True)
        lock = pid_locks.lock(self.instance.pid_file(process.name))
        try:
            with self.instance.log(process.name).open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 - our own commands
                    process.command,
                    cwd=ROOT,
                    env={
                        **os.environ,
                        "VAR_DIR": str(self.instance.state_dir),
                        "READY_FILE": str(ready),
                        **process.environment,
                    },
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=[lock],
                )
            pid_locks.write(lock, f"{child.pid}\n")
        finally:
            os.close(lock)
        return child


def _cause(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _truncate_log(instance: Instance, name: str) -> None:
    """Empties a log that has grown long, and keeps the last part of it in a second file.

    Its process goes on writing to the same file, at its new end. What it writes between the two steps is lost.
    """
    log = instance.log(name)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        with suppress(OSError), log.open("rb") as written, log.with_suffix(".old.log").open("wb") as kept:
            written.seek(-LOG_LIMIT, os.SEEK_END)
            shutil.copyfileobj(written, kept)
        os.truncate(log, 0)  # even where the disk is too full for the second file
