"""Tracks for arrows that pass other boxes: each arrow turns twice, on a track outside those of shorter arrows."""

from collections.abc import Iterable
from itertools import count

Ends = tuple[str, str]
Point = tuple[float, float]
BEND = 9.0


def levels(places: dict[str, int], ends: Iterable[Ends]) -> dict[Ends, int]:
    """Returns the track of each arrow, 0 next to the boxes: one outside all shorter arrows that it overlaps.

    With the boxes a, b, c and d in a row, the arrows a-c and b-d overlap and take tracks 0 and 1; a-d takes track 2.
    """
    found: dict[Ends, int] = {}
    for one in sorted(ends, key=lambda one: _length(places, one)):
        overlapping = [level for other, level in found.items() if _meet(_span(places, one), _span(places, other))]
        found[one] = max(overlapping, default=-1) + 1
    return found


def nth_there(places: dict[str, int], found: dict[Ends, int], one: Ends, end: int) -> int:
    """Returns how many arrows on inner tracks start or end where this one has its start (0) or its end (1)."""
    here, way = places[one[end]], _way(places, one, end)
    touching = [other for other, level in found.items() if level < found[one]]
    return sum(1 for other in touching for e in (0, 1) if places[other[e]] == here and _way(places, other, e) == way)


def _way(places: dict[str, int], ends: Ends, end: int) -> bool:
    """Returns whether the arrow leads from that end of it to later places."""
    return places[ends[1 - end]] > places[ends[end]]


def _length(places: dict[str, int], ends: Ends) -> int:
    return abs(places[ends[0]] - places[ends[1]])


def _span(places: dict[str, int], ends: Ends) -> tuple[int, int]:
    low, high = sorted(places[end] for end in ends)
    return low, high


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def rounded_path(points: list[Point]) -> str:
    """Returns an SVG path along these points, whose right angles are rounded."""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for i, (x, y) in zip(count(1), points[1:-1], strict=False):
        before, after = _towards((x, y), points[i - 1]), _towards((x, y), points[i + 1])
        path += f" L{before[0]:g} {before[1]:g} Q{x:g} {y:g} {after[0]:g} {after[1]:g}"
    return f"{path} L{points[-1][0]:g} {points[-1][1]:g}"


def _towards(start: Point, end: Point) -> Point:
    """Returns the point BEND away from start towards end, at most half the way. The two are on one line or column."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    bend = min(BEND, (abs(dx) + abs(dy)) / 2)
    return start[0] + bend * ((dx > 0) - (dx < 0)), start[1] + bend * ((dy > 0) - (dy < 0))
