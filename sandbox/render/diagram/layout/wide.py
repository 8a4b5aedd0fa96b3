"""Lays out the wide pictures: services in a row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sandbox.definitions.registry import CUSTOMER
from sandbox.engine.plan.model import Hop
from sandbox.render.diagram.layout.shapes import ARC, LINE, Drawing, Label, Link, Node, Pairs, Shape, box_height, stack
from sandbox.render.diagram.layout.tracks import Ends, levels, nth_there, rounded_path

# The columns of both kinds of picture are the same, so that one above the other has each service below itself: the
# customer's middle, the distance from one middle to the next, and the room beside the outer ones.
CUSTOMER_AT, COLUMN, MARGIN = 70.0, 184.0, 92.0
BOX, HUB = 58.0, 44.0
# From a service's middle to its spokes.
SPOKE = 82.0
# The labels of a spoke: their distance from the hub, from the box, and between commands and replies.
BELOW_HUB, ABOVE_BOX, BETWEEN = 17.0, 8.0, 8.0
# Where the arrows on tracks start and end, from a box's middle, and how far apart.
LEAVES, APART = 9.0, 5.0
# From a box's edge to the first track, past the short arcs and their apex.
PAST_ARCS = 0.75 * ARC + 12.0


def row(pairs: Pairs) -> Drawing:
    """Draws a choreography: arrows forward above the row, backward below it."""
    box = (136.0, box_height(pairs.plan, BOX))
    places = {actor: i for i, actor in enumerate(pairs.plan.actors)}
    above = {ends: hops for ends, hops in pairs.by_ends.items() if places[ends[0]] < places[ends[1]]}
    below = {ends: hops for ends, hops in pairs.by_ends.items() if ends not in above}
    flat = {actor: Node(actor, CUSTOMER_AT + COLUMN * i, 0.0, *box) for actor, i in places.items()}
    top = LINE - min([-box[1] / 2, *_lines(WideSide(flat, above, -1).links())])
    nodes = {actor: Node(actor, node.x, top, *box) for actor, node in flat.items()}
    links = [*WideSide(nodes, above, -1).links(), *WideSide(nodes, below, 1).links()]
    height = max([top + box[1] / 2 + 12, *_lines(links)]) + 12
    return Drawing(pairs.plan, Shape.WIDE, _width(len(places) - 1), height, tuple(nodes.values()), tuple(links))


def _width(services: int) -> float:
    return CUSTOMER_AT + COLUMN * services + MARGIN


def _lines(links: Iterable[Link]) -> list[float]:
    """Returns the height of each label."""
    return [label.y for link in links for label in link.labels]


@dataclass(frozen=True)
class WideSide:
    """The arrows above (-1) or below (1) a row: arcs to the next box, if it `has_arcs`, and tracks for all others."""

    nodes: dict[str, Node]
    ends: dict[Ends, list[Hop]]
    side: int
    has_arcs: bool = True

    @cached_property
    def places(self) -> dict[str, int]:
        return {actor: i for i, actor in enumerate(self.nodes)}

    @cached_property
    def arcs(self) -> list[Ends]:
        return [one for one in self.ends if self.has_arcs and abs(self.places[one[0]] - self.places[one[1]]) == 1]

    @cached_property
    def tracks(self) -> dict[Ends, int]:
        return levels(self.places, [one for one in self.ends if one not in self.arcs])

    def links(self) -> Iterator[Link]:
        yield from map(self._arc, self.arcs)
        depth = PAST_ARCS + self._names(self.arcs) if self.arcs else 24.0
        for level in sorted(set(self.tracks.values())):
            there = [one for one, its in self.tracks.items() if its == level]
            depth += self._names(there) - LINE if self.side < 0 else 0.0
            yield from (self._on_a_track(one, depth) for one in there)
            depth += 12.0 + (self._names(there) if self.side > 0 else LINE)

    def _names(self, ends: list[Ends]) -> float:
        """Returns the height that their labels need, one below the other."""
        return LINE * max((len(self.ends[one]) for one in ends), default=0)

    def _arc(self, ends: Ends) -> Link:
        start, end = (self.nodes[actor] for actor in ends)
        lean = 20.0 if end.x > start.x else -20.0
        x1, x2 = start.x + lean, end.x - lean
        y = start.y + self.side * start.height / 2
        bow, apex = y + self.side * ARC, y + self.side * 0.75 * ARC
        path = f"M{x1:g} {y:g} C{x1:g} {bow:g} {x2:g} {bow:g} {x2:g} {y:g}"
        return Link(*ends, path, self._beyond(self.ends[ends], (x1 + x2) / 2, apex))

    def _on_a_track(self, ends: Ends, depth: float) -> Link:
        """Returns an arrow on a track, its labels between two columns, where no other arrow rises."""
        start, end = (self.nodes[actor] for actor in ends)
        way = 1 if end.x > start.x else -1
        x1, x2 = start.x + way * self._from_middle(ends, 0), end.x - way * self._from_middle(ends, 1)
        edge = start.y + self.side * start.height / 2
        track = edge + self.side * depth
        passed = abs(self.places[ends[1]] - self.places[ends[0]]) - 1
        path = rounded_path([(x1, edge), (x1, track), (x2, track), (x2, edge)])
        return Link(*ends, path, self._beyond(self.ends[ends], start.x + way * COLUMN * (passed // 2 + 0.5), track))

    def _from_middle(self, ends: Ends, end: int) -> float:
        return LEAVES - APART * nth_there(self.places, self.tracks, ends, end)

    def _beyond(self, hops: list[Hop], x: float, y: float) -> tuple[Label, ...]:
        """Returns the labels on the outer side of a line at y."""
        return stack(hops, x, y + LINE if self.side > 0 else y - 7 - LINE * (len(hops) - 1), "middle")


def hub_and_row(pairs: Pairs, hub: str) -> Drawing:
    """Draws a hub above the row of services. Messages between services go below it."""
    box, services = (168.0, box_height(pairs.plan, BOX)), pairs.plan.saga.services
    top = HUB + 4.0 + _spoke_length(pairs, hub)
    middle, width = top + box[1] / 2, _width(len(services))
    nodes = {service: Node(service, CUSTOMER_AT + COLUMN * i, middle, *box) for i, service in enumerate(services, 1)}
    left = CUSTOMER_AT + COLUMN - box[0] / 2
    nodes[CUSTOMER] = Node(CUSTOMER, CUSTOMER_AT, HUB / 2 + 4, 124.0, HUB)
    nodes[hub] = Node(hub, (left + width) / 2 - 4, HUB / 2 + 4, width - left - 8, HUB)
    between = {ends: hops for ends, hops in pairs.by_ends.items() if hub not in ends}
    links = [_to_or_from(pairs, nodes, hub, ends) for ends in pairs.by_ends if ends not in between]
    links += WideSide({service: nodes[service] for service in services}, between, 1, has_arcs=False).links()
    height = max([middle + box[1] / 2, *_lines(links)]) + 14
    return Drawing(pairs.plan, Shape.WIDE, width, height, tuple(nodes.values()), tuple(links))


def _spoke_length(pairs: Pairs, hub: str) -> float:
    """Returns how long a service's spokes are: its commands and, below them, its replies stand between them."""
    most = max(
        len(pairs.by_ends.get((hub, service), ())) + len(pairs.by_ends.get((service, hub), ()))
        for service in pairs.plan.saga.services
    )
    return BELOW_HUB + LINE * (most - 1) + BETWEEN + ABOVE_BOX


