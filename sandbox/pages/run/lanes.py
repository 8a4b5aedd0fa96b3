"""The stylesheet of sequence diagrams with so many lanes, one for each actor, since no style may stand in a page."""

from functools import lru_cache

from django.template.loader import render_to_string

# Up to so many lanes, the names stand side by side where there are ROOMY rem; each further one needs LANE rem more.
FEW, ROOMY, LANE = 9, 44, 5


@lru_cache(16)
def lanes_css(count: int) -> str:
    """The rules that lay rows over `count` lanes."""
    roomy = ROOMY + LANE * max(0, count - FEW)
    return render_to_string("sandbox/run/lanes.css", {"lanes": range(1, count + 1), "roomy": roomy})
