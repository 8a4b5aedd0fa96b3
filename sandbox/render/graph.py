"""Where everything stands in the picture of a plan. Drawn from the plan's hops; knows nothing of any style.

Services stand in a row (or, on a small screen, in a column). An actor that is no service and no customer is a hub:
a bar along the row, with spokes to the services. Messages between services are arcs: forward on one side of the row,
backward on the other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property

from sandbox.definitions.registry import CUSTOMER, SERVICE
from sandbox.engine.plan import Hop, Plan, Way


class Shape(StrEnum):
    """Which way the row of services runs."""

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
    """A message's name beside its arrow."""

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
        """Forward if anything on it goes forward."""
        return min((hop.way for hop in self.hops), key=list(Way).index)


@dataclass(frozen=True, slots=True)
class Drawing:
    plan: Plan
    shape: Shape
    width: float
    height: float
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


LINE, ARC, LETTER = 14.0, 46.0, 7.2


@dataclass(frozen=True)
class Pairs:
    """The plan's hops, gathered by who sends and who receives."""

    plan: Plan

    @cached_property
    def by_ends(self) -> dict[tuple[str, str], list[Hop]]:
        gathered: dict[tuple[str, str], list[Hop]] = {}
        for hop in self.plan.hops:
            gathered.setdefault((hop.sender, hop.receiver), []).append(hop)
        return gathered

    @property
    def hub(self) -> str | None:
        """The actor that coordinates, if the plan has one."""
        return next((actor for actor in self.plan.actors if actor not in SERVICE and actor != CUSTOMER), None)


@cache
def draw(plan: Plan, shape: Shape) -> Drawing:
    """The picture of a plan."""
    pairs = Pairs(plan)
    if shape is Shape.WIDE:
        return _wide_hub(pairs, pairs.hub) if pairs.hub else _wide_row(pairs)
    return _tall_hub(pairs, pairs.hub) if pairs.hub else _tall_column(pairs)


def _stack(hops: Iterable[Hop], x: float, y: float, anchor: str) -> tuple[Label, ...]:
    return tuple(Label(hop, x, y + i * LINE, anchor) for i, hop in enumerate(hops))


def _wide_row(pairs: Pairs) -> Drawing:
    column, box = 176.0, (140.0, _tallest(pairs.plan, 58.0))
    actors = pairs.plan.actors
    furthest = max(actors.index(receiver) - actors.index(sender) for sender, receiver in pairs.by_ends)
    top = box[1] / 2 + 0.75 * ARC * furthest + 2 * LINE
    nodes = {a: Node(a, column * (i + 0.5), top, *box) for i, a in enumerate(actors)}
    links = [
        _arc(nodes[s], nodes[r], hops, actors.index(r) - actors.index(s), column)
        for (s, r), hops in pairs.by_ends.items()
    ]
    depth = max((label.y for link in links for label in link.labels), default=top)
    return Drawing(
        pairs.plan, Shape.WIDE, column * len(actors), max(depth, top + 30) + 18, tuple(nodes.values()), tuple(links)
    )


def _arc(start: Node, end: Node, hops: list[Hop], distance: int, column: float) -> Link:
    """Forward arcs bow upward from box to box, backward arcs downward; longer ones further."""
    forward = distance > 0
    side = -1 if forward else 1
    lean = 18.0 if forward else -18.0
    x1, x2 = start.x + lean, end.x - lean
    y = start.y + side * start.height / 2
    bow = y + side * (ARC * abs(distance))
    path = f"M{x1:g} {y:g} C{x1:g} {bow:g} {x2:g} {bow:g} {x2:g} {y:g}"
    apex = y + side * 0.75 * (ARC * abs(distance))
    first = apex - 7 - LINE * (len(hops) - 1) if forward else apex + LINE
    return Link(start.actor, end.actor, path, _stack(hops, (x1 + x2) / 2, first, "middle"))


def _tallest(plan: Plan, height: float) -> float:
    """How high the boxes have to be: a service with several steps names each on a line of its own."""
    services = [step.service for step in plan.saga.steps]
    return height + 12.0 * (max(map(services.count, services)) - 1)


def _wide_hub(pairs: Pairs, hub: str) -> Drawing:
    column, bar, box = 200.0, 40.0, (166.0, _tallest(pairs.plan, 58.0))
    services = pairs.plan.saga.services
    row = 203.0 + box[1] / 2 + LINE * max(0, _most_labels(pairs, hub) - 6)
    width = column * (len(services) + 1)
    nodes = {service: Node(service, column * (i + 1.5), row, *box) for i, service in enumerate(services)}
    nodes[CUSTOMER] = Node(CUSTOMER, column / 2, bar, 154.0, 58.0)
    nodes[hub] = Node(hub, column + (width - column) / 2, bar, width - column - 24, 52.0)
    links = [_wide_link(pairs, nodes, hub, ends, column) for ends in pairs.by_ends]
    lowest = max(label.y for link in links for label in link.labels)
    height = max(row + box[1] / 2, lowest) + 18
    return Drawing(pairs.plan, Shape.WIDE, width, height, tuple(nodes.values()), tuple(links))


