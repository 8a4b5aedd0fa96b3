"""`python -m infra.launcher` runs everything that the course needs, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import FrameType

from config.env import ROOT, env, problems

if FOUND := problems(os.environ):  # before the imports that read them, such as the registry of sagas
    sys.exit("\n".join(FOUND))

from config.processes import processes
from infra.launcher import broker, pid_locks, valkey, web
from infra.launcher.instance import Instance, StartError, make_directories, read_instance
from infra.launcher.process import Process, Stage
from infra.launcher.supervisor import POLL_INTERVAL, Supervisor

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequests:
    """Counts the requests to stop. The first stops everything in order, a second one at once."""

    def __init__(self) -> None:
        self.count = 0
        self.has_terminal = has_terminal()
        for number in STOP_SIGNALS:
            # nohup ignores SIGHUP, so that everything goes on when the terminal is closed.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._count_one)

    def _count_one(self, number: int, frame: FrameType | None) -> None:
        self.count += 1

    def is_stopping(self) -> bool:
        # With `ssh -t host make run`, only make gets a signal when the connection breaks, and it waits for us.
        return self.count > 0 or (self.has_terminal and not has_terminal())

    def is_hurried(self) -> bool:
        return self.count > 1


def has_terminal() -> bool:
    """Returns whether this process has a controlling terminal that still exists."""
    try:
        return os.tcgetpgrp(0) > 0
    except OSError:
        return False


def print_line(line: str) -> None:
    """Prints a line for the person who started us. Without a terminal, printing fails and stopping must go on."""
    with suppress(OSError):
        print(line, flush=True)


def lock_instance(instance: Instance) -> None:
    """Makes this the only launcher of an instance while it runs. Raises StartError when another one runs already."""
    file = instance.run_dir / "launcher.lock"
    try:
        pid_locks.write(pid_locks.lock(file), f"{os.getpid()} {instance.address}")
    except BlockingIOError:
        pid, address = file.read_text().split()
        raise StartError(f"Already running at {address}. To stop it: kill {pid}") from None


def migrate_and_collect(instance: Instance) -> None:
    """Checks the settings, migrates the database, and collects and compresses the static files, at the same time.

    Raises StartError with what is wrong.
    """
    with ThreadPoolExecutor() as threads:
        for result in [threads.submit(run_command, instance, name) for name in ("migrate", "collectstatic")]:
            result.result()


def run_command(instance: Instance, name: str) -> None:
    """Runs a management command of Django's. Raises StartError with its error when it fails."""
    log = instance.log(name)
    with log.open("w") as output:
        done = subprocess.run(  # noqa: S603  one of the two above
            [sys.executable, "manage.py", name, "--no-input", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, "VAR_DIR": str(instance.state_dir)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # so that Ctrl-C does not interrupt a migration
            check=False,
        )
    if done.returncode != 0:
        line = error_line(log.read_text())
        if "OperationalError" in line and env("DATABASE_URL"):
            line += ". Is DATABASE_URL right, and that server up?"
        raise StartError(f"{line} (all of it: {log})")


def error_line(output: str) -> str:
    """Returns the first error of Django's checks, or the line of a traceback that names the exception.

    Lines that begin with a space are left out: some databases add advice in such lines after the exception.
    """
    lines = [line for line in output.splitlines() if line.strip() and not line[0].isspace()]
    lines = lines or ["Something could not be prepared"]
    return lines[lines.index("ERRORS:") + 1] if "ERRORS:" in lines[:-1] else lines[-1]


def start_and_wait(supervisor: Supervisor, started: Iterable[Process], requests: StopRequests) -> None:
    """Starts these and waits until everything so far is ready, or until asked to stop."""
    if requests.is_stopping():
        return
    supervisor.start(started)
    while not requests.is_stopping() and not supervisor.is_ready():
        supervisor.restart_dead()
        time.sleep(POLL_INTERVAL)


def run_until_stopped(instance: Instance, all_processes: tuple[Process, ...], requests: StopRequests) -> None:
    """Starts everything, prints its address, and keeps it running until asked to stop."""
    supervisor = Supervisor(instance, report=print_line, is_hurried=requests.is_hurried)
    try:
        start_and_wait(supervisor, (one for one in all_processes if one.stage is Stage.BROKER), requests)
        migrate_and_collect(instance)
        start_and_wait(supervisor, (one for one in all_processes if one.stage is Stage.REST), requests)
        if not requests.is_stopping():
            print_line(f"Ready: {instance.address} (Ctrl-C stops everything)")
        while not requests.is_stopping():
            supervisor.restart_dead()
            time.sleep(POLL_INTERVAL)
        print_line("Stopping; a delivery in progress may take a few seconds.")
    finally:
        supervisor.stop()


def main() -> int:
    os.umask(0o077)  # all files written from here on can be read by their owner only
    requests = StopRequests()
    try:
        instance = read_instance(os.environ)
        make_directories(instance)
        lock_instance(instance)
        ended = pid_locks.end_leftovers(instance.run_dir)
        if ended:
            print_line(f"Ended what an earlier run had left behind: {', '.join(ended)}.")
        web.require_free(instance)
        if instance.redis_url:
            broker.wait_for(instance.redis_url, report=print_line, is_stopped=requests.is_stopping)
            if requests.is_stopping():
                return 0
            valkey.write_url(instance, instance.redis_url)
        else:
            valkey.configure(instance)
        all_processes = processes(instance)
        print_line(f"Starting {len(all_processes)} processes; their logs are in {instance.log('web').parent}")
        run_until_stopped(instance, all_processes, requests)
    except StartError as error:
        print_line(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
