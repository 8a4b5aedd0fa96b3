"""The tall pictures, for narrow screens: services in a column."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sandbox.definitions.registry import CUSTOMER
from sandbox.engine.plan import Hop
from sandbox.render.graph.parts import LINE, Drawing, Label, Link, Node, Pairs, Shape, length, stack, tallest


def column(pairs: Pairs) -> Drawing:
    width, box = 340.0, (150.0, tallest(pairs.plan, 50.0))
    actors = pairs.plan.actors
    down, up = _beside_gaps(pairs)
    nodes: dict[str, Node] = {}
    y = 30.0
    for i, actor in enumerate(actors):
        nodes[actor] = Node(actor, width / 2, y, *box)
        lines = max(len(down.get(i, ())), len(up.get(i, ())), 1)
        y += box[1] + max(40.0, lines * LINE + 14)
    links = [_arc(pairs, nodes, actors, ends, down, up) for ends in pairs.by_ends]
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


def _arc(
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


def hub_and_column(pairs: Pairs, hub: str) -> Drawing:
    between = [ends for ends in pairs.by_ends if hub not in ends]
    box, bar_width = (130.0, tallest(pairs.plan, 52.0)), 34.0
    services = pairs.plan.saga.services
    nodes = {CUSTOMER: Node(CUSTOMER, 71.0, 30.0, 130.0, 50.0)}
    links = []
    bar_top, left = 98.0, 6 + bar_width
    right = left + 16 + max(length(hop) for ends, hops in pairs.by_ends.items() if hub in ends for hop in hops)
    width = right + box[0] + 6
    y = bar_top + 6
    for service in services:
        asked, told = pairs.by_ends.get((hub, service), []), pairs.by_ends.get((service, hub), [])
        height = (len(asked) + len(told)) * LINE + box[1] - 14
        out, back = y + len(asked) * LINE + 8, y + height - 10
        tall = max(box[1], back - out + 2 * LINE)
        nodes[service] = Node(service, width - 6 - box[0] / 2, (out + back) / 2, box[0], tall)
        links.append(Link(hub, service, f"M{left:g} {out:g} H{right:g}", stack(asked, left + 8, y + 12, "start")))
        labels = stack(told, right - 8, out + 18, "end")
        links.append(Link(service, hub, f"M{right:g} {back:g} H{left:g}", labels))
        y += height + 8
    nodes[hub] = Node(hub, 6 + bar_width / 2, (bar_top + y) / 2, bar_width, y - bar_top)
    for sender, receiver in pairs.by_ends:
        if sender == CUSTOMER:
            x, hops = nodes[receiver].x, pairs.by_ends[sender, receiver]
            links.append(Link(sender, receiver, f"M{x:g} 55 V{bar_top:g}", stack(hops, x + 9, 81, "start")))
    services_only = [ends for ends in between if CUSTOMER not in ends]
    arcs = [_beside(nodes[s], nodes[r], pairs.by_ends[s, r], n) for n, (s, r) in enumerate(services_only)]
    links += _apart(arcs)
    furthest = max((label.x + length(label.hop) for link in arcs for label in link.labels), default=0.0)
    return Drawing(pairs.plan, Shape.TALL, max(width, furthest), y + 8, tuple(nodes.values()), tuple(links))


def _apart(links: Iterable[Link]) -> Iterator[Link]:
    """The links with their labels one below the other, so that each can be read."""
    lowest = 0.0
    for link in sorted(links, key=lambda link: link.labels[0].y):
        first = max(link.labels[0].y, lowest + LINE)
        lowest = first + LINE * (len(link.labels) - 1)
        yield replace(link, labels=stack(link.hops, link.labels[0].x, first, "start"))


def _beside(start: Node, end: Node, hops: list[Hop], position: int) -> Link:
    """An arc to the right of the column, from service to service; each starts and ends a little apart."""
    edge = start.x + start.width / 2
    y1, y2 = start.y - 14 + 9 * position, end.y - 14 + 9 * position
    bow = edge + 28 + 10 * position
    path = f"M{edge:g} {y1:g} C{bow:g} {y1:g} {bow:g} {y2:g} {edge:g} {y2:g}"
    return Link(start.actor, end.actor, path, stack(hops, bow - 2, (y1 + y2) / 2 + 4, "start"))
