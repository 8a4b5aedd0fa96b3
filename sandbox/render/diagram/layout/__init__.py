"""Lays out the picture of a plan from its hops, independently of the style.

Services are in a row (or, on a small screen, in a column). An actor that is no service and no customer is a hub:
a bar along the row, with spokes to the services. Messages between services are arcs: forward on one side of the row,
backward on the other.
"""

from functools import cache

from sandbox.engine.plan.model import Plan
from sandbox.render.diagram.layout import tall, wide
from sandbox.render.diagram.layout.shapes import Drawing, Label, Link, Node, Pairs, Shape


@cache
def draw(plan: Plan, shape: Shape) -> Drawing:
    """Returns the picture of a plan."""
    pairs = Pairs(plan)
    if shape is Shape.WIDE:
        return wide.hub_and_row(pairs, pairs.hub) if pairs.hub else wide.row(pairs)
    return tall.hub_and_column(pairs, pairs.hub) if pairs.hub else tall.column(pairs)


__all__ = ["Drawing", "Label", "Link", "Node", "Shape", "draw"]
