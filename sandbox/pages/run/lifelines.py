"""Writes the stylesheet of sequence diagrams with a number of lifelines, since a page may not contain any style."""

from functools import lru_cache

from django.template.loader import render_to_string

# The names of FEW lifelines fit side by side in ROOMY rem; each further one needs LIFELINE rem more.
FEW, ROOMY, LIFELINE = 9, 44, 5


@lru_cache(16)
def lifelines_css(count: int) -> str:
    """Returns the rules that lay rows over `count` lifelines."""
    roomy = ROOMY + LIFELINE * max(0, count - FEW)
    return render_to_string("sandbox/run/lifelines.css", {"lifelines": range(1, count + 1), "roomy": roomy})
