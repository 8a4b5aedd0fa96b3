"""Writes the stylesheet of sequence diagrams with a number of lanes, since a page may not contain any style."""

from functools import lru_cache

from django.template.loader import render_to_string

# The names of FEW lanes fit side by side in ROOMY rem; each further one needs LANE rem more.
FEW, ROOMY, LANE = 9, 44, 5


@lru_cache(16)
def lanes_css(count: int) -> str:
    """Returns the rules that lay rows over `count` lanes."""
    roomy = ROOMY + LANE * max(0, count - FEW)
    return render_to_string("sandbox/run/lanes.css", {"lanes": range(1, count + 1), "roomy": roomy})
