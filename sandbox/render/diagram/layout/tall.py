"""Lays out the tall pictures, for narrow screens: services in a column."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from sandbox.definitions.registry import CUSTOMER
from sandbox.engine.plan.model import Hop
from sandbox.render.diagram.layout.shapes import LINE, Drawing, Link, Node, Pairs, Shape, box_height, label_width, stack
from sandbox.render.diagram.layout.tracks import Ends, levels, rounded_path

BOX = 126.0
# From the column's middle to the arrows between neighbours, and to their names.
ARROW, NAME = 22.0, 31.0
# How much of the room that is kept for a name it needs here, between a box and a track.
TIGHT = 0.9
# From track to track, and for an arrow that arrives from one.
NEXT_TRACK, ARRIVAL = 10.0, 9.0


@dataclass(frozen=True)
class Tracks:
    """Arrows that pass other boxes, left (-1) or right (1) of a column, with their labels where they start."""

    places: dict[str, int]
    ends: dict[Ends, list[Hop]]
    side: int

    @cached_property
    def levels(self) -> dict[Ends, int]:
        return levels(self.places, self.ends)

    @cached_property
    def first(self) -> float:
        """Returns the distance from a box's edge to the first track, which is outside all labels."""
        return 16 + max(map(self._longest, self.ends), default=0.0)

    def _longest(self, ends: Ends) -> float:
        return TIGHT * max(map(label_width, self.ends[ends]))

    @cached_property
    def depth(self) -> float:
        """Returns the distance from the first track to the last."""
        return NEXT_TRACK * max(self.levels.values(), default=0)

    def legs_at(self, actor: str) -> float:
        """Returns the height that a box needs for the arrows that start and end there."""
        return 12 + sum(self._leg(one, one[0] == actor) for one in self.ends if actor in one)

    def _leg(self, ends: Ends, leaves: bool) -> float:
        return LINE * len(self.ends[ends]) + 6 if leaves else ARRIVAL

    def links(self, nodes: dict[str, Node], first: float) -> Iterator[Link]:
        """Yields the arrows; `first` is the distance from the boxes' edge to the first track."""
        for ends, hops in self.ends.items():
            start, end = (nodes[actor] for actor in ends)
            edge = start.x + self.side * start.width / 2
            track = edge + self.side * (first + NEXT_TRACK * self.levels[ends])
            y1, y2 = self._height(ends, start), self._height(ends, end)
            anchor = "end" if self.side < 0 else "start"
            names = stack(hops, edge + self.side * 8, y1 - 5 - LINE * (len(hops) - 1), anchor)
            yield Link(*ends, rounded_path([(edge, y1), (track, y1), (track, y2), (edge, y2)]), names)

    def _height(self, ends: Ends, node: Node) -> float:
        """Returns the height at which an arrow meets a box: those from and to boxes further up are above the others."""
        there = sorted((one for one in self.ends if node.actor in one), key=lambda one: self._sort_key(one, node.actor))
        upto = there[: there.index(ends) + 1]
        return node.y - self.legs_at(node.actor) / 2 + 2 + sum(self._leg(one, one[0] == node.actor) for one in upto)

    def _sort_key(self, ends: Ends, actor: str) -> tuple[bool, int]:
        """Returns a sort key by which no two arrows cross: upward before downward, outer tracks last or first."""
        other = ends[1] if ends[0] == actor else ends[0]
        is_down = self.places[other] > self.places[actor]
        return is_down, -self.levels[ends] if is_down else self.levels[ends]


def column(pairs: Pairs) -> Drawing:
    """Draws a choreography: arrows down on the left, up on the right, those to further boxes on outer tracks."""
    sides = {side: TallSide(pairs, side) for side in (-1, 1)}
    middle = sides[-1].width
    nodes: dict[str, Node] = {}
    y = 5.0
    for actor, following in zip_longest(pairs.plan.actors, pairs.plan.actors[1:]):
        least = [box_height(pairs.plan, 50.0), *(side.tracks.legs_at(actor) for side in sides.values())]
        nodes[actor] = Node(actor, middle, y + max(least) / 2, BOX, max(least))
        lines = max(len(side.between(actor, following)) for side in sides.values())
        y += max(least) + (max(40.0, lines * LINE + 14) if following else 6.0)
    links = [link for side in sides.values() for link in side.links(nodes)]
    return Drawing(pairs.plan, Shape.TALL, middle + sides[1].width, y, tuple(nodes.values()), tuple(links))


