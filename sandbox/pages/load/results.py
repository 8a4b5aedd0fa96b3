"""Reads the results of a learner's loads, to be compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from django.db.models import Count, Max, Min, Q

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import ENDED, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.models import Load, Run

# How many of a learner's loads are compared, the newest first.
NEWEST = 12


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one style's part of an ended load.

    `without` are the orders per second of all that differ only in that no actor had a second process. It is empty for
    those themselves, and where the actor that had one takes no part.
    """

    load: Load
    style: str
    orders: int
    per_second: float
    without: tuple[float, ...] = ()

    @property
    def change(self) -> float | None:
        """Returns how much faster it was than the median of those without; 0.1 is ten per cent. None without any."""
        return self.per_second / median(self.without) - 1 if self.without else None

    @property
    def is_in_spread(self) -> bool:
        """Tells whether those without differ among themselves so much that this one could be one of them."""
        return bool(self.without) and min(self.without) <= self.per_second <= max(self.without)

    @property
    def has_help(self) -> bool:
        """Tells whether the actor that had a second process took part in this style."""
        saga, style = SAGA.get(self.load.saga), Style(self.style)
        return saga is not None and style in saga.styles and self.load.helped in compile_plan(saga, style).actors


def results_of(learner: str, *, like: Load | None = None) -> list[Result]:
    """Returns the results of the learner's newest loads, newest first.

    With `like`, only of loads that differ from that one in nothing but style and second process.
    """
    loads = Load.objects.filter(learner=learner, is_running=False, stopped=False, problem="").order_by("-asked_at")
    if like:
        loads = loads.filter(saga=like.saga, count=like.count, machine=like.machine)
    found = {load.pk: load for load in loads[:NEWEST]}
    rows = (
        Run.objects.filter(load__in=found)
        .values_list("load", "style")
        .annotate(first=Min("started_at"), last=Max("ended_at"), over=Count("pk", filter=Q(status__in=ENDED)))
    )
    spans = {(load, style): (over, last - first) for load, style, first, last, over in rows if last}
    results = [
        Result(load, style, over, over / seconds)
        for load in found.values()
        for style in load.styles
        for over, seconds in [spans.get((load.pk, style), (0, 0.0))]
        if seconds
    ]
    return [_compared(one, results) for one in results]


def _compared(one: Result, others: Sequence[Result]) -> Result:
    same = [other.per_second for other in others if not other.load.helped and _kind(other) == _kind(one)]
    return replace(one, without=tuple(same)) if one.has_help else one


def _kind(one: Result) -> tuple[str, ...]:
    return one.style, one.load.saga, str(one.load.count), one.load.machine
