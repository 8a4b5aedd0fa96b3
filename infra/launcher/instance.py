"""Describes an instance: the directory of its state, the address of its pages and its broker."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.env import env, problems
from infra.instance_state import make_private

# Where a server that listens on every address can be reached from the same machine.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


class StartError(Exception):
    """Nothing can start; the message says in one line why, and what to do."""


@dataclass(frozen=True)
class Instance:
    """The state directory, address and broker of one instance.

    `redis_url` is None where the launcher starts a Valkey of the instance's own.
    """

    state_dir: Path
    host: str
    port: int
    redis_url: str | None

    @property
    def address(self) -> str:
        """Returns the URL of the front page for a browser on the same machine."""
        name = LOOPBACK.get(self.host, self.host)
        return f"http://[{name}]:{self.port}/" if ":" in name else f"http://{name}:{self.port}/"

    @property
    def redis_url_file(self) -> Path:
        """Returns the file from which the settings read the broker's URL when REDIS_URL is unset."""
        return self.state_dir / "redis-url"

    @property
    def run_dir(self) -> Path:
        """Returns the directory of the processes' locks."""
        return self.state_dir / "run"

    def log(self, name: str) -> Path:
        """Returns the file to which process or command `name` writes its output."""
        return self.state_dir / "log" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        """Returns the file that holds the id of process `name`, which locks it while it runs."""
        return self.run_dir / f"{name}.pid"

    def ready_file(self, name: str) -> Path:
        """Returns the file that process `name` creates once it is ready."""
        return self.run_dir / f"{name}.ready"


def read_instance(environment: Mapping[str, str]) -> Instance:
    """Returns the instance that VAR_DIR, HOST, PORT and REDIS_URL describe.

    Raises StartError with a line for each variable, of those and all others, whose value cannot be used.
    """
    if found := problems(environment):
        raise StartError("\n".join(found))
    names = ("VAR_DIR", "HOST", "PORT", "REDIS_URL")
    return Instance(*(env(name, environment) for name in names))


def make_directories(instance: Instance) -> None:
    """Makes the instance's directories, for their owner only. Raises StartError when they cannot be written."""
    try:
        make_private(instance.state_dir)
        for directory in (instance.run_dir, instance.log("any").parent):
            directory.mkdir(parents=True, exist_ok=True)
            if not os.access(directory, os.W_OK):
                raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise StartError(
            f"{instance.state_dir} cannot hold the state: {error.strerror}. Set VAR_DIR to a directory of yours."
        ) from error
