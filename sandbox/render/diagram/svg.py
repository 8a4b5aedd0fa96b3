"""Renders a drawing as SVG: plain for a lesson, or with a board, showing the messages on their way and the steps.

The picture of a run is made of named pieces, so that a page can replace only those that change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape

from sandbox.definitions.registry import CUSTOMER, SERVICE, title
from sandbox.definitions.terms import StepStatus
from sandbox.engine.plan.model import Hop, Plan, Way
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.render.diagram.hotspots import NO_HOTSPOTS, Hotspots, overlay
from sandbox.render.diagram.layout import Drawing, Label, Link, Node

# How much larger than drawn a picture may be shown.
ROOMY = 1.15
# From this width on, names would be too small on a page, which shows the tall picture instead.
CROWDED = 1400.0

Flights = dict[tuple[str, str | None], list[DeliveryView]]
Taken = frozenset[tuple[str, str | None, str]]
SIGN = {Way.FORWARD: "", Way.REFUSAL: "✕ ", Way.UNDO: "↩ "}
STEP_SIGN = {
    StepStatus.SCHEDULED: "○",
    StepStatus.IN_PROGRESS: "●",
    StepStatus.COMPLETED: "✓",
    StepStatus.REJECTED: "✕",
    StepStatus.RETRYING: "↻",
    StepStatus.TIMED_OUT: "⏱",
    StepStatus.COMPENSATING: "●",
    StepStatus.COMPENSATED: "↩",
    StepStatus.SKIPPED: "·",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of a picture, by its name within it, of the kind line, labels, node or chips."""

    name: str
    kind: str
    html: str


@dataclass(frozen=True)
class LiveState:
    """What a picture shows of a run: its board, the seconds that a message travels, and the page's address."""

    board: Board
    travel: float = 0.0
    address: str = ""

    @cached_property
    def flights(self) -> Flights:
        """Returns the messages on their way, without timers, by sender and receiver."""
        found: Flights = {}
        for delivery in self.board.in_flight:
            if not delivery.is_timer:
                found.setdefault((delivery.sender, delivery.receiver), []).append(delivery)
        return found

    @cached_property
    def taken(self) -> Taken:
        """Returns the hops that were taken so far."""
        return frozenset((a.sender, a.receiver, a.name) for a in self.board.deliveries.values())


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
        yield _piece(drawing, now, "line", _line(link, ident, now), link.sender, link.receiver)
    for link in drawing.links:
        labels = "".join(_label(label, now) for label in link.labels)
        yield _piece(drawing, now, "labels", labels, link.sender, link.receiver)
    for node in drawing.nodes:
        yield _piece(drawing, now, "node", _node(node, drawing, now), node.actor)
    if now:
        for link in drawing.links:
            yield _piece(drawing, now, "chips", _chips(link, now), link.sender, link.receiver)


def _piece(drawing: Drawing, now: LiveState | None, kind: str, inside: str, *actors: str) -> Piece:
    """Returns a piece; in the picture of a run it names its actors, and only messages on their way are read aloud."""
    part = "-".join((drawing.shape, kind, *actors))
    silent = "" if kind == "chips" else ' aria-hidden="true"'
    of_run = f' data-part="{part}" data-actors="{" ".join(actors)}"{silent}' if now else ""
    return Piece(part, kind, f"<g{of_run}>{inside}</g>")


def in_words(plan: Plan) -> list[str]:
    """Returns what the picture shows, one sentence for each message."""
    return [f"{title(hop.sender)} sends {hop.name} ({_nature(hop)}) to {title(hop.receiver)}." for hop in plan.hops]


def _nature(hop: Hop) -> str:
    return {Way.FORWARD: "", Way.REFUSAL: "refusing ", Way.UNDO: "compensating "}[hop.way] + hop.kind


def markers(ident: str) -> str:
    """Returns the definitions of the arrows' heads, which lines refer to."""
    return (
        "<defs>"
        + "".join(
            f'<marker id="{ident}-{way}" class="head {way}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
            f'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
            for way in Way
        )
        + "</defs>"
    )


def _line(link: Link, ident: str, now: LiveState | None) -> str:
    flying = _flying(link, now)
    way = next((hop.way for hop in link.hops if hop.name in flying), link.way)
    used = {_use(hop, now) for hop in link.hops}
    use = next((word for word in (" live", " taken", "") if word in used), " unused")
    return f'<path class="hop {way} {link.hops[0].kind}{use}" d="{link.path}" marker-end="url(#{ident}-{way})"/>'


def _flying(link: Link, now: LiveState | None) -> set[str]:
    """Returns the names of the messages that are on their way along the link."""
    return {delivery.name for delivery in now.flights.get((link.sender, link.receiver), ())} if now else set()


