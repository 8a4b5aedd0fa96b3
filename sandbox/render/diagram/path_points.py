"""Finds points on the paths of arrows, for pictures that cannot move anything along them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import dist

Point = tuple[float, float]
COMMAND = re.compile(r"([MLHVCQ])([^MLHVCQ]*)")
# Straight pieces that stand for a curve.
PIECES = 16


@lru_cache(4096)
def point_on(path: str, share: float) -> Point:
    """Returns the point after that share of the path's length. The path has the commands M, L, H, V, C and Q only."""
    points = corners(path)
    left = share * sum(dist(*ends) for ends in pairwise(points))
    for start, end in pairwise(points):
        length = dist(start, end)
        if length and left <= length:
            return _between(start, end, left / length)
        left -= length
    return points[-1]


@lru_cache(1024)
def corners(path: str) -> tuple[Point, ...]:
    """Returns the corners of the path, and points along its curves."""
    return tuple(_points(path))


def _points(path: str) -> Iterator[Point]:
    here = (0.0, 0.0)
    for command, given in COMMAND.findall(path):
        numbers = [float(number) for number in given.replace(",", " ").split()]
        controls = _controls(command, numbers, here)
        steps = PIECES if command in "CQ" else 1
        for step in range(1, steps + 1):
            yield _on_curve((here, *controls), step / steps) if steps > 1 else controls[-1]
        here = controls[-1]


def _controls(command: str, numbers: list[float], here: Point) -> tuple[Point, ...]:
    """Returns the points of a command, the last of which is its end."""
    if command == "H":
        return ((numbers[0], here[1]),)
    if command == "V":
        return ((here[0], numbers[0]),)
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _on_curve(points: tuple[Point, ...], share: float) -> Point:
    """Returns the point of a Bézier curve, by de Casteljau's construction."""
    while len(points) > 1:
        points = tuple(_between(start, end, share) for start, end in pairwise(points))
    return points[0]


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
