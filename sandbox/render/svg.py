"""A drawing as SVG text: plain for the lesson, or with a board, showing where the messages and the steps are."""

from html import escape

from sandbox.definitions.registry import CUSTOMER, SERVICE, title
from sandbox.definitions.terms import StepStatus
from sandbox.engine.board import Arrow, Board
from sandbox.engine.plan import Hop, Plan, Way
from sandbox.render.graph import Drawing, Label, Link, Node

Flights = dict[tuple[str, str | None], Arrow]
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


def svg(drawing: Drawing, *, name: str, board: Board | None = None, travel: float = 0.0) -> str:
    """The drawing as an SVG element with a title and a description.

    `name` makes its ids unique on the page; `travel` is how many seconds a message in flight takes to cross.
    """
    ident = f"{name}-{drawing.shape}"
    flights = {(a.sender, a.receiver): a for a in board.in_flight} if board else {}
    taken = frozenset((a.sender, a.receiver, a.name) for a in board.arrows.values()) if board else None
    plan = drawing.plan
    parts = [
        f'<svg class="saga {drawing.shape}" viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="{ident}-title">{escape(plan.saga.title)}: {plan.style}</title>',
        f'<desc id="{ident}-desc">{escape(" ".join(in_words(plan)))}</desc>',
        _markers(ident),
        *(_line(link, ident, flights, taken) for link in drawing.links),
        *(_labels(link, flights, taken) for link in drawing.links),
        *(_node(node, drawing, board) for node in drawing.nodes),
        *(_chip(link, flights, travel) for link in drawing.links),
        "</svg>",
    ]
    return "".join(parts)


def in_words(plan: Plan) -> list[str]:
    """What the picture shows, a sentence a message."""
    return [f"{title(hop.sender)} sends {hop.name} ({_nature(hop)}) to {title(hop.receiver)}." for hop in plan.hops]


def _nature(hop: Hop) -> str:
    return {Way.FORWARD: "", Way.REFUSAL: "refusing ", Way.UNDO: "compensating "}[hop.way] + hop.kind


def _markers(ident: str) -> str:
    return (
        "<defs>"
        + "".join(
            f'<marker id="{ident}-{way}" class="head {way}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
            f'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
            for way in Way
        )
        + "</defs>"
    )


def _line(link: Link, ident: str, flights: Flights, taken: Taken | None) -> str:
    flight = flights.get((link.sender, link.receiver))
    way = _way_of(link, flight)
    used = {_use(hop, flight, taken) for hop in link.hops}
    use = next((word for word in (" live", " taken", "") if word in used), " unused")
    return f'<path class="hop {way} {link.hops[0].kind}{use}" d="{link.path}" marker-end="url(#{ident}-{way})"/>'


def _labels(link: Link, flights: Flights, taken: Taken | None) -> str:
    flight = flights.get((link.sender, link.receiver))
    return "".join(_label(label, _use(label.hop, flight, taken)) for label in link.labels)


def _use(hop: Hop, flight: Arrow | None, taken: Taken | None) -> str:
    """Whether the hop is being taken, was taken, or (in a picture of a run) not at all."""
    if flight and flight.name == hop.name:
        return " live"
    if taken is None:
        return ""
    return " taken" if (hop.sender, hop.receiver, hop.name) in taken else " unused"


def _way_of(link: Link, flight: Arrow | None) -> Way:
    return next((hop.way for hop in link.hops if flight and hop.name == flight.name), link.way)


def _label(label: Label, use: str) -> str:
    hop = label.hop
    return (
        f'<text class="message {hop.way}{use}" x="{label.x:g}" y="{label.y:g}" text-anchor="{label.anchor}">'
        f"{SIGN[hop.way]}{escape(hop.name)}</text>"
    )


def _node(node: Node, drawing: Drawing, board: Board | None) -> str:
    left, top = node.x - node.width / 2, node.y - node.height / 2
    kind = "service" if node.actor in SERVICE else node.actor
    state = _state(node.actor, board)
    box = f'<rect x="{left:g}" y="{top:g}" width="{node.width:g}" height="{node.height:g}" rx="10"/>'
    return f'<g class="actor {kind}{f" {state.lower()}" if state else ""}">{box}{_node_text(node, drawing, board)}</g>'


def _state(actor: str, board: Board | None) -> str:
    if board is None:
        return ""
    if any(arrow.receiver == actor for arrow in board.in_flight):
        return "AWAITED"
    steps = [step.name for step in board.plan.saga.steps if step.service == actor]
    return str(board.steps[steps[-1]].status) if steps else ""


def _node_text(node: Node, drawing: Drawing, board: Board | None) -> str:
    if node.height > 2 * node.width:
        upright = f"translate({node.x + 5:g} {node.y:g}) rotate(-90)"
        return f'<text class="name" transform="{upright}">{title(node.actor)}</text>'
    lines = [f'<text class="name" x="{node.x:g}" y="{node.y - 4:g}">{escape(title(node.actor))}</text>']
    notes = _notes(node.actor, drawing.plan, board)
    lines += [
        f'<text class="note" x="{node.x:g}" y="{node.y + 15 + i * 12:g}">{escape(n)}</text>'
        for i, n in enumerate(notes)
    ]
    return "".join(lines)


def _notes(actor: str, plan: Plan, board: Board | None) -> list[str]:
    if actor == CUSTOMER:
        return ["places the order"]
    steps = [step.name for step in plan.saga.steps if step.service == actor]
    if not steps:
        return ["decides every next step"]
    return [f"{STEP_SIGN[board.steps[name].status]} {name}" if board else name for name in steps]


def _chip(link: Link, flights: Flights, travel: float) -> str:
    """The message in flight: crossing once, and resting halfway while it is held or where motion is not wanted."""
    flight = flights.get((link.sender, link.receiver))
    if flight is None:
        return ""
    way = _way_of(link, flight)
    resting = _moving(way, "still", link, 'dur="1s" keyPoints="0.5;0.5" keyTimes="0;1" calcMode="linear"')
    if not travel:
        return resting
    return _moving(way, "moving", link, f'dur="{travel:g}s"') + resting


def _moving(way: Way, manner: str, link: Link, course: str) -> str:
    motion = f'<animateMotion path="{link.path}" {course} fill="freeze"/>'
    return f'<circle class="chip {manner} {way}" r="6">{motion}</circle>'
