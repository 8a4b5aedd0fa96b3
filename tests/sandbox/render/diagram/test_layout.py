"""In every picture of every plan, each name stands inside the picture, by itself, off the boxes and the arrows."""

import re
from itertools import combinations, pairwise, product

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Way
from sandbox.render.diagram.layout import Shape, draw

PICTURES = [(saga, style, shape) for saga in SAGA.values() for style in saga.styles for shape in Shape]
LETTER, ABOVE, BELOW = 6.0, 9.0, 2.0


def longest(plan, hop):
    """The longest name that the label can show in a run."""
    return max((h.name for h in plan.hops if plan.heard_as(h.name) == hop.name), key=len)


def room_of(label, plan):
    """The room that a name takes at the least: left, top, right, bottom."""
    length = LETTER * (len(longest(plan, label.hop)) + (0 if label.hop.way is Way.FORWARD else 2))
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


def bezier(points, t):
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(points)]
    return points[0]


def course_of(link):
    """Points along the arrow, close to each other."""
    here, course = (0.0, 0.0), []
    for turn, numbers in re.findall(r"([MHVLCQ])([^MHVLCQ]*)", link.path):
        values = [float(number) for number in numbers.split()]
        points = {"H": [(values[0], here[1])], "V": [(here[0], values[0])]}.get(turn)
        points = points or list(zip(values[::2], values[1::2], strict=True))
        course += points if turn == "M" else [bezier([here, *points], i / 60) for i in range(61)]
        here = points[-1]
    return course


EVERY_PICTURE = pytest.mark.parametrize(("saga", "style", "shape"), PICTURES, ids=lambda one: getattr(one, "name", one))


@EVERY_PICTURE
def test_no_arrow_crosses_a_name(saga, style, shape):
    drawing = draw(compile_plan(saga, style), shape)
    courses = [(link.sender, link.receiver, course_of(link)) for link in drawing.links]
    names = [(label.hop.name, room_of(label, drawing.plan)) for link in drawing.links for label in link.labels]
    crossed = [
        (name, sender, receiver)
        for (name, (x1, y1, x2, y2)), (sender, receiver, course) in product(names, courses)
        if any(x1 < x < x2 and y1 < y < y2 - BELOW for x, y in course)
    ]
    assert crossed == []


def distance(room, course):
    x1, y1, x2, y2 = room
    return min(max(x1 - x, x - x2, 0) + max(y1 - y, y - y2, 0) for x, y in course)


@pytest.mark.parametrize("saga", SAGA.values(), ids=lambda saga: saga.name)
@pytest.mark.parametrize("shape", Shape)
def test_no_label_of_a_choreography_is_nearer_to_another_arrow_than_to_its_own(saga, shape):
    drawing = draw(compile_plan(saga, Style.CHOREOGRAPHY), shape)
    courses = {(link.sender, link.receiver): course_of(link) for link in drawing.links}
    strays = []
    for link in drawing.links:
        rooms = [room_of(label, drawing.plan) for label in link.labels]
        nearest = {ends: min(distance(room, course) for room in rooms) for ends, course in courses.items()}
        own = nearest[link.sender, link.receiver]
        strays += [(link.hops[0].name, ends) for ends, far in nearest.items() if far < own]
    assert strays == []


@EVERY_PICTURE
def test_every_name_can_be_read(saga, style, shape):
    drawing = draw(compile_plan(saga, style), shape)
    labels = {
        id(label): (label.hop.name, room_of(label, drawing.plan)) for link in drawing.links for label in link.labels
    }.values()
    boxes = [(node.actor, room_of_box(node)) for node in drawing.nodes]
    inside = (0.0, 0.0, drawing.width, drawing.height)
    assert [name for name, (x1, y1, x2, y2) in labels if x1 < 0 or y1 < 0 or x2 > inside[2] or y2 > inside[3]] == []
    assert [(a, b) for (a, one), (b, other) in combinations(labels, 2) if meet(one, other)] == []
    assert [(a, b) for (a, one), (b, other) in product(labels, boxes) if meet(one, other)] == []
