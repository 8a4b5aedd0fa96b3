"""Draws what stands on an arrow: its label, what went wrong there, and the messages on their way."""

from html import escape

from sandbox.definitions.registry import SERVICE
from sandbox.engine.plan.model import Hop, Way
from sandbox.engine.projection.board import DeliveryView
from sandbox.render.diagram.by_hand import APART, ASIDE, CLOCK, by_hand
from sandbox.render.diagram.free_space import Rectangle, is_free
from sandbox.render.diagram.hotspots import pill_around, pill_beside
from sandbox.render.diagram.layout import Drawing, Label, Link
from sandbox.render.diagram.layout.shapes import LETTER, label_width
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.marks import Mark, is_held_back
from sandbox.render.diagram.path_points import point_on
from sandbox.render.diagram.text_alternative import message_in_words

# Where signs stand on an arrow, as parts of its length, and on an arc beside its label.
ALONG, BESIDE_LABELS = (0.5, 0.3, 0.7, 0.15), (0.2, 0.8, 0.35, 0.65)
# How high the letters of a message's name are.
HIGH = 8.0
# The head of an arrow along which nothing was sent.
UNUSED = "unused"
SIGN = {Way.FORWARD: "", Way.REFUSAL: "✕ ", Way.UNDO: "↩ "}


def arrow(link: Link, ident: str, now: LiveState | None) -> str:
    """Returns the line of a link, in the manner of what passes along it; `ident` begins the ids of arrows' heads."""
    flying = _flying(link, now)
    way = next((hop.way for hop in link.hops if hop.name in flying), _latest_way(link, now))
    used = {_use(hop, now) for hop in link.hops}
    use = next((word for word in (" live", " taken", " lost", "") if word in used), " unused")
    head = UNUSED if use == " unused" else way
    return f'<path class="hop {way} {link.hops[0].kind}{use}" d="{link.path}" marker-end="url(#{ident}-{head})"/>'


def _latest_way(link: Link, now: LiveState | None) -> Way:
    """Returns the way of what passed along the link last; as drawn in the plan, where nothing has."""
    ways = {hop.name: hop.way for hop in link.hops}
    passed = now.passed(link.sender, link.receiver) if now else []
    return next((ways[name] for name in reversed(passed) if name in ways), link.way)


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


def message_label(label: Label, drawing: Drawing, now: LiveState | None) -> str:
    """Returns a message's name beside its arrow, with what went wrong with it."""
    hop = label.hop
    key = hop.sender, hop.receiver, hop.name
    name, mark = (now.sent.get(key, hop.name), now.marks.messages.get(key)) if now else (hop.name, None)
    marked = f" marked {mark.tone}" if mark else ""
    word = f" {mark.word}" if mark and _has_room(label, mark.word, drawing) else ""
    return (
        f'<text class="message {hop.way}{_use(hop, now)}{marked}" x="{label.x:g}" y="{label.y:g}" '
        f'text-anchor="{label.anchor}">{SIGN[hop.way]}{escape(name)}{word}</text>'
    )


def _has_room(label: Label, word: str, drawing: Drawing) -> bool:
    """Returns whether a word more fits beside a message's name, whose arrow has a sign in any case."""
    wide = label_width(label.hop) + LETTER * (len(word) + 1)
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return is_free(Rectangle(left, label.y - HIGH, left + wide, label.y), drawing)


def _is_arc(link: Link) -> bool:
    """Returns whether the arrow is an arc, whose label stands over its middle."""
    return " C" in link.path


def badges(link: Link, marks: tuple[Mark, ...]) -> str:
    """Returns the signs of what happened on an arrow, one after the other along it."""
    return "".join(
        f'<g class="happened {mark.tone}" {_at(link, at)}><circle r="9"/>{_sign(mark)}</g>'
        for mark, at in zip(marks, BESIDE_LABELS if _is_arc(link) else ALONG, strict=False)
    )


def goal_pill(link: Link, drawing: Drawing, now: LiveState) -> str:
    """Returns the mark of the goal on an arrow: at a service's box, or on its middle where labels leave that free."""
    if not (text := now.goal_at(link.sender, link.receiver)):
        return ""
    (start, end), anchor = (point_on(link.path, 0.0), point_on(link.path, 1.0)), link.labels[0].anchor
    if start[1] == end[1] and anchor != "middle":
        return pill_around(text, (start[0] + end[0]) / 2, start[1] + 1, drawing, "happened goal")
    x, y = start if link.sender in SERVICE else end
    return pill_beside(text, x, y, anchor, drawing, "happened goal")


def _sign(mark: Mark) -> str:
    return f'<text y="4">{mark.sign}</text>' if mark.sign else CLOCK


def _at(link: Link, part: float) -> str:
    """Returns the attribute that moves an element to that part of the arrow's length."""
    x, y = point_on(link.path, part)
    return f'transform="translate({x:.1f} {y:.1f})"'


def chips(link: Link, now: LiveState) -> str:
    """Returns the messages in flight: each rests on the link, and crosses it once when the page animates it."""
    flying = now.flights.get((link.sender, link.receiver), ())
    return "".join(
        _chip(link, delivery, now, rest=0.5 if delivery.held else 0.5 + 0.14 * (i % 3), below=APART * i)
        for i, delivery in enumerate(flying)
    )


def _chip(link: Link, delivery: DeliveryView, now: LiveState, *, rest: float, below: float) -> str:
    late = is_held_back(delivery, now.board)
    rest = rest - 0.27 if late or (delivery.held and _is_arc(link)) else rest
    way = now.board.plan.way_of(delivery.name)
    place = f'keyPoints="{rest:g};{rest:g}" keyTimes="0;1" calcMode="linear"'
    still = f'<animateMotion path="{link.path}" dur="1s" {place} fill="freeze"/>'
    moving = f'<animateMotion path="{link.path}" dur="{now.travel:g}s" begin="indefinite" fill="freeze"/>'
    moves = now.travel and not (delivery.held or late)
    crossing = f'<circle class="chip moving {way}" r="6">{moving}</circle>' if moves else ""
    label = escape(message_in_words(delivery))
    sent = delivery.copy if delivery.copy > 1 else delivery.message
    buttons = by_hand(delivery, now, _at(link, rest), (ASIDE[link.labels[0].anchor], below)) if delivery.held else ""
    return buttons + (
        f'<a class="flight{" held" if delivery.held else ""}" href="{now.address}?at={sent}" data-at="{sent}" '
        f'aria-label="{label}">'
        f'<title>{label}</title>{crossing}<circle class="chip still {way}" r="6">{still}</circle></a>'
    )
