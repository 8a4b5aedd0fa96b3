"""The tall pictures, for narrow screens: services in a column."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from sandbox.definitions.registry import CUSTOMER
from sandbox.engine.plan.model import Hop
from sandbox.render.diagram.layout.shapes import LINE, Drawing, Link, Node, Pairs, Shape, length, stack, tallest
from sandbox.render.diagram.layout.tracks import Ends, bent, levels

BOX = 126.0
# From the column's middle to the arrows between neighbours, and to their names.
ARROW, NAME = 22.0, 31.0
# How much of the room that is kept for a name it needs here, between a box and a lane.
TIGHT = 0.9
# From lane to lane, and for an arrow that arrives from one.
NEXT_LANE, ARRIVAL = 10.0, 9.0


@dataclass(frozen=True)
class Lanes:
    """Arrows that pass others by, left (-1) or right (1) of a column, with their names where they leave."""

    places: dict[str, int]
    ends: dict[Ends, list[Hop]]
    side: int

    @cached_property
    def levels(self) -> dict[Ends, int]:
        return levels(self.places, self.ends)

    @cached_property
    def first(self) -> float:
        """From a box's edge to the lane next to it: past all names."""
        return 16 + max(map(self._longest, self.ends), default=0.0)

    def _longest(self, ends: Ends) -> float:
        return TIGHT * max(map(length, self.ends[ends]))

    @cached_property
    def depth(self) -> float:
        """From the first lane to the last."""
        return NEXT_LANE * max(self.levels.values(), default=0)

    def legs_at(self, actor: str) -> float:
        """How high a box has to be for the arrows that leave and arrive there."""
        return 12 + sum(self._leg(one, one[0] == actor) for one in self.ends if actor in one)

    def _leg(self, ends: Ends, leaves: bool) -> float:
        return LINE * len(self.ends[ends]) + 6 if leaves else ARRIVAL

    def links(self, nodes: dict[str, Node], first: float) -> Iterator[Link]:
        """The arrows, with the first lane so far from the boxes' edge."""
        for ends, hops in self.ends.items():
            start, end = (nodes[actor] for actor in ends)
            edge = start.x + self.side * start.width / 2
            lane = edge + self.side * (first + NEXT_LANE * self.levels[ends])
            y1, y2 = self._height(ends, start), self._height(ends, end)
            anchor = "end" if self.side < 0 else "start"
            names = stack(hops, edge + self.side * 8, y1 - 5 - LINE * (len(hops) - 1), anchor)
            yield Link(*ends, bent([(edge, y1), (lane, y1), (lane, y2), (edge, y2)]), names)

    def _height(self, ends: Ends, node: Node) -> float:
        """Where at a box an arrow to a lane is: those from and to further up stand above the others."""
        there = sorted((one for one in self.ends if node.actor in one), key=lambda one: self._turn(one, node.actor))
        upto = there[: there.index(ends) + 1]
        return node.y - self.legs_at(node.actor) / 2 + 2 + sum(self._leg(one, one[0] == node.actor) for one in upto)

    def _turn(self, ends: Ends, actor: str) -> tuple[bool, int]:
        """Upward before downward; and so that no two cross: of those upward the outer lanes last, downward first."""
        other = ends[1] if ends[0] == actor else ends[0]
        is_down = self.places[other] > self.places[actor]
        return is_down, -self.levels[ends] if is_down else self.levels[ends]


def column(pairs: Pairs) -> Drawing:
    """Services react to each other: downward on the left, upward on the right, those further away on lanes outside."""
    sides = {side: Side(pairs, side) for side in (-1, 1)}
    middle = sides[-1].width
    nodes: dict[str, Node] = {}
    y = 5.0
    for actor, following in zip_longest(pairs.plan.actors, pairs.plan.actors[1:]):
        least = [tallest(pairs.plan, 50.0), *(side.lanes.legs_at(actor) for side in sides.values())]
        nodes[actor] = Node(actor, middle, y + max(least) / 2, BOX, max(least))
        lines = max(len(side.between(actor, following)) for side in sides.values())
        y += max(least) + (max(40.0, lines * LINE + 14) if following else 6.0)
    links = [link for side in sides.values() for link in side.links(nodes)]
    return Drawing(pairs.plan, Shape.TALL, middle + sides[1].width, y, tuple(nodes.values()), tuple(links))


