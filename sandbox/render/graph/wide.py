"""The wide pictures: services in a row."""

from sandbox.definitions.registry import CUSTOMER
from sandbox.engine.plan import Hop
from sandbox.render.graph.parts import ARC, LINE, Drawing, Link, Node, Pairs, Shape, stack, tallest


def row(pairs: Pairs) -> Drawing:
    column, box = 176.0, (140.0, tallest(pairs.plan, 58.0))
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
    return Link(start.actor, end.actor, path, stack(hops, (x1 + x2) / 2, first, "middle"))


def hub_and_row(pairs: Pairs, hub: str) -> Drawing:
    column, bar, box = 200.0, 40.0, (166.0, tallest(pairs.plan, 58.0))
    services = pairs.plan.saga.services
    row = 203.0 + box[1] / 2 + LINE * max(0, _most_labels(pairs, hub) - 6)
    width = column * (len(services) + 1)
    nodes = {service: Node(service, column * (i + 1.5), row, *box) for i, service in enumerate(services)}
    nodes[CUSTOMER] = Node(CUSTOMER, column / 2, bar, 154.0, 58.0)
    nodes[hub] = Node(hub, column + (width - column) / 2, bar, width - column - 24, 52.0)
    links = [_link(pairs, nodes, hub, ends, column) for ends in pairs.by_ends]
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


def _link(pairs: Pairs, nodes: dict[str, Node], hub: str, ends: tuple[str, str], column: float) -> Link:
    sender, receiver = ends
    hops, start, end = pairs.by_ends[ends], nodes[sender], nodes[receiver]
    if hub not in ends:
        return _below(start, end, hops, abs(round((end.x - start.x) / column)))
    if sender == CUSTOMER:
        x1, x2 = start.x + start.width / 2, end.x - end.width / 2
        labels = stack(hops, start.x, start.y + start.height / 2 + LINE + 4, "middle")
        return Link(sender, receiver, f"M{x1:g} {start.y:g} H{x2:g}", labels)
    bar = nodes[hub].y + nodes[hub].height / 2
    return _spoke(sender, receiver, end if sender == hub else start, hops, bar, sender == hub)


def _below(start: Node, end: Node, hops: list[Hop], distance: int) -> Link:
    """An arc under the row, from service to service; those that go left hang lower."""
    lean = 26.0 if end.x > start.x else -26.0
    x1, x2, y = start.x + lean, end.x - lean, start.y + start.height / 2
    depth = 0.75 * ARC * distance + (0 if end.x > start.x else ARC)
    bow = y + depth / 0.75
    path = f"M{x1:g} {y:g} C{x1:g} {bow:g} {x2:g} {bow:g} {x2:g} {y:g}"
    return Link(start.actor, end.actor, path, stack(hops, (x1 + x2) / 2, y + depth + LINE, "middle"))


def _spoke(sender: str, receiver: str, node: Node, hops: list[Hop], bar: float, down: bool) -> Link:
    top = node.y - node.height / 2
    x = node.x - 81 if down else node.x + 81
    path = f"M{x:g} {bar:g} V{top:g}" if down else f"M{x:g} {top:g} V{bar:g}"
    labels = (
        stack(hops, x + 7, bar + 22, "start") if down else stack(hops, x - 7, top - 8 - LINE * (len(hops) - 1), "end")
    )
    return Link(sender, receiver, path, labels)