def _to_or_from(pairs: Pairs, nodes: dict[str, Node], hub: str, ends: Ends) -> Link:
    sender, receiver = ends
    hops, start, end = pairs.by_ends[ends], nodes[sender], nodes[receiver]
    if sender == CUSTOMER:
        x1, x2 = start.x + start.width / 2, end.x - end.width / 2
        labels = stack(hops, start.x, start.y + start.height / 2 + LINE + 4, "middle")
        return Link(sender, receiver, f"M{x1:g} {start.y:g} H{x2:g}", labels)
    bar = nodes[hub].y + nodes[hub].height / 2
    return _spoke(sender, receiver, end if sender == hub else start, hops, bar, sender == hub)


def _spoke(sender: str, receiver: str, node: Node, hops: list[Hop], bar: float, down: bool) -> Link:
    top = node.y - node.height / 2
    x = node.x - SPOKE if down else node.x + SPOKE
    path = f"M{x:g} {bar:g} V{top:g}" if down else f"M{x:g} {top:g} V{bar:g}"
    labels = (
        stack(hops, x + 7, bar + BELOW_HUB, "start")
        if down
        else stack(hops, x - 7, top - ABOVE_BOX - LINE * (len(hops) - 1), "end")
    )
    return Link(sender, receiver, path, labels)