def _most_labels(pairs: Pairs, hub: str) -> int:
    """The most messages that are written beside one service's two spokes."""
    both = (
        len(pairs.by_ends.get((hub, service), ())) + len(pairs.by_ends.get((service, hub), ()))
        for service in pairs.plan.saga.services
    )
    return max(both)


def _wide_link(pairs: Pairs, nodes: dict[str, Node], hub: str, ends: tuple[str, str], column: float) -> Link:
    sender, receiver = ends
    hops, start, end = pairs.by_ends[ends], nodes[sender], nodes[receiver]
    if hub not in ends:
        return _below(start, end, hops, abs(round((end.x - start.x) / column)))
    if sender == CUSTOMER:
        x1, x2 = start.x + start.width / 2, end.x - end.width / 2
        labels = _stack(hops, start.x, start.y + start.height / 2 + LINE + 4, "middle")
        return Link(sender, receiver, f"M{x1:g} {start.y:g} H{x2:g}", labels)
    bar = nodes[hub].y + nodes[hub].height / 2
    return _wide_spoke(sender, receiver, end if sender == hub else start, hops, bar, sender == hub)


def _below(start: Node, end: Node, hops: list[Hop], distance: int) -> Link:
    """An arc under the row, from service to service; those that go left hang lower."""
    lean = 26.0 if end.x > start.x else -26.0
    x1, x2, y = start.x + lean, end.x - lean, start.y + start.height / 2
    depth = 0.75 * ARC * distance + (0 if end.x > start.x else ARC)
    bow = y + depth / 0.75
    path = f"M{x1:g} {y:g} C{x1:g} {bow:g} {x2:g} {bow:g} {x2:g} {y:g}"
    return Link(start.actor, end.actor, path, _stack(hops, (x1 + x2) / 2, y + depth + LINE, "middle"))


def _wide_spoke(sender: str, receiver: str, node: Node, hops: list[Hop], bar: float, down: bool) -> Link:
    top = node.y - node.height / 2
    x = node.x - 81 if down else node.x + 81
    path = f"M{x:g} {bar:g} V{top:g}" if down else f"M{x:g} {top:g} V{bar:g}"
    labels = (
        _stack(hops, x + 7, bar + 22, "start") if down else _stack(hops, x - 7, top - 8 - LINE * (len(hops) - 1), "end")
    )
    return Link(sender, receiver, path, labels)


def _tall_column(pairs: Pairs) -> Drawing:
    width, box = 340.0, (150.0, _tallest(pairs.plan, 50.0))
    actors = pairs.plan.actors
    down, up = _beside_gaps(pairs)
    nodes: dict[str, Node] = {}
    y = 30.0
    for i, actor in enumerate(actors):
        nodes[actor] = Node(actor, width / 2, y, *box)
        lines = max(len(down.get(i, ())), len(up.get(i, ())), 1)
        y += box[1] + max(40.0, lines * LINE + 14)
    links = [_tall_arc(pairs, nodes, actors, ends, down, up) for ends in pairs.by_ends]
    last = nodes[actors[-1]]
    return Drawing(pairs.plan, Shape.TALL, width, last.y + box[1] / 2 + 6, tuple(nodes.values()), tuple(links))


def _beside_gaps(pairs: Pairs) -> tuple[dict[int, list[Hop]], dict[int, list[Hop]]]:
    """Which messages are written beside the gap below the n-th actor: those going down, and those going up."""
    place = {actor: i for i, actor in enumerate(pairs.plan.actors)}
    down: dict[int, list[Hop]] = {}
    up: dict[int, list[Hop]] = {}
    for (sender, receiver), hops in pairs.by_ends.items():
        if place[sender] < place[receiver]:
            down.setdefault(place[sender], []).extend(hops)
        else:
            up.setdefault(place[sender] - 1, []).extend(hops)
    return down, up


