"""Draws pictures of plans, ready for a template."""

from typing import Any

from django.utils.safestring import SafeString, mark_safe

from sandbox.definitions.terms import MessageKind
from sandbox.engine.plan.model import Plan
from sandbox.render.diagram.hotspots import NO_HOTSPOTS, Hotspots
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.svg import svg
from sandbox.render.text.rule_tables import HEADINGS, rule_rows, timeout_rows

LINES = {
    MessageKind.EVENT: "Dashed: event.",
    MessageKind.COMMAND: "Solid: command.",
    MessageKind.REPLY: "Dotted: reply.",
}


def plan_pictures(plan: Plan, *, name: str, hotspots: Hotspots = NO_HOTSPOTS) -> SafeString:
    """Draws the plan for wide and for narrow places; the style sheet shows the one that fits."""
    drawn = (svg(draw(plan, shape), name=name, hotspots=hotspots) for shape in Shape)
    return mark_safe("".join(drawn))  # noqa: S308  every name in it was escaped by the renderer


def figure_of(plan: Plan, *, name: str, hotspots: Hotspots = NO_HOTSPOTS) -> dict[str, Any]:
    """Returns what the figure template needs: the pictures, and the rules that they are drawn from."""
    return {
        "plan": plan,
        "legend": " ".join(words for kind, words in LINES.items() if any(hop.kind is kind for hop in plan.hops)),
        "pictures": plan_pictures(plan, name=name, hotspots=hotspots),
        "headings": HEADINGS,
        "rules": rule_rows(plan),
        "alarms": timeout_rows(plan),
    }
