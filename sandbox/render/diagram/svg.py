"""Renders a drawing as SVG: plain for a lesson, or with a board, showing the messages on their way and the steps.

The picture of a run is made of named pieces, so that a page can replace only those that change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from sandbox.engine.plan.model import Way
from sandbox.render.diagram.actor_box import actor_box
from sandbox.render.diagram.by_hand import alarms
from sandbox.render.diagram.hotspots import NO_HOTSPOTS, Hotspots, overlay
from sandbox.render.diagram.layout import Drawing
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.on_arrow import UNUSED, arrow, badges, chips, goal_pill, message_label
from sandbox.render.diagram.text_alternative import in_words

# How much larger than drawn a picture may be shown.
ROOMY = 1.15
# From this width on, names would be too small on a page, which shows the tall picture instead.
CROWDED = 1400.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of a picture, by its name within it, of the kind line, labels, node or chips."""

    name: str
    kind: str
    html: str


def svg(drawing: Drawing, *, name: str, now: LiveState | None = None, hotspots: Hotspots = NO_HOTSPOTS) -> str:
    """Returns the drawing as an SVG element with a title and a description.

    `name` makes its ids unique on the page; `hotspots` are the links and marks on top of it.
    """
    inside = (piece.html for piece in pieces(drawing, name=name, now=now))
    live = now is not None or bool(hotspots.links)
    return "".join([opening_tag(drawing, name=name, live=live), *inside, *overlay(drawing, hotspots), "</svg>"])


def opening_tag(drawing: Drawing, *, name: str, live: bool = False) -> str:
    """Returns the SVG element's opening tag with all that never changes. With `live`, its parts can be focused."""
    ident, plan = f"{name}-{drawing.shape}", drawing.plan
    crowded = " crowded" if drawing.width >= CROWDED else ""
    return (
        f'<svg class="saga {drawing.shape}{crowded}" width="{drawing.width * ROOMY:.0f}" '
        f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" '
        f'role="{"group" if live else "img"}" '
        f'aria-labelledby="{ident}-title {ident}-desc" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{ident}-title">{escape(plan.saga.title)}: {plan.style}</title>'
        f'<desc id="{ident}-desc">{escape(" ".join(in_words(plan)))}</desc>'
        f"{markers(ident)}"
    )


def pieces(drawing: Drawing, *, name: str, now: LiveState | None = None) -> Iterator[Piece]:
    """Yields the elements of the picture, in the order in which they are drawn."""
    ident = f"{name}-{drawing.shape}"
    for link in drawing.links:
        yield _piece(drawing, now, "line", arrow(link, ident, now), link.sender, link.receiver)
    for link in drawing.links:
        labels = "".join(message_label(label, drawing, now) for label in link.labels)
        yield _piece(drawing, now, "labels", labels, link.sender, link.receiver)
    for node in drawing.nodes:
        yield _piece(drawing, now, "node", actor_box(node, drawing, now), node.actor)
    if now:
        for link in drawing.links:
            marks = now.marks.arrows.get((link.sender, link.receiver), ())
            inside = badges(link, marks) + goal_pill(link, drawing, now)
            yield _piece(drawing, now, "marks", inside, link.sender, link.receiver)
        for link in drawing.links:
            yield _piece(drawing, now, "chips", chips(link, now), link.sender, link.receiver)
        for node in drawing.nodes:
            yield _piece(drawing, now, "alarms", alarms(node, now), node.actor)


def _piece(drawing: Drawing, now: LiveState | None, kind: str, inside: str, *actors: str) -> Piece:
    """Returns a piece; in the picture of a run it names its actors, and only messages on their way are read aloud."""
    part = "-".join((drawing.shape, kind, *actors))
    silent = "" if kind in {"chips", "alarms"} else ' aria-hidden="true"'
    of_run = f' data-fragment="{part}" data-actors="{" ".join(actors)}"{silent}' if now else ""
    return Piece(part, kind, f"<g{of_run}>{inside}</g>")


def markers(ident: str) -> str:
    """Returns the definitions of the arrows' heads, which lines refer to."""
    return (
        "<defs>"
        + "".join(
            f'<marker id="{ident}-{way}" class="head {way}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
            f'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
            for way in (*Way, UNUSED)
        )
        + "</defs>"
    )
