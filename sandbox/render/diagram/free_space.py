"""Finds out what is free in a picture, so that words which are added in a run cover nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from sandbox.render.diagram.layout import Drawing
from sandbox.render.diagram.path_points import corners


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of the picture, by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Self) -> bool:
        overlaps_across = self.left < other.right and other.left < self.right
        return overlaps_across and self.top < other.bottom and other.top < self.bottom


def is_free(place: Rectangle, drawing: Drawing) -> bool:
    """Returns whether the place is inside the picture, on no box and across no arrow."""
    is_inside = place.left >= 0 and place.right <= drawing.width
    return is_inside and not any(place.meets(one) for one in _taken(drawing))


def _taken(drawing: Drawing) -> Iterator[Rectangle]:
    for node in drawing.nodes:
        wide, high = node.width / 2, node.height / 2
        yield Rectangle(node.x - wide, node.y - high, node.x + wide, node.y + high)
    for link in drawing.links:
        for (x1, y1), (x2, y2) in pairwise(corners(link.path)):
            yield Rectangle(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
