"""Describes a process that the launcher runs: how and when it starts, and when it is ready."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from infra.launcher.instance import Instance


class Stage(IntEnum):
    """When a process starts. The last stage stops first, so that workers can give unfinished messages back."""

    BROKER = 1
    REST = 2


def ready_at_once(_: Instance) -> bool:
    """Returns True: the process is ready as soon as it runs."""
    return True


@dataclass(frozen=True)
class Process:
    """A long-running process: its command, how to tell that it is ready, and what is added to its environment."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[Instance], bool] = ready_at_once
    stage: Stage = Stage.REST
    environment: Mapping[str, str] = field(default_factory=dict)
