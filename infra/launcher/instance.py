"""Where a run keeps its state and where it answers, read from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.env import env, problems
from infra.instance_state import make_private

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


class StartError(Exception):
    """Nothing can start; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Instance:
    """The directory of one run's state, the address of its pages, and the broker it was given, if any."""

    var: Path
    host: str
    port: int
    redis_url: str | None

    @property
    def address(self) -> str:
        """The front page's URL, as a browser on this machine opens it."""
        name = EVERYWHERE.get(self.host, self.host)
        return f"http://[{name}]:{self.port}/" if ":" in name else f"http://{name}:{self.port}/"

    @property
    def noted_redis_url(self) -> Path:
        """The file in which the settings look for the broker when REDIS_URL is unset."""
        return self.var / "redis-url"

    @property
    def run_dir(self) -> Path:
        return self.var / "run"

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        """Holds the id of process `name`, and is locked by it while it lives."""
        return self.run_dir / f"{name}.pid"

    def ready_file(self, name: str) -> Path:
        """Made by process `name` once it does its work."""
        return self.run_dir / f"{name}.ready"


def instance_of(environment: Mapping[str, str]) -> Instance:
    """The place that VAR_DIR, HOST, PORT and REDIS_URL name.

    Raises StartError with a line for each variable, of those and all others, that cannot be used.
    """
    if found := problems(environment):
        raise StartError("\n".join(found))
    names = ("VAR_DIR", "HOST", "PORT", "REDIS_URL")
    return Instance(*(env(name, environment) for name in names))


def prepare(instance: Instance) -> None:
    """Makes the directories, for their owner alone. Raises StartError when they cannot be written."""
    try:
        make_private(instance.var)
        for directory in (instance.run_dir, instance.log("any").parent):
            directory.mkdir(parents=True, exist_ok=True)
            if not os.access(directory, os.W_OK):
                raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise StartError(
            f"{instance.var} cannot hold the state: {error.strerror}. Set VAR_DIR to a directory of yours."
        ) from error
