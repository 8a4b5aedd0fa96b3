"""The overlay of a picture: links and marks at its steps, actors and messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from sandbox.render.diagram.layout import Drawing, Label, Node
from sandbox.render.diagram.layout.shapes import label_width


@dataclass(frozen=True)
class Hotspots:
    """The links and marks at the places of a picture. A place is a step, an actor or a message.

    `links` are addresses, `does` says in words what they do, `anchor` names the part of the page that shows it; `marks`
    are a few words each; `chosen` is the current place.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    does: str = ""
    anchor: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""


NO_HOTSPOTS = Hotspots()
# In a box, the lines of the steps begin UPPER below its middle, and each is LINE high.
UPPER, LINE = 2.0, 12.0
# The height of a mark, and how far its middle is above that of a box whose name it leaves free.
PILL, ABOVE_NAME = 14.0, 22.0
# From an arrow to a mark beside it, which leaves its head free.
ASIDE = 6.0


@dataclass(frozen=True, slots=True)
class Area:
    """The rectangle of a place in the picture, by its left upper corner."""

    place: str
    x: float
    y: float
    width: float
    height: float


def overlay(drawing: Drawing, hotspots: Hotspots) -> Iterator[str]:
    """Yields the links and marks, to be drawn on top. Links of messages are not in the tab order, as they are many."""
    labels = [label for link in drawing.links for label in link.labels]
    for node in drawing.nodes:
        yield from (_link(area, hotspots) for area in _areas(node, drawing))
        yield _mark(node, drawing, hotspots)
    for label in labels:
        area = _area_of(label)
        yield _link(area, hotspots, focusable=False)
        if label.hop.name in hotspots.marks:
            text = f"{hotspots.marks[label.hop.name]}: {label.hop.name}"
            yield pill_around(text, _beside_arrow(text, label), area.y + area.height / 2, drawing, "mark")


def _areas(node: Node, drawing: Drawing) -> Iterator[Area]:
    """Yields the area of an actor's box, and on it one for each of its steps; the last reaches to the lower edge."""
    left, top, bottom = node.x - node.width / 2, node.y - node.height / 2, node.y + node.height / 2
    yield Area(node.actor, left, top, node.width, node.height)
    steps = _steps_at(node.actor, drawing)
    for i, step in enumerate(steps):
        upper = node.y + UPPER + i * LINE
        lower = bottom if i == len(steps) - 1 else upper + LINE
        yield Area(step, left, upper, node.width, lower - upper)


def _steps_at(actor: str, drawing: Drawing) -> list[str]:
    return [step.name for step in drawing.plan.saga.steps if step.service == actor]


def _area_of(label: Label) -> Area:
    wide = label_width(label.hop)
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return Area(label.hop.name, left, label.y - 11, wide, 14)


def _link(area: Area, hotspots: Hotspots, *, focusable: bool = True) -> str:
    if area.place not in hotspots.links:
        return ""
    words = f"{hotspots.does} {area.place}"
    if area.place in hotspots.marks:
        words += f", where there is {hotspots.marks[area.place]}"
    here = ' aria-current="true"' if area.place == hotspots.chosen else ""
    reach = "" if focusable else ' tabindex="-1"'
    address, says = escape(hotspots.links[area.place]), escape(words)
    return (
        f'<a class="place" href="{address}#{hotspots.anchor}" hx-get="{address}" aria-label="{says}"{here}{reach}>'
        f"<title>{says}</title>"
        f'<rect x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}" rx="6"/></a>'
    )


def _mark(node: Node, drawing: Drawing, hotspots: Hotspots) -> str:
    """Returns the marks of an actor and its steps, between the edge of its box and its name, where no arrow ends.

    The name of an upright box stands in its middle; its marks are at its lower end.
    """
    found = [hotspots.marks[at] for at in (node.actor, *_steps_at(node.actor, drawing)) if at in hotspots.marks]
    if not found:
        return ""
    text = " + ".join(found) if len(found) < 3 else f"{len(found)} things"
    if node.height > 2 * node.width:
        return pill_around(text, node.x, node.y + node.height / 2, drawing, "mark")
    top = min(node.y - node.height / 2 + PILL / 2 - 2, node.y - ABOVE_NAME)
    return pill_around(text, node.x, top, drawing, "mark")


def pill_beside(text: str, x: float, y: float, anchor: str, drawing: Drawing, kind: str) -> str:
    """Returns a few words that begin or end beside that point, or have it in their middle, as an SVG text would."""
    aside = {"start": 1, "middle": 0, "end": -1}[anchor] * (ASIDE + _pill_width(text) / 2)
    return pill_around(text, x + aside, y, drawing, kind)


def _beside_arrow(text: str, label: Label) -> float:
    """Returns the middle of a pill that begins or ends where the message's name does, so that it covers no arrow."""
    return label.x + {"start": 1, "middle": 0, "end": -1}[label.anchor] * _pill_width(text) / 2


def _pill_width(text: str) -> float:
    return 6.5 * len(text) + 13


def pill_around(text: str, x: float, y: float, drawing: Drawing, kind: str) -> str:
    """Returns a few words around that point."""
    return pill(text, x - _pill_width(text) / 2, y, drawing, kind)


def pill(text: str, left: float, y: float, drawing: Drawing, kind: str) -> str:
    """Returns a few words in a rounded box that begins at `left`, its middle at `y`, moved into the picture."""
    wide = _pill_width(text)
    left = max(min(left, drawing.width - wide - 1), 1.0)
    y = max(min(y, drawing.height - PILL / 2 - 1), PILL / 2 + 1)
    return (
        f'<g class="{kind}"><rect x="{left:g}" y="{y - PILL / 2:g}" width="{wide:g}" height="{PILL:g}" '
        f'rx="{PILL / 2:g}"/><text x="{left + wide / 2:g}" y="{y + 3.5:g}">{escape(text)}</text></g>'
    )
