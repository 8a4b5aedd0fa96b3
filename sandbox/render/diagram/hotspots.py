"""What lies over a picture: its steps, actors and messages as links, and the words that stand at them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from sandbox.render.diagram.layout import Drawing, Label, Node
from sandbox.render.diagram.layout.shapes import length


@dataclass(frozen=True)
class Hotspots:
    """What can be done at the places of a picture, and what stands there. A place is a step, an actor or a message.

    `links` are addresses, `does` says what they do there, `anchor` which part of the page shows it; `marks` are a few
    words each; `chosen` is where one is.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    does: str = ""
    anchor: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""


NO_HOTSPOTS = Hotspots()
# What the lines of a box need: the lower part of it belongs to the steps, each line to one of them.
UPPER, LINE = 2.0, 12.0


@dataclass(frozen=True, slots=True)
class Room:
    """A place in the picture, by its left upper corner."""

    place: str
    x: float
    y: float
    width: float
    height: float


def overlay(drawing: Drawing, places: Hotspots) -> Iterator[str]:
    """The links and the marks, to be drawn above all else. Messages take no part in tabbing: there are too many."""
    labels = [label for link in drawing.links for label in link.labels]
    for node in drawing.nodes:
        yield from (_link(room, places) for room in _rooms(node, drawing))
        yield _mark(node, drawing, places)
    for label in labels:
        room = _room_of(label)
        yield _link(room, places, focusable=False)
        if label.hop.name in places.marks:
            text = f"{places.marks[label.hop.name]}: {label.hop.name}"
            yield _pill(text, room.x + room.width / 2, room.y + room.height / 2)


def _rooms(node: Node, drawing: Drawing) -> Iterator[Room]:
    """An actor's box, and on it a line for each of its steps; below the first and above the last there is more room."""
    left, top, bottom = node.x - node.width / 2, node.y - node.height / 2, node.y + node.height / 2
    yield Room(node.actor, left, top, node.width, node.height)
    steps = _steps_at(node.actor, drawing)
    for i, step in enumerate(steps):
        upper = node.y + UPPER + i * LINE
        lower = bottom if i == len(steps) - 1 else upper + LINE
        yield Room(step, left, upper, node.width, lower - upper)


def _steps_at(actor: str, drawing: Drawing) -> list[str]:
    return [step.name for step in drawing.plan.saga.steps if step.service == actor]


def _room_of(label: Label) -> Room:
    wide = length(label.hop)
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return Room(label.hop.name, left, label.y - 11, wide, 14)


def _link(room: Room, places: Hotspots, *, focusable: bool = True) -> str:
    if room.place not in places.links:
        return ""
    words = f"{places.does} {room.place}"
    if room.place in places.marks:
        words += f", where there is {places.marks[room.place]}"
    here = ' aria-current="true"' if room.place == places.chosen else ""
    reach = "" if focusable else ' tabindex="-1"'
    address, says = escape(places.links[room.place]), escape(words)
    return (
        f'<a class="place" href="{address}#{places.anchor}" hx-get="{address}" aria-label="{says}"{here}{reach}>'
        f"<title>{says}</title>"
        f'<rect x="{room.x:g}" y="{room.y:g}" width="{room.width:g}" height="{room.height:g}" rx="6"/></a>'
    )


def _mark(node: Node, drawing: Drawing, places: Hotspots) -> str:
    """What stands at an actor or its steps, on the lower edge of its box."""
    found = [places.marks[at] for at in (node.actor, *_steps_at(node.actor, drawing)) if at in places.marks]
    if not found:
        return ""
    return _pill(" + ".join(found) if len(found) < 3 else f"{len(found)} things", node.x, node.y + node.height / 2 + 6)


def _pill(text: str, x: float, y: float) -> str:
    wide = 6.8 * len(text) + 16
    return (
        f'<g class="mark"><rect x="{x - wide / 2:g}" y="{y - 9:g}" width="{wide:g}" height="18" rx="9"/>'
        f'<text x="{x:g}" y="{y + 4:g}">{escape(text)}</text></g>'
    )
