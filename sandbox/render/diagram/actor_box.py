"""Draws an actor: its box, its name, how its steps stand, and what went wrong there."""

from html import escape

from sandbox.definitions.registry import CUSTOMER, SERVICE, title
from sandbox.definitions.terms import StepStatus
from sandbox.engine.plan.model import Plan
from sandbox.render.diagram.hotspots import ASIDE, pill, pill_around, pill_beside
from sandbox.render.diagram.layout import Drawing, Node
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.marks import Tone, is_held_back

STEP_SIGN = {
    StepStatus.SCHEDULED: "○",
    StepStatus.REQUESTED: "◌",
    StepStatus.NOT_REACHED: "?",
    StepStatus.IN_PROGRESS: "●",
    StepStatus.COMPLETED: "✓",
    StepStatus.REJECTED: "✕",
    StepStatus.RETRYING: "↻",
    StepStatus.TIMED_OUT: "◷",
    StepStatus.COMPENSATING: "●",
    StepStatus.COMPENSATED: "↩",
    StepStatus.SKIPPED: "·",
}


def actor_box(node: Node, drawing: Drawing, now: LiveState | None) -> str:
    """Returns an actor's box with its name, its steps, and what went wrong there."""
    left, top = node.x - node.width / 2, node.y - node.height / 2
    kind = "service" if node.actor in SERVICE else node.actor
    state = _state(node.actor, now)
    box = f'<rect x="{left:g}" y="{top:g}" width="{node.width:g}" height="{node.height:g}" rx="10"/>'
    inside = box + _text(node, drawing, now) + _marks(node, kind, drawing, now) + _goal(node, drawing, now)
    is_hurt = now is not None and now.marks.tones.get(node.actor) is Tone.BAD
    return f'<g class="actor {kind}{f" {state.lower()}" if state else ""}{" hurt" if is_hurt else ""}">{inside}</g>'


def _marks(node: Node, kind: str, drawing: Drawing, now: LiveState | None) -> str:
    """Returns what went wrong at an actor, on a corner of its box where no arrow starts or ends."""
    words = now.marks.actors.get(node.actor) if now else None
    if not now or not words:
        return ""
    return pill(", ".join(words), *_corner(node, kind), drawing, f"happened {now.marks.tones[node.actor]}")


def _corner(node: Node, kind: str) -> tuple[float, float]:
    """Returns where marks begin, and their middle; those of an upright box are right of the arrow at its upper end."""
    left, edge = node.x - node.width / 2, node.height / 2
    if kind == "service":
        return left - 6.0, node.y + edge
    return (node.x + ASIDE, node.y - edge) if _is_upright(node) else (left + 5.0, node.y - edge + 11.0)


def _is_upright(node: Node) -> bool:
    return node.height > 2 * node.width


def _goal(node: Node, drawing: Drawing, now: LiveState | None) -> str:
    """Returns the mark of the goal on the box's edge, apart from its name and from what went wrong there."""
    if not now or not (text := now.goal_at(node.actor)):
        return ""
    if _is_upright(node):
        return pill_around(text, node.x, node.y + node.height / 2, drawing, "happened goal")
    if node.width > 4 * node.height:
        return pill_beside(text, node.x + node.width / 2, node.y, "end", drawing, "happened goal")
    return pill_around(text, node.x, node.y - node.height / 2, drawing, "happened goal")


def _state(actor: str, now: LiveState | None) -> str:
    if now is None:
        return ""
    coming = (one for (_, receiver), flights in now.flights.items() if receiver == actor for one in flights)
    if any(not is_held_back(one, now.board) for one in coming):
        return "AWAITED"
    steps = [step.name for step in now.board.plan.saga.steps if step.service == actor]
    return str(now.board.steps[steps[-1]].status) if steps else ""


def _text(node: Node, drawing: Drawing, now: LiveState | None) -> str:
    if _is_upright(node):
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