@dataclass(frozen=True)
class Side:
    """What goes down on the left of the column (-1), or up on its right (1)."""

    pairs: Pairs
    side: int

    @cached_property
    def places(self) -> dict[str, int]:
        return {actor: i for i, actor in enumerate(self.pairs.plan.actors)}

    def _goes(self, ends: Ends) -> int:
        """How far it goes on this side; less than 1 if it does not."""
        return (self.places[ends[0]] - self.places[ends[1]]) * self.side

    @cached_property
    def short(self) -> dict[Ends, list[Hop]]:
        return {one: hops for one, hops in self.pairs.by_ends.items() if self._goes(one) == 1}

    @cached_property
    def lanes(self) -> Lanes:
        far = {one: hops for one, hops in self.pairs.by_ends.items() if self._goes(one) > 1}
        return Lanes(self.places, far, self.side)

    @cached_property
    def first_lane(self) -> float:
        """From a box's edge to the lane next to it: past the names between neighbours, too."""
        names = [NAME + TIGHT * length(hop) - BOX / 2 for hops in self.short.values() for hop in hops]
        return max([self.lanes.first, *(8 + name for name in names)])

    @property
    def width(self) -> float:
        return BOX / 2 + self.first_lane + self.lanes.depth + 4

    def between(self, actor: str, following: str | None) -> list[Hop]:
        """What the neighbours tell each other on this side."""
        ends = (actor, following) if self.side < 0 else (following, actor)
        return [hop for one, hops in self.short.items() if one == ends for hop in hops]

    def links(self, nodes: dict[str, Node]) -> Iterator[Link]:
        yield from (self._short(ends, hops, nodes) for ends, hops in self.short.items())
        yield from self.lanes.links(nodes, self.first_lane)

    def _short(self, ends: Ends, hops: list[Hop], nodes: dict[str, Node]) -> Link:
        start, end = (nodes[actor] for actor in ends)
        y1, y2 = start.y - self.side * start.height / 2, end.y + self.side * end.height / 2
        first = (y1 + y2) / 2 + 4 - LINE * (len(hops) - 1) / 2
        names = stack(hops, start.x + self.side * NAME, first, "end" if self.side < 0 else "start")
        return Link(*ends, f"M{start.x + self.side * ARROW:g} {y1:g} V{y2:g}", names)


def hub_and_column(pairs: Pairs, hub: str) -> Drawing:
    """A hub on the left of the column of services. What services tell each other goes on its right."""
    box, bar_width = (122.0, tallest(pairs.plan, 52.0)), 30.0
    services = pairs.plan.saga.services
    between = {ends: hops for ends, hops in pairs.by_ends.items() if hub not in ends}
    beside = Lanes({service: i for i, service in enumerate(services)}, between, 1)
    nodes = {CUSTOMER: Node(CUSTOMER, 71.0, 30.0, 130.0, 50.0)}
    links = []
    bar_top, left = 98.0, 6 + bar_width
    right = left + 16 + TIGHT * max(length(hop) for ends, hops in pairs.by_ends.items() if hub in ends for hop in hops)
    y = bar_top + 6
    for service in services:
        asked, told = pairs.by_ends.get((hub, service), []), pairs.by_ends.get((service, hub), [])
        height = max((len(asked) + len(told)) * LINE + box[1] - 14, beside.legs_at(service))
        out, back = y + len(asked) * LINE + 8, y + height - 10
        tall = max(box[1], back - out + 2 * LINE, beside.legs_at(service))
        nodes[service] = Node(service, right + box[0] / 2, (out + back) / 2, box[0], tall)
        links.append(Link(hub, service, f"M{left:g} {out:g} H{right:g}", stack(asked, left + 8, y + 12, "start")))
        labels = stack(told, right - 8, out + 18, "end")
        links.append(Link(service, hub, f"M{right:g} {back:g} H{left:g}", labels))
        y += height + 8
    nodes[hub] = Node(hub, 6 + bar_width / 2, (bar_top + y) / 2, bar_width, y - bar_top)
    links.append(_order(pairs, nodes, hub, bar_top))
    links += beside.links(nodes, beside.first)
    width = right + box[0] + 6 + (beside.first + beside.depth if between else 0.0)
    return Drawing(pairs.plan, Shape.TALL, width, y + 8, tuple(nodes.values()), tuple(links))


def _order(pairs: Pairs, nodes: dict[str, Node], hub: str, bar_top: float) -> Link:
    """What the customer sends."""
    x, start = nodes[hub].x, nodes[CUSTOMER]
    hops = pairs.by_ends[CUSTOMER, hub]
    return Link(CUSTOMER, hub, f"M{x:g} {start.y + start.height / 2:g} V{bar_top:g}", stack(hops, x + 9, 81, "start"))