@dataclass(frozen=True)
class TallSide:
    """The arrows down on the left of the column (-1), or up on its right (1)."""

    pairs: Pairs
    side: int

    @cached_property
    def places(self) -> dict[str, int]:
        return {actor: i for i, actor in enumerate(self.pairs.plan.actors)}

    def _goes(self, ends: Ends) -> int:
        """Returns how many boxes it goes on this side; less than 1 if it is on the other."""
        return (self.places[ends[0]] - self.places[ends[1]]) * self.side

    @cached_property
    def short(self) -> dict[Ends, list[Hop]]:
        return {one: hops for one, hops in self.pairs.by_ends.items() if self._goes(one) == 1}

    @cached_property
    def tracks(self) -> Tracks:
        far = {one: hops for one, hops in self.pairs.by_ends.items() if self._goes(one) > 1}
        return Tracks(self.places, far, self.side)

    @cached_property
    def first_track(self) -> float:
        """Returns the distance from a box's edge to the first track, outside the labels between neighbours, too."""
        names = [NAME + TIGHT * label_width(hop) - BOX / 2 for hops in self.short.values() for hop in hops]
        return max([self.tracks.first, *(8 + name for name in names)])

    @property
    def width(self) -> float:
        return BOX / 2 + self.first_track + self.tracks.depth + 4

    def between(self, actor: str, following: str | None) -> list[Hop]:
        """Returns the messages between these neighbours on this side."""
        ends = (actor, following) if self.side < 0 else (following, actor)
        return [hop for one, hops in self.short.items() if one == ends for hop in hops]

    def links(self, nodes: dict[str, Node]) -> Iterator[Link]:
        yield from (self._short(ends, hops, nodes) for ends, hops in self.short.items())
        yield from self.tracks.links(nodes, self.first_track)

    def _short(self, ends: Ends, hops: list[Hop], nodes: dict[str, Node]) -> Link:
        start, end = (nodes[actor] for actor in ends)
        y1, y2 = start.y - self.side * start.height / 2, end.y + self.side * end.height / 2
        first = (y1 + y2) / 2 + 4 - LINE * (len(hops) - 1) / 2
        names = stack(hops, start.x + self.side * NAME, first, "end" if self.side < 0 else "start")
        return Link(*ends, f"M{start.x + self.side * ARROW:g} {y1:g} V{y2:g}", names)


def hub_and_column(pairs: Pairs, hub: str) -> Drawing:
    """Draws a hub left of the column of services. Messages between services go on its right."""
    box, bar_width = (122.0, box_height(pairs.plan, 52.0)), 30.0
    services = pairs.plan.saga.services
    between = {ends: hops for ends, hops in pairs.by_ends.items() if hub not in ends}
    tracks = Tracks({service: i for i, service in enumerate(services)}, between, 1)
    nodes = {CUSTOMER: Node(CUSTOMER, 71.0, 24.0, 130.0, 40.0)}
    links = []
    bar_top, left = 78.0, 6 + bar_width
    right = (
        left + 16 + TIGHT * max(label_width(hop) for ends, hops in pairs.by_ends.items() if hub in ends for hop in hops)
    )
    y = bar_top + 6
    for service in services:
        commands, replies = pairs.by_ends.get((hub, service), []), pairs.by_ends.get((service, hub), [])
        height = max((len(commands) + len(replies)) * LINE + box[1] - 24, tracks.legs_at(service))
        out, back = y + len(commands) * LINE + 8, y + height - 10
        tall = max(box[1], back - out + 2 * LINE, tracks.legs_at(service))
        nodes[service] = Node(service, right + box[0] / 2, (out + back) / 2, box[0], tall)
        links.append(Link(hub, service, f"M{left:g} {out:g} H{right:g}", stack(commands, left + 8, y + 12, "start")))
        labels = stack(replies, right - 8, out + 18, "end")
        links.append(Link(service, hub, f"M{right:g} {back:g} H{left:g}", labels))
        y += height + 8
    nodes[hub] = Node(hub, 6 + bar_width / 2, (bar_top + y) / 2, bar_width, y - bar_top)
    links.append(_order(pairs, nodes, hub, bar_top))
    links += tracks.links(nodes, tracks.first)
    width = right + box[0] + 6 + (tracks.first + tracks.depth if between else 0.0)
    return Drawing(pairs.plan, Shape.TALL, width, y + 8, tuple(nodes.values()), tuple(links))


def _order(pairs: Pairs, nodes: dict[str, Node], hub: str, bar_top: float) -> Link:
    """Returns the arrow of the customer's order."""
    x, start = nodes[hub].x, nodes[CUSTOMER]
    hops = pairs.by_ends[CUSTOMER, hub]
    return Link(
        CUSTOMER, hub, f"M{x:g} {start.y + start.height / 2:g} V{bar_top:g}", stack(hops, x + 9, bar_top - 13, "start")
    )
