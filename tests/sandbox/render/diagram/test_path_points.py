"""A point that lies on an arrow, wherever its path turns."""

import pytest

from sandbox.render.diagram.path_points import point_on


@pytest.mark.parametrize(
    ("path", "share", "point"),
    [
        ("M0 0 L10 0", 0.5, (5, 0)),
        ("M0 0 H10", 0.25, (2.5, 0)),
        ("M3 1 V9", 0.5, (3, 5)),
        ("M0 0 L10 0 L10 10", 0.75, (10, 5)),
        ("M0,0 L10,0", 0, (0, 0)),
        ("M0 0 H10", 1, (10, 0)),
        ("M0 0 C0 10 10 10 10 0", 0.5, (5, 7.5)),
        ("M0 0 Q5 10 10 0", 0.5, (5, 5)),
        ("M-5 0 L-5 0 L5 0", 0.5, (0, 0)),
    ],
)
def test_it_lies_on_the_path_after_that_share_of_its_length(path, share, point):
    assert point_on(path, share) == pytest.approx(point, abs=1e-6)
