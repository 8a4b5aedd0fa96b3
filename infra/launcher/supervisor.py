"""Keeps processes alive, and ends them in order.

Our own, after trying PyPI's supervisor: that looks round once a second, does not wait for the broker before it starts
the workers, pipes every log through itself, gives up for good on what dies often, and still needs a second parent
beside it that knows when everything is ready, tells the learner, and may itself be killed.
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
from infra.launcher.instance import Instance
from infra.launcher.pid_locks import claim, note, signal_group
from infra.launcher.process import Process, Stage

STEADY = 5.0  # seconds of life after which earlier deaths are forgotten
PAUSE = 1.0  # seconds before another start of what has just died at its start
KEEPS_STOPPING = 3  # deaths in a row
GRACE = 10.0  # seconds to end in; a busy worker needs about 4.5
BEAT = 0.05  # seconds
LOG_LIMIT = 5_000_000  # bytes
LOOK_AT_LOGS_EVERY = 1.0  # seconds


@dataclass
class ManagedProcess:
    """One process in our care."""

    process: Process
    child: subprocess.Popen[bytes]
    born: float
    deaths: int = 0
    start_again_at: float | None = None

    @property
    def name(self) -> str:
        return self.process.name

    def is_steady(self) -> bool:
        """Whether it lives and is not merely between two deaths."""
        return self.child.poll() is None and (self.deaths == 0 or time.monotonic() - self.born > STEADY)


class Supervisor:
    """Starts processes, starts again what has exited, and stops them all, the last stage first."""

    def __init__(self, instance: Instance, *, say: Callable[[str], None], is_hurried: Callable[[], bool]) -> None:
        self.instance, self.say, self.is_hurried = instance, say, is_hurried
        self.managed_processes: list[ManagedProcess] = []
        self._look_at_logs_at = 0.0

    def start(self, processes: Iterable[Process]) -> None:
        for process in processes:
            _shorten(self.instance, process.name)
            self.managed_processes.append(ManagedProcess(process, self._spawn(process), time.monotonic()))

    def is_ready(self) -> bool:
        """Whether every process lives and does its work."""
        return all(
            managed.is_steady() and managed.process.is_ready(self.instance) for managed in self.managed_processes
        )

    def restart_dead(self) -> None:
        """Starts again what has exited, and cuts logs that have grown long. Meant to be called many times a second."""
        for managed in self.managed_processes:
            if managed.child.poll() is not None:
                self._restart(managed)
        if time.monotonic() >= self._look_at_logs_at:
            self._look_at_logs_at = time.monotonic() + LOOK_AT_LOGS_EVERY
            for managed in self.managed_processes:
                _shorten(self.instance, managed.name)

    def stop(self) -> None:
        """Ends everything: first asks, then, after the grace or at once when hurried, kills whole groups."""
        for stage in sorted(Stage, reverse=True):
            children = [managed.child for managed in self.managed_processes if managed.process.stage is stage]
            for child in children:
                child.terminate()
            self._wait_for(children)
            for child in children:
                signal_group(child.pid, signal.SIGKILL)
                child.wait()

    def _wait_for(self, children: list[subprocess.Popen[bytes]]) -> None:
        end = time.monotonic() + GRACE
        while any(child.poll() is None for child in children) and time.monotonic() < end and not self.is_hurried():
            time.sleep(BEAT)

    def _restart(self, managed: ManagedProcess) -> None:
        if managed.start_again_at is None:
            self._note_death(managed)
        elif time.monotonic() >= managed.start_again_at:
            try:
                managed.child = self._spawn(managed.process)
            except BlockingIOError:
                return  # the kernel is still clearing the old group away
            managed.born, managed.start_again_at = time.monotonic(), None

    def _note_death(self, managed: ManagedProcess) -> None:
        signal_group(managed.child.pid, signal.SIGKILL)
        now = time.monotonic()
        managed.deaths = managed.deaths + 1 if now - managed.born < STEADY else 1
        managed.start_again_at = now if managed.deaths == 1 else now + PAUSE
        if managed.deaths == 1:
            self.say(f"{managed.name} stopped ({_cause(managed.child.returncode)}); starting it again.")
        if managed.deaths == KEEPS_STOPPING:
            self.say(f"{managed.name} keeps stopping; the reason is at the end of {self.instance.log(managed.name)}")

    def _spawn(self, process: Process) -> subprocess.Popen[bytes]:
        ready = self.instance.ready_file(process.name)
        ready.unlink(missing_ok=True)
        held = claim(self.instance.pid_file(process.name))
        try:
            with self.instance.log(process.name).open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 - our own commands
                    process.command,
                    cwd=ROOT,
                    env={
                        **os.environ,
                        "VAR_DIR": str(self.instance.var),
                        "READY_FILE": str(ready),
                        **process.environment,
                    },
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=[held],
                )
            note(held, f"{child.pid}\n")
        finally:
            os.close(held)
        return child


def _cause(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _shorten(instance: Instance, name: str) -> None:
    """Keeps the last of a long log beside it, and begins it anew.

    Its process goes on writing to the same file, at the new end. What it writes between the two steps is lost.
    """
    log = instance.log(name)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        with suppress(OSError), log.open("rb") as written, log.with_suffix(".old.log").open("wb") as kept:
            written.seek(-LOG_LIMIT, os.SEEK_END)
            shutil.copyfileobj(written, kept)
        os.truncate(log, 0)  # also where the disk is full
