"""What a process of the stack is: how it is started, when, and how one sees that it does its work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from infra.launcher.instance import Instance


class Stage(IntEnum):
    """When a process starts; stopping goes the other way, so that workers can still give back what they hold."""

    BROKER = 1
    REST = 2


def lives(_: Instance) -> bool:
    """For a process that works as soon as it lives."""
    return True


@dataclass(frozen=True)
class Process:
    """One long-running process: how it is started, and how one sees that it does its work."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[Instance], bool] = lives
    stage: Stage = Stage.REST
    environment: Mapping[str, str] = field(default_factory=dict)
