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
from sandbox.render.diagram.hotspots import NO_HOTSPOTS, Hotspots, overlay, pill
from sandbox.render.diagram.layout import Drawing, Label, Link, Node
from sandbox.render.diagram.layout.shapes import LETTER, label_width
from sandbox.render.diagram.marks import Mark, Marks, Tone, marks_of
from sandbox.render.diagram.path_points import point_on

# How much larger than drawn a picture may be shown.
ROOMY = 1.15
# From this width on, names would be too small on a page, which shows the tall picture instead.
CROWDED = 1400.0

# Where signs stand on an arrow, as parts of its length, and on an arc beside its label.
ALONG, BESIDE_LABELS = (0.5, 0.3, 0.7, 0.15), (0.2, 0.8, 0.35, 0.65)

Flights = dict[tuple[str, str | None], list[DeliveryView]]
Key = tuple[str, str | None, str]
Taken = frozenset[Key]
SIGN = {Way.FORWARD: "", Way.REFUSAL: "✕ ", Way.UNDO: "↩ "}
STEP_SIGN = {
    StepStatus.SCHEDULED: "○",
    StepStatus.REQUESTED: "◌",
    StepStatus.NOT_REACHED: "?",
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
    """What a picture shows of a run: its board, the seconds that a message travels, and the page's address.

    `tag` begins the ids of the forms on that page with which the learner delivers the messages that are held.
    """

    board: Board
    travel: float = 0.0
    address: str = ""
    tag: str = ""

    @cached_property
    def flights(self) -> Flights:
        """Returns the messages on their way, without timers, by sender and receiver."""
        found: Flights = {}
        for delivery in self.board.in_flight:
            if not delivery.is_timer:
                found.setdefault((delivery.sender, delivery.receiver), []).append(delivery)
        return found

    @cached_property
    def marks(self) -> Marks:
        """Returns what went wrong so far, and where."""
        return marks_of(self.board)

    @cached_property
    def taken(self) -> Taken:
        """Returns the hops that were taken so far; a message that was lost did not take its hop."""
        heard_as = self.board.plan.heard_as
        return frozenset((a.sender, a.receiver, heard_as(a.name)) for a in self.board.deliveries.values() if not a.lost)

    @cached_property
    def lost(self) -> Taken:
        """Returns the hops whose every message was lost."""
        return frozenset(self.sent) - self.taken

    @cached_property
    def sent(self) -> dict[Key, str]:
        """Returns the hops along which something was sent so far, each with the name of the message sent last.

        That can be a message that stands for the hop's own.
        """
        heard_as = self.board.plan.heard_as
        return {(a.sender, a.receiver, heard_as(a.name)): a.name for a in self.board.deliveries.values()}


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
            marks = now.marks.arrows.get((link.sender, link.receiver), ())
            yield _piece(drawing, now, "marks", _badges(link, marks), link.sender, link.receiver)
        for link in drawing.links:
            yield _piece(drawing, now, "chips", _chips(link, now), link.sender, link.receiver)
        for node in drawing.nodes:
            yield _piece(drawing, now, "alarms", _alarms(node, now), node.actor)


def _piece(drawing: Drawing, now: LiveState | None, kind: str, inside: str, *actors: str) -> Piece:
    """Returns a piece; in the picture of a run it names its actors, and only messages on their way are read aloud."""
    part = "-".join((drawing.shape, kind, *actors))
    silent = "" if kind in {"chips", "alarms"} else ' aria-hidden="true"'
    of_run = f' data-fragment="{part}" data-actors="{" ".join(actors)}"{silent}' if now else ""
    return Piece(part, kind, f"<g{of_run}>{inside}</g>")


def in_words(plan: Plan) -> list[str]:
    """Returns what the picture shows, one sentence for each arrow's label."""
    return [
        f"{title(hop.sender)} sends {' or '.join(_names(hop, plan))} ({_nature(hop)}) to {title(hop.receiver)}."
        for hop in plan.hops
        if not hop.stands_for
    ]


def _names(hop: Hop, plan: Plan) -> list[str]:
    """Returns the hop's name, and those that stand for it."""
    ends = hop.sender, hop.receiver
    return [o.name for o in plan.hops if (o.sender, o.receiver) == ends and hop.name in (o.name, o.stands_for)]


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
    use = next((word for word in (" live", " taken", " lost", "") if word in used), " unused")
    return f'<path class="hop {way} {link.hops[0].kind}{use}" d="{link.path}" marker-end="url(#{ident}-{way})"/>'


def _flying(along: Link | Hop, now: LiveState | None) -> set[str]:
    """Returns the names of the hops whose messages are on their way along the link."""
    if now is None:
        return set()
    flights = now.flights.get((along.sender, along.receiver), ())
    return {now.board.plan.heard_as(delivery.name) for delivery in flights}


def _use(hop: Hop, now: LiveState | None) -> str:
    """Returns the class of the hop: live, taken, lost or unused in the picture of a run, "" in any other."""
    if now is None:
        return ""
    if hop.name in _flying(hop, now):
        return " live"
    taken = hop.sender, hop.receiver, hop.name
    return " taken" if taken in now.taken else " lost" if taken in now.lost else " unused"


def _label(label: Label, now: LiveState | None) -> str:
    hop = label.hop
    key = hop.sender, hop.receiver, hop.name
    name, mark = (now.sent.get(key, hop.name), now.marks.messages.get(key)) if now else (hop.name, None)
    marked = f" marked {mark.tone}" if mark else ""
    word = f" {mark.word}" if mark and _has_room(label, mark.word) else ""
    return (
        f'<text class="message {hop.way}{_use(hop, now)}{marked}" x="{label.x:g}" y="{label.y:g}" '
        f'text-anchor="{label.anchor}">{SIGN[hop.way]}{escape(name)}{word}</text>'
    )


def _has_room(label: Label, word: str) -> bool:
    """Returns whether a word more fits beside a message's name, inside the picture."""
    return label.anchor != "end" or label_width(label.hop) + LETTER * (len(word) + 1) < label.x


def _node(node: Node, drawing: Drawing, now: LiveState | None) -> str:
    left, top = node.x - node.width / 2, node.y - node.height / 2
    kind = "service" if node.actor in SERVICE else node.actor
    state = _state(node.actor, now)
    box = f'<rect x="{left:g}" y="{top:g}" width="{node.width:g}" height="{node.height:g}" rx="10"/>'
    inside = box + _node_text(node, drawing, now) + _node_marks(node, kind, now)
    is_hurt = now is not None and now.marks.tones.get(node.actor) is Tone.BAD
    return f'<g class="actor {kind}{f" {state.lower()}" if state else ""}{" hurt" if is_hurt else ""}">{inside}</g>'


def _node_marks(node: Node, kind: str, now: LiveState | None) -> str:
    """Returns what went wrong at an actor, on a corner of its box where no arrow starts or ends."""
    words = now.marks.actors.get(node.actor) if now else None
    if not now or not words:
        return ""
    edge = node.height / 2
    y = node.y + edge if kind == "service" else node.y - edge + 11.0
    left = max(node.x - node.width / 2 + (-6.0 if kind == "service" else 5.0), 1.0)
    return pill(", ".join(words), left, y, f"happened {now.marks.tones[node.actor]}")


def _is_arc(link: Link) -> bool:
    """Returns whether the arrow is an arc, whose label stands over its middle."""
    return " C" in link.path


def _badges(link: Link, marks: tuple[Mark, ...]) -> str:
    """Returns the signs of what happened on an arrow, one after the other along it."""
    return "".join(
        f'<g class="happened {mark.tone}" {_at(link, at)}><circle r="9"/>{_sign(mark)}</g>'
        for mark, at in zip(marks, BESIDE_LABELS if _is_arc(link) else ALONG, strict=False)
    )


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
        return ["decides every next step" if plan.is_led else "decides what it commands"]
    return [f"{STEP_SIGN[now.board.steps[name].status]} {name}" if now else name for name in steps]


def _sign(mark: Mark) -> str:
    return f'<text y="4">{mark.sign}</text>' if mark.sign else CLOCK


def _at(link: Link, part: float) -> str:
    """Returns the attribute that moves an element to that part of the arrow's length."""
    x, y = point_on(link.path, part)
    return f'transform="translate({x:.1f} {y:.1f})"'


def _chips(link: Link, now: LiveState) -> str:
    """Returns the messages in flight: each rests on the link, and crosses it once when the page animates it."""
    flying = now.flights.get((link.sender, link.receiver), ())
    return "".join(
        _chip(link, delivery, now, rest=0.5 if delivery.held else 0.5 + 0.14 * (i % 3), below=APART * i)
        for i, delivery in enumerate(flying)
    )


def _chip(link: Link, delivery: DeliveryView, now: LiveState, *, rest: float, below: float) -> str:
    rest = rest - 0.27 if delivery.held and _is_arc(link) else rest
    way = now.board.plan.way_of(delivery.name)
    place = f'keyPoints="{rest:g};{rest:g}" keyTimes="0;1" calcMode="linear"'
    still = f'<animateMotion path="{link.path}" dur="1s" {place} fill="freeze"/>'
    moving = f'<animateMotion path="{link.path}" dur="{now.travel:g}s" begin="indefinite" fill="freeze"/>'
    crossing = f'<circle class="chip moving {way}" r="6">{moving}</circle>' if now.travel and not delivery.held else ""
    label = escape(message_in_words(delivery))
    sent = delivery.copy if delivery.copy > 1 else delivery.message
    by_hand = _by_hand(delivery, now, _at(link, rest), (ASIDE[link.labels[0].anchor], below)) if delivery.held else ""
    return by_hand + (
        f'<a class="flight{" held" if delivery.held else ""}" href="{now.address}?at={sent}" data-at="{sent}" '
        f'aria-label="{label}">'
        f'<title>{label}</title>{crossing}<circle class="chip still {way}" r="6">{still}</circle></a>'
    )


PLAY = '<path d="M-4 -6 7 0 -4 6z"/>'
DOTS = '<path d="M-6 0h.01M0 0h.01M6 0h.01" class="stroked"/>'
CLOCK = '<path d="M0 -6V0L4 3" class="stroked"/>'


# From the middle of one button to the next.
APART = 27.0
# How far from an arrow its buttons stand, by where its labels do, so that they cover none.
ASIDE = {"start": -41.0, "middle": 0.0, "end": 14.0}


def _by_hand(delivery: DeliveryView, now: LiveState, place: str, shift: tuple[float, float]) -> str:
    """Returns the buttons of a held message on its arrow: to deliver it, and for what else can happen to it."""
    what = f"{delivery.name}{' (copy)' if delivery.copy > 1 else ''} to {title(str(delivery.receiver))}"
    aside, below = shift
    deliver = _button("deliver", delivery, now, (aside, below), PLAY, f"Deliver {what}")
    more = _button("network", delivery, now, (aside + APART, below), DOTS, f"More for {what}")
    return f'<g class="by-hand" {place}>{deliver}{more}</g>'


def _button(does: str, delivery: DeliveryView, now: LiveState, at: tuple[float, float], sign: str, label: str) -> str:
    """Returns a link that the page's script makes press the button, or open the menu, of that message."""
    return (
        f'<a class="{does}" href="#{now.tag}-{does}-{delivery.key}" data-press="{now.tag}-{does}-{delivery.key}" '
        f'aria-label="{escape(label)}" transform="translate({at[0]:g} {at[1]:g})"><title>{escape(label)}</title>'
        f'<circle r="12"/>'
        f"{sign}</a>"
    )


def _alarms(node: Node, now: LiveState) -> str:
    """Returns a button for each timer of an actor that is held, on the right of its box."""
    held = [d for d in now.board.in_flight if d.held and d.is_timer and d.receiver == node.actor]
    x, y = node.x + node.width / 2 - 6, node.y - node.height / 2
    return "".join(
        f'<g class="by-hand" transform="translate({x - APART * i:g} {y:g})">'
        f"{_button('deliver', delivery, now, (0, 0), CLOCK, f'Let {delivery.name} ring')}</g>"
        for i, delivery in enumerate(held)
    )


def message_in_words(delivery: DeliveryView) -> str:
    """Returns the headers of a message in one line."""
    to = title(delivery.receiver) if delivery.receiver else "nobody"
    said = [f"{delivery.name}, {delivery.kind}", f"message {delivery.message}", f"{title(delivery.sender)} to {to}"]
    said += [f"caused by {delivery.caused_by}"] if delivery.caused_by else []
    said += [f"goes back for {delivery.because}"] if delivery.because else []
    return ", ".join(said + (["a copy"] if delivery.copy > 1 else []) + (["held"] if delivery.held else []))


def now_in_words(board: Board) -> list[str]:
    """Returns what the picture of a run adds to its plan: the status of steps, messages on their way, marks."""
    steps = [f"{title(s.service)}: {s.name} {board.steps[s.name].status}." for s in board.plan.saga.steps]
    flights = [f"On its way: {message_in_words(delivery)}." for delivery in board.in_flight if not delivery.is_timer]
    return steps + flights + marks_of(board).in_words
