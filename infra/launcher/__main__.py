"""`python -m infra.launcher`: everything the course needs, until Ctrl-C."""

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

if FOUND := problems(os.environ):  # before anything is imported that goes by them, such as the sagas
    sys.exit("\n".join(FOUND))

from config.processes import processes
from infra.launcher import broker, pid_locks, valkey, web
from infra.launcher.instance import Instance, StartError, instance_of, prepare
from infra.launcher.process import Process, Stage
from infra.launcher.supervisor import BEAT, Supervisor

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequests:
    """How often we have been asked to stop. Once is enough; a second time is impatience."""

    def __init__(self) -> None:
        self.count = 0
        self.has_terminal = has_terminal()
        for number in STOPPING:
            # Under nohup, a terminal that closes is meant to be survived.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.count += 1

    def to_stop(self) -> bool:
        # `ssh -t host make run`: when the line breaks, only make hears of it, and waits for us.
        return self.count > 0 or (self.has_terminal and not has_terminal())

    def to_hurry(self) -> bool:
        return self.count > 1


def has_terminal() -> bool:
    """Whether a terminal that still exists controls us."""
    try:
        return os.tcgetpgrp(0) > 0
    except OSError:
        return False


def say(line: str) -> None:
    """One line for the learner. The terminal may be gone; stopping must go on all the same."""
    with suppress(OSError):
        print(line, flush=True)


def hold(instance: Instance) -> None:
    """Makes this the only run in its directory while it lives. Raises StartError when there is one already."""
    file = instance.run_dir / "up.lock"
    try:
        pid_locks.note(pid_locks.claim(file), f"{os.getpid()} {instance.address}")
    except BlockingIOError:
        pid, address = file.read_text().split()
        raise StartError(f"Already running at {address}. To stop it: kill {pid}") from None


def make_ready(instance: Instance) -> None:
    """Checks the settings, brings the database up to date, and compresses what is served as it is.

    Raises StartError with what is wrong.
    """
    with ThreadPoolExecutor() as beside:
        for done in [beside.submit(manage, instance, command) for command in ("migrate", "collectstatic")]:
            done.result()


def manage(instance: Instance, command: str) -> None:
    """Runs a command of Django's. Raises StartError with what it says when it fails."""
    log = instance.log(command)
    with log.open("w") as output:
        done = subprocess.run(  # noqa: S603  one of the two above
            [sys.executable, "manage.py", command, "--no-input", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, "VAR_DIR": str(instance.var)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is not to cut a migration in two
            check=False,
        )
    if done.returncode != 0:
        line = telling_line(log.read_text())
        if "OperationalError" in line and env("DATABASE_URL"):
            line += ". Is DATABASE_URL right, and that server up?"
        raise StartError(f"{line} (all of it: {log})")


def telling_line(output: str) -> str:
    """The first error of Django's checks, or the line of a traceback that names the exception.

    What comes after that, as some databases have it, is advice and begins with a space.
    """
    lines = [line for line in output.splitlines() if line.strip() and not line[0].isspace()]
    lines = lines or ["Something could not be prepared"]
    return lines[lines.index("ERRORS:") + 1] if "ERRORS:" in lines[:-1] else lines[-1]


def bring_up(supervisor: Supervisor, started: Iterable[Process], requests: StopRequests) -> None:
    """Starts these and waits until everything so far does its work, or until asked to stop."""
    if requests.to_stop():
        return
    supervisor.start(started)
    while not requests.to_stop() and not supervisor.is_ready():
        supervisor.restart_dead()
        time.sleep(BEAT)


def run(instance: Instance, all_processes: tuple[Process, ...], requests: StopRequests) -> None:
    """Starts everything, says where it answers, and stays until asked to stop."""
    supervisor = Supervisor(instance, say=say, is_hurried=requests.to_hurry)
    try:
        bring_up(supervisor, (one for one in all_processes if one.stage is Stage.BROKER), requests)
        make_ready(instance)
        bring_up(supervisor, (one for one in all_processes if one.stage is Stage.REST), requests)
        if not requests.to_stop():
            say(f"Ready: {instance.address} (Ctrl-C stops everything)")
        while not requests.to_stop():
            supervisor.restart_dead()
            time.sleep(BEAT)
        say("Stopping; a delivery in progress may take a few seconds.")
    finally:
        supervisor.stop()


def main() -> int:
    os.umask(0o077)  # whatever is written from here on is its owner's alone
    requests = StopRequests()
    try:
        instance = instance_of(os.environ)
        prepare(instance)
        hold(instance)
        left = pid_locks.end_leftovers(instance.run_dir)
        if left:
            say(f"Ended what an earlier run had left behind: {', '.join(left)}.")
        web.require_free(instance)
        if instance.redis_url:
            broker.wait_for(instance.redis_url, say=say, is_stopped=requests.to_stop)
            if requests.to_stop():
                return 0
            valkey.note_url(instance, instance.redis_url)
        else:
            valkey.configure(instance)
        all_processes = processes(instance)
        say(f"Starting {len(all_processes)} processes; their logs are in {instance.log('web').parent}")
        run(instance, all_processes, requests)
    except StartError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
