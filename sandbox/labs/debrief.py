"""Fills the debrief of a lab with figures of the learner's own run.

A figure is the name of a measure in braces, `{messages}`. Of two runs, `{messages.2}` is that of the second.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from content.suggest import suggest
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.labs.measures import MEASURES

FIGURE = re.compile(r"\{([a-z-]+)(?:\.(\d))?\}")
# What the load lab measures for each style, beside the measures of one of its orders.
LOAD_FIGURES = ("orders-per-second", "order-median", "longest-queue", "longest-wait")


def figures_in(text: str) -> list[tuple[str, int]]:
    """Returns the figures that a debrief names: each with its run, 0 for the first."""
    return [(name, int(run or 1) - 1) for name, run in FIGURE.findall(text)]


def unknown_figures(text: str, *, runs: int, is_load: bool = False) -> Iterator[str]:
    """Yields what is wrong with the figures of a debrief of so many runs."""
    known = [*MEASURES, *(LOAD_FIGURES if is_load else ())]
    for name, run in figures_in(text):
        if name not in known:
            yield f"sandbox/labs/measures.py has no measure {name!r}{suggest(name, known)}"
        elif not 0 <= run < runs:
            yield f"there is no run {run + 1}; the lab has {'one run' if runs == 1 else f'{runs} runs'}"
    rest = FIGURE.sub("", text)
    if "{" in rest or "}" in rest:
        yield "a brace belongs to no figure; write one as {messages} or {messages.2}"


def fill(text: str, records: Sequence[RunRecord], load: Sequence[Mapping[str, str]] = ()) -> str:
    """Returns the debrief with the figures of these runs; `load` has those of each style of a load."""

    def figure(match: re.Match[str]) -> str:
        name, run = match[1], int(match[2] or 1) - 1
        if run < len(load) and name in load[run]:
            return load[run][name]
        return MEASURES[name].words(records[run])

    return FIGURE.sub(figure, text)