def _tall_arc(
    pairs: Pairs,
    nodes: dict[str, Node],
    actors: tuple[str, ...],
    ends: tuple[str, str],
    down: dict[int, list[Hop]],
    up: dict[int, list[Hop]],
) -> Link:
    start, end = nodes[ends[0]], nodes[ends[1]]
    distance = actors.index(ends[1]) - actors.index(ends[0])
    side = -1 if distance > 0 else 1
    gap = actors.index(ends[0]) if distance > 0 else actors.index(ends[0]) - 1
    beside = (down if distance > 0 else up)[gap]
    half = start.height / 2
    y1, y2 = (start.y + half, end.y - half) if distance > 0 else (start.y - half, end.y + half)
    x = start.x + side * 22
    path = f"M{x:g} {y1:g} V{y2:g}"
    if abs(distance) > 1:
        edge, bow = start.x + side * start.width / 2, start.x + side * (start.width / 2 + 26 * abs(distance))
        path = f"M{edge:g} {start.y:g} C{bow:g} {start.y:g} {bow:g} {end.y:g} {edge:g} {end.y:g}"
    upper = nodes[actors[gap]].y + half
    lower = nodes[actors[gap + 1]].y - half
    first = (upper + lower) / 2 + 4 - LINE * (len(beside) - 1) / 2
    hops = pairs.by_ends[ends]
    labels = tuple(
        Label(hop, x + side * 9, first + beside.index(hop) * LINE, "end" if side < 0 else "start") for hop in hops
    )
    return Link(*ends, path, labels)


def _tall_hub(pairs: Pairs, hub: str) -> Drawing:
    between = [ends for ends in pairs.by_ends if hub not in ends]
    box, bar_width = (130.0, _tallest(pairs.plan, 52.0)), 34.0
    services = pairs.plan.saga.services
    nodes = {CUSTOMER: Node(CUSTOMER, 71.0, 30.0, 130.0, 50.0)}
    links = []
    bar_top, left = 98.0, 6 + bar_width
    right = left + 16 + max(_length(hop) for ends, hops in pairs.by_ends.items() if hub in ends for hop in hops)
    width = right + box[0] + 6
    y = bar_top + 6
    for service in services:
        asked, told = pairs.by_ends.get((hub, service), []), pairs.by_ends.get((service, hub), [])
        height = (len(asked) + len(told)) * LINE + box[1] - 14
        out, back = y + len(asked) * LINE + 8, y + height - 10
        tall = max(box[1], back - out + 2 * LINE)
        nodes[service] = Node(service, width - 6 - box[0] / 2, (out + back) / 2, box[0], tall)
        links.append(Link(hub, service, f"M{left:g} {out:g} H{right:g}", _stack(asked, left + 8, y + 12, "start")))
        labels = _stack(told, right - 8, out + 18, "end")
        links.append(Link(service, hub, f"M{right:g} {back:g} H{left:g}", labels))
        y += height + 8
    nodes[hub] = Node(hub, 6 + bar_width / 2, (bar_top + y) / 2, bar_width, y - bar_top)
    for sender, receiver in pairs.by_ends:
        if sender == CUSTOMER:
            x, hops = nodes[receiver].x, pairs.by_ends[sender, receiver]
            links.append(Link(sender, receiver, f"M{x:g} 55 V{bar_top:g}", _stack(hops, x + 9, 81, "start")))
    services_only = [ends for ends in between if CUSTOMER not in ends]
    arcs = [_beside(nodes[s], nodes[r], pairs.by_ends[s, r], n) for n, (s, r) in enumerate(services_only)]
    links += _apart(arcs)
    furthest = max((label.x + _length(label.hop) for link in arcs for label in link.labels), default=0.0)
    return Drawing(pairs.plan, Shape.TALL, max(width, furthest), y + 8, tuple(nodes.values()), tuple(links))


def _length(hop: Hop) -> float:
    """How long the message's name is when it is written, with its sign."""
    return LETTER * (len(hop.name) + (hop.way is not Way.FORWARD) * 2)


def _apart(links: Iterable[Link]) -> Iterator[Link]:
    """The links with their labels one below the other, so that each can be read."""
    lowest = 0.0
    for link in sorted(links, key=lambda link: link.labels[0].y):
        first = max(link.labels[0].y, lowest + LINE)
        lowest = first + LINE * (len(link.labels) - 1)
        yield replace(link, labels=_stack(link.hops, link.labels[0].x, first, "start"))


def _beside(start: Node, end: Node, hops: list[Hop], position: int) -> Link:
    """An arc to the right of the column, from service to service; each starts and ends a little apart."""
    edge = start.x + start.width / 2
    y1, y2 = start.y - 14 + 9 * position, end.y - 14 + 9 * position
    bow = edge + 28 + 10 * position
    path = f"M{edge:g} {y1:g} C{bow:g} {y1:g} {bow:g} {y2:g} {edge:g} {y2:g}"
    return Link(start.actor, end.actor, path, _stack(hops, bow - 2, (y1 + y2) / 2 + 4, "start"))