def _use(hop: Hop, now: LiveState | None) -> str:
    """Returns the class of the hop: live, taken or unused in the picture of a run, "" in any other."""
    if now is None:
        return ""
    if any(delivery.name == hop.name for delivery in now.flights.get((hop.sender, hop.receiver), ())):
        return " live"
    return " taken" if (hop.sender, hop.receiver, hop.name) in now.taken else " unused"


def _label(label: Label, now: LiveState | None) -> str:
    hop = label.hop
    return (
        f'<text class="message {hop.way}{_use(hop, now)}" x="{label.x:g}" y="{label.y:g}" text-anchor="{label.anchor}">'
        f"{SIGN[hop.way]}{escape(hop.name)}</text>"
    )


def _node(node: Node, drawing: Drawing, now: LiveState | None) -> str:
    left, top = node.x - node.width / 2, node.y - node.height / 2
    kind = "service" if node.actor in SERVICE else node.actor
    state = _state(node.actor, now)
    box = f'<rect x="{left:g}" y="{top:g}" width="{node.width:g}" height="{node.height:g}" rx="10"/>'
    return f'<g class="actor {kind}{f" {state.lower()}" if state else ""}">{box}{_node_text(node, drawing, now)}</g>'


def _state(actor: str, now: LiveState | None) -> str:
    if now is None:
        return ""
    if any(actor == receiver for _, receiver in now.flights):
        return "AWAITED"
    steps = [step.name for step in now.board.plan.saga.steps if step.service == actor]
    return str(now.board.steps[steps[-1]].status) if steps else ""


def _node_text(node: Node, drawing: Drawing, now: LiveState | None) -> str:
    if node.height > 2 * node.width:
        upright = f"translate({node.x + 5:g} {node.y:g}) rotate(-90)"
        return f'<text class="name" transform="{upright}">{title(node.actor)}</text>'
    lines = [f'<text class="name" x="{node.x:g}" y="{node.y - 4:g}">{escape(title(node.actor))}</text>']
    notes = _notes(node.actor, drawing.plan, now)
    lines += [
        f'<text class="note" x="{node.x:g}" y="{node.y + 15 + i * 12:g}">{escape(n)}</text>'
        for i, n in enumerate(notes)
    ]
    return "".join(lines)


def _notes(actor: str, plan: Plan, now: LiveState | None) -> list[str]:
    if actor == CUSTOMER:
        return ["places the order"]
    steps = [step.name for step in plan.saga.steps if step.service == actor]
    if not steps:
        return ["decides every next step"]
    return [f"{STEP_SIGN[now.board.steps[name].status]} {name}" if now else name for name in steps]


def _chips(link: Link, now: LiveState) -> str:
    """Returns the messages in flight: each rests on the link, and crosses it once when the page animates it."""
    flying = now.flights.get((link.sender, link.receiver), ())
    return "".join(_chip(link, delivery, now, 0.5 + 0.14 * (i % 3)) for i, delivery in enumerate(flying))


def _chip(link: Link, delivery: DeliveryView, now: LiveState, rest: float) -> str:
    way = now.board.plan.way_of(delivery.name)
    place = f'keyPoints="{rest:g};{rest:g}" keyTimes="0;1" calcMode="linear"'
    still = f'<animateMotion path="{link.path}" dur="1s" {place} fill="freeze"/>'
    moving = f'<animateMotion path="{link.path}" dur="{now.travel:g}s" begin="indefinite" fill="freeze"/>'
    crossing = f'<circle class="chip moving {way}" r="6">{moving}</circle>' if now.travel and not delivery.held else ""
    label = escape(message_in_words(delivery))
    sent = delivery.copy if delivery.copy > 1 else delivery.message
    return (
        f'<a class="flight" href="{now.address}?at={sent}" data-at="{sent}" aria-label="{label}">'
        f'<title>{label}</title>{crossing}<circle class="chip still {way}" r="6">{still}</circle></a>'
    )


def message_in_words(delivery: DeliveryView) -> str:
    """Returns the headers of a message in one line."""
    to = title(delivery.receiver) if delivery.receiver else "nobody"
    said = [f"{delivery.name}, {delivery.kind}", f"message {delivery.message}", f"{title(delivery.sender)} to {to}"]
    said += [f"caused by {delivery.caused_by}"] if delivery.caused_by else []
    said += [f"goes back for {delivery.because}"] if delivery.because else []
    return ", ".join(said + (["a copy"] if delivery.copy > 1 else []) + (["held"] if delivery.held else []))


def now_in_words(board: Board) -> list[str]:
    """Returns what the picture of a run shows beyond its plan: the status of every step, every message on its way."""
    steps = [f"{title(s.service)}: {s.name} {board.steps[s.name].status}." for s in board.plan.saga.steps]
    flights = [f"On its way: {message_in_words(delivery)}." for delivery in board.in_flight if not delivery.is_timer]
    return steps + flights
