"""Reads the results of a learner's loads, and sets those beside each other that differ in one thing."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.analysis.samples import LoadComparison, Samples
from sandbox.engine.plan.compiler import compile_plan
from sandbox.models import Load, Run

# How many of a learner's loads are listed, and how many are compared, the newest first.
LISTED, COMPARED = 12, 24


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one style's part of an ended load. `order_median` is the median time of an order, in seconds."""

    load: Load
    style: str
    orders: int
    per_second: float
    order_median: float

    @property
    def figure(self) -> float:
        """Returns what loads are compared by: where orders arrive at a rate, that rate says nothing, and time does."""
        return self.order_median if self.load.rate else self.per_second


def results_of(learner: str, *, like: Load | None = None) -> list[Result]:
    """Returns the results of the learner's newest loads, newest first.

    With `like`, only of loads that differ from that one in nothing but styles and second process.
    """
    loads = Load.objects.filter(learner=learner, is_running=False, stopped=False, problem="").order_by("-asked_at")
    if like:
        loads = loads.filter(**dict(zip(Load.CONDITIONS, like.conditions, strict=True)))
    found = {load.pk: load for load in loads[: COMPARED if like else LISTED]}
    times = _times_of(found)
    return [
        _result(load, style, of) for load in found.values() for style in load.styles if (of := times[load.pk, style])
    ]


def _times_of(loads: Mapping[uuid.UUID, Load]) -> dict[tuple[uuid.UUID, str], list[tuple[float, float]]]:
    """Reads when each order of these loads began and ended, by load and style."""
    times = defaultdict(list)
    rows = Run.objects.filter(load__in=loads).values_list("load", "style", "started_at", "ended_at")
    for load, style, started, ended in rows:
        if ended is not None:
            times[load, style].append((started, ended))
    return times


def _result(load: Load, style: str, times: Sequence[tuple[float, float]]) -> Result:
    seconds = max(ended for _, ended in times) - min(started for started, _ in times)
    per_second = len(times) / seconds if seconds > 0 else 0.0
    return Result(load, style, len(times), per_second, median(ended - started for started, ended in times))


def comparisons_of(load: Load, results: Sequence[Result]) -> list[LoadComparison]:
    """Returns what can be compared of results that are like this load, for each actor that had a second process.

    For a load in which somebody has one, that is the only comparison.
    """
    helped = [load.helped] if load.helped else dict.fromkeys(one.load.helped for one in results if one.load.helped)
    return [comparison(load, name, results) for name in helped]


def comparison(load: Load, helped: str, results: Sequence[Result]) -> LoadComparison:
    """Returns the comparison of these results without a second process, and with one for that actor."""
    return LoadComparison(helped, tuple(_samples(load.saga, style, helped, results) for style in load.styles))


def _samples(saga: str, style: str, helped: str, results: Sequence[Result]) -> Samples:
    without, changed = (_figures(results, style, who) for who in ("", helped))
    return Samples(style, without, changed, is_touched=_takes_part(saga, style, helped))


def _figures(results: Sequence[Result], style: str, helped: str) -> tuple[float, ...]:
    return tuple(one.figure for one in results if one.style == style and one.load.helped == helped)


def _takes_part(saga: str, style: str, actor: str) -> bool:
    """Tells whether an actor takes part in a saga in that style."""
    known = SAGA.get(saga)
    return known is not None and style in known.styles and actor in compile_plan(known, Style(style)).actors
