"""The parts of a picture of a plan: boxes, arrows and their labels."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sandbox.definitions.registry import CUSTOMER, SERVICE
from sandbox.engine.plan.model import Hop, Plan, Way


class Shape(StrEnum):
    """The orientation of the row of services."""

    WIDE = "wide"
    TALL = "tall"


@dataclass(frozen=True, slots=True)
class Node:
    """One actor's box, by its centre."""

    actor: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A message's name at its arrow."""

    hop: Hop
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Link:
    """One arrow; all the messages from one actor to another share it."""

    sender: str
    receiver: str
    path: str
    labels: tuple[Label, ...]

    @property
    def hops(self) -> tuple[Hop, ...]:
        return tuple(label.hop for label in self.labels)

    @property
    def way(self) -> Way:
        """Returns FORWARD if any message on it goes forward."""
        return min((hop.way for hop in self.hops), key=list(Way).index)


@dataclass(frozen=True, slots=True)
class Drawing:
    plan: Plan
    shape: Shape
    width: float
    height: float
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


LINE, ARC, LETTER = 14.0, 38.0, 7.2


@dataclass(frozen=True)
class Pairs:
    """The plan's hops, grouped by sender and receiver, without those that share the label of another."""

    plan: Plan

    @cached_property
    def by_ends(self) -> dict[tuple[str, str], list[Hop]]:
        gathered: dict[tuple[str, str], list[Hop]] = {}
        for hop in (one for one in self.plan.hops if not one.stands_for):
            gathered.setdefault((hop.sender, hop.receiver), []).append(hop)
        return gathered

    @property
    def hub(self) -> str | None:
        """Returns the orchestrator, if the plan has one."""
        return next((actor for actor in self.plan.actors if actor not in SERVICE and actor != CUSTOMER), None)


def stack(hops: Iterable[Hop], x: float, y: float, anchor: str) -> tuple[Label, ...]:
    return tuple(Label(hop, x, y + i * LINE, anchor) for i, hop in enumerate(hops))


def box_height(plan: Plan, height: float) -> float:
    """Returns the height of the boxes: a service with several steps names each on a line of its own."""
    services = [step.service for step in plan.saga.steps]
    return height + 12.0 * (max(map(services.count, services)) - 1)


def label_width(hop: Hop) -> float:
    """Returns the width of the message's label, its sign included."""
    return LETTER * (len(hop.name) + (hop.way is not Way.FORWARD) * 2)
