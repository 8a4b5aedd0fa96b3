"""Runs the whole product on a free port with its own state directory, for tests that need real processes.

with Stack(var=tmp_path_factory.mktemp("var")) as stack:
    stack.kill("payment")
    stack.wait_for_return("payment", after=pid)
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from infra.launcher.pid_locks import end_leftovers

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT, STOP_LIMIT, RETURN_LIMIT = 60.0, 25.0, 20.0  # seconds


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def until(condition: Callable[[], bool], *, within: float, what: str) -> None:
    """Returns as soon as the condition holds; AssertionError naming `what` when it does not in time (seconds)."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(0.02)


def group_lives(leader: int) -> bool:
    """Returns whether a process of the group that `leader` started still runs. Zombies do not count."""
    listing = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listing.splitlines())
    return any(int(group) == leader and not state.startswith("Z") for group, state in rows)


class Stack:
    """Web, clock, broker and every worker, started as the learner starts them. `environment` adds or overrides."""

    def __init__(self, *, var: Path, port: int | None = None, **environment: str) -> None:
        self.var, self.port = var, port or free_port()
        self.var.mkdir(parents=True, exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "HOST"}}
        self.env = {**inherited, "VAR_DIR": str(var), "PORT": str(self.port), **environment}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def redis_url(self) -> str:
        return self.env.get("REDIS_URL") or (self.var / "redis-url").read_text().strip()

    @property
    def output(self) -> str:
        """The output of `make run` so far."""
        return self.output_file.read_text()

    @property
    def output_file(self) -> Path:
        return self.var / "output"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def launch(self) -> None:
        """Starts everything without waiting."""
        with self.output_file.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.launcher"],
                cwd=ROOT,
                env=self.env,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self) -> None:
        """Starts everything and waits until it answers. Raises AssertionError with the output when it does not."""
        self.launch()
        try:
            until(lambda: "Ready:" in self.output or not self.is_up(), within=START_LIMIT, what="everything is ready")
            assert self.is_up(), "it ended instead of becoming ready"
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"{error}\n{self.output}\n{self.logs()}") from None

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, number: signal.Signals = signal.SIGINT) -> int | None:
        """Ends everything as Ctrl-C in the terminal does, and returns the exit status."""
        if self.process is None:
            return None
        if self.is_up():
            os.killpg(self.process.pid, number)
        try:
            return self.process.wait(timeout=STOP_LIMIT)
        finally:
            self.process.kill()
            self.process.wait()
            end_leftovers(self.var / "run")

    def pid(self, name: str) -> int:
        """Returns the process id, also the group id, of "web", "clock", "valkey" or an actor's worker."""
        return int((self.var / "run" / f"{name}.pid").read_text())

    def pids(self) -> dict[str, int]:
        return {file.stem: self.pid(file.stem) for file in sorted((self.var / "run").glob("*.pid"))}

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Kills one process, not its children, and returns its id. The supervisor restarts it."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_for_return(self, name: str, *, after: int) -> None:
        """Returns once `name`, which had the id `after`, runs again and does its work."""
        until(lambda: self.has_returned(name, after=after), within=RETURN_LIMIT, what=f"{name} is back")

    def has_returned(self, name: str, *, after: int) -> bool:
        file = self.var / "run" / f"{name}.pid"
        text = file.read_text().strip()
        return bool(text) and int(text) != after and self.does_its_work(name)

    def does_its_work(self, name: str) -> bool:
        if name == "valkey":
            return answers_on(int(self.redis_url.rsplit(":", 1)[1].split("/")[0]))
        if name == "web":
            return self.get("/healthz") == 200
        return name == "clock" or (self.var / "run" / f"{name}.ready").exists()

    def restart_valkey(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kills the broker and returns once it answers again."""
        self.wait_for_return("valkey", after=self.kill("valkey", number))

    def get(self, path: str) -> int:
        """Returns the HTTP status of a page; 0 when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def logs(self, last: int = 15) -> str:
        """Returns the end of every log, for the message of a failed test."""
        files = sorted((self.var / "log").glob("*.log"))
        return "\n".join(f"--- {file.name}\n" + "\n".join(file.read_text().splitlines()[-last:]) for file in files)


def answers_on(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
