"""In every picture of every plan, each name stands inside the picture, by itself, and not behind a box."""

from itertools import combinations, product

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.engine.plan import Way
from sandbox.engine.styles import compile_plan
from sandbox.render.graph import Shape, draw

PICTURES = [(saga, style, shape) for saga in SAGA.values() for style in saga.styles for shape in Shape]
LETTER, ABOVE, BELOW = 6.0, 9.0, 2.0


def room_of(label):
    """The room that a name takes at the least: left, top, right, bottom."""
    length = LETTER * (len(label.hop.name) + (0 if label.hop.way is Way.FORWARD else 2))
    left = label.x - {"start": 0.0, "middle": length / 2, "end": length}[label.anchor]
    return left, label.y - ABOVE, left + length, label.y + BELOW


def room_of_box(node):
    return (
        node.x - node.width / 2,
        node.y - node.height / 2,
        node.x + node.width / 2,
        node.y + node.height / 2,
    )


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize(("saga", "style", "shape"), PICTURES, ids=lambda one: getattr(one, "name", one))
def test_every_name_can_be_read(saga, style, shape):
    drawing = draw(compile_plan(saga, style), shape)
    labels = {id(label): (label.hop.name, room_of(label)) for link in drawing.links for label in link.labels}.values()
    boxes = [(node.actor, room_of_box(node)) for node in drawing.nodes]
    inside = (0.0, 0.0, drawing.width, drawing.height)
    assert [name for name, (x1, y1, x2, y2) in labels if x1 < 0 or y1 < 0 or x2 > inside[2] or y2 > inside[3]] == []
    assert [(a, b) for (a, one), (b, other) in combinations(labels, 2) if meet(one, other)] == []
    assert [(a, b) for (a, one), (b, other) in product(labels, boxes) if meet(one, other)] == []
