"""Builds what the load lab's pages show: the form with the learner's loads, and the figures of one load."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.definitions.registry import SAGA, title
from sandbox.definitions.terms import SagaStatus
from sandbox.engine.analysis.queueing import WaitStats
from sandbox.load_settings import LOAD_SETTINGS, SWIFT_SAGAS
from sandbox.models import Load
from sandbox.pages.load.form import LoadForm
from sandbox.pages.load.metrics import Leg, legs_of
from sandbox.pages.load.results import Result, results_of
from sandbox.render.diagram.load_charts import Points, chart, spark
from sandbox.render.text.format import brief
from sandbox.render.text.load_words import bottleneck, change
from sandbox.render.text.words import STATUS
from sandbox.runtime.broker.inspection import BrokerSnapshot, broker_snapshot
from sandbox.runtime.host_info import machine

# Figures of a load that runs are asked for this often, in seconds.
ASK_EVERY = 1


def loads_context(form: LoadForm, *, learner: str, running: Load | None) -> dict[str, Any]:
    """Returns what the page needs on which a load is chosen; `running` is one that is to end first."""
    return {
        "form": form,
        "experiment": form.shows,
        "most": LOAD_SETTINGS["count"].most,
        "sagas": LOAD_SETTINGS["saga"].options.items(),
        "styles": [(style, words, _only_for(style)) for style, words in LOAD_SETTINGS["style"].options.items()],
        "chosen_styles": form["style"].value(),
        "actors": LOAD_SETTINGS["helped"].options.items(),
        "running": running,
        "is_mine": running is not None and str(running.learner) == learner,
        "machine": machine(),
        "results": [_row(result) for result in results_of(learner)],
    }


def _only_for(style: str) -> list[str]:
    """Returns the sagas that can be coordinated in that style; empty where all can."""
    applicable = [saga.title for saga in SWIFT_SAGAS if style in saga.styles]
    return applicable if len(applicable) < len(SWIFT_SAGAS) else []


@dataclass(frozen=True, slots=True)
class ActorRow:
    """One actor in a part of a load: how its messages waited, and what the broker holds for it now, if that is known.

    Of that, `ready` counts the messages in its queue, `unacked` those that its worker has taken and not acknowledged.
    """

    title: str
    figures: WaitStats
    picture: str
    median: str
    p95: str
    is_worst: bool
    ready: int | None
    unacked: int | None


@dataclass(frozen=True, slots=True)
class LegView:
    """One style's part of a load, ready to be shown."""

    leg: Leg
    is_over: bool
    sentence: str
    order_median: str
    slowest: tuple[Any, str] | None
    statuses: Sequence[tuple[int, str, str]]
    chart: str
    most: int
    rows: Sequence[ActorRow]
    moments: Sequence[tuple[float, float | None, list[int]]]


def load_context(load: Load) -> dict[str, Any]:
    """Returns what the page of a load needs, counted from what is recorded."""
    legs = legs_of(load)
    most = max((one.most for leg in legs for one in leg.waits), default=0)
    views = [_leg_view(load, leg, most, is_last=leg is legs[-1]) for leg in legs]
    results = [] if load.is_running else results_of(str(load.learner), like=load)
    return {
        "load": load,
        "saga": SAGA[load.saga].title if load.saga in SAGA else load.saga,
        "helped": title(load.helped) if load.helped else "",
        "legs": views,
        "over": sum(leg.over for leg in legs),
        "total": sum(leg.begun for leg in legs) if load.stopped else load.count * len(load.styles),
        "ask_every": ASK_EVERY,
        "results": [_row(result, current=load) for result in results],
        "next": _next(load, legs),
    }


def _leg_view(load: Load, leg: Leg, most: int, *, is_last: bool) -> LegView:
    worst = leg.bottleneck
    snapshot = broker_snapshot([one.actor for one in leg.waits]) if load.is_running and is_last else None
    drawn = zip(leg.moments, [0.0, *leg.rates], strict=True) if leg.rates else ()
    return LegView(
        leg,
        is_over=not (load.is_running and is_last),
        sentence=bottleneck(worst, processor=leg.processor) if worst else "",
        order_median=brief(leg.order_median),
        slowest=(leg.slowest[0], brief(leg.slowest[1])) if leg.slowest else None,
        statuses=[(count, *STATUS[SagaStatus(status)]) for status, count in leg.statuses],
        chart=chart(_points(leg, drawn)),
        most=most,
        rows=[_actor_row(leg, one, most, is_worst=one is worst, broker=snapshot) for one in leg.waits],
        moments=_moments(leg),
    )


def _actor_row(leg: Leg, one: WaitStats, most: int, *, is_worst: bool, broker: BrokerSnapshot | None) -> ActorRow:
    drawn = zip(leg.moments, map(float, leg.depths[one.actor]), strict=True)
    return ActorRow(
        title(one.actor),
        figures=one,
        picture=spark(_points(leg, drawn), top=float(most)),
        median=brief(one.median),
        p95=brief(one.p95),
        is_worst=is_worst,
        ready=broker.ready[one.actor] if broker else None,
        unacked=broker.unacked.get(one.actor, 0) if broker else None,
    )


def _points(leg: Leg, drawn: Any) -> Points:
    return tuple((round(at - leg.since, 3), round(value, 2)) for at, value in drawn)


def _moments(leg: Leg) -> list[tuple[float, float | None, list[int]]]:
    """Returns all that is drawn as rows: seconds since the beginning, orders ended per second, each actor's queue."""
    rates = [None, *leg.rates] if leg.rates else [None] * len(leg.moments)
    depths = zip(*(leg.depths[one.actor] for one in leg.waits), strict=True)
    return [(at - leg.since, rate, list(of)) for at, rate, of in zip(leg.moments, rates, depths, strict=False)]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result among the learner's."""

    result: Result
    at: datetime
    helped: str
    change: str
    is_current: bool


def _row(result: Result, *, current: Load | None = None) -> ResultRow:
    load = result.load
    return ResultRow(
        result,
        at=datetime.fromtimestamp(load.asked_at, tz=UTC),
        helped=_helped(result),
        change=_change(result),
        is_current=current is not None and load.pk == current.pk,
    )


def _change(result: Result) -> str:
    if result.change is None:
        return ""
    return change(result.change, is_in_spread=result.is_in_spread, others=len(result.without))


def _helped(result: Result) -> str:
    who = title(result.load.helped) if result.load.helped else ""
    return f"{who}, who takes no part" if who and not result.has_help else who


def _next(load: Load, legs: Sequence[Leg]) -> list[tuple[str, str]]:
    """Suggests who gets the second process next: those whose messages waited longest, or nobody, for comparison."""
    worst = [leg.bottleneck.actor for leg in legs if leg.bottleneck]
    helped = ["", *worst] if load.helped else worst
    return [(name, title(name) if name else "") for name in dict.fromkeys(helped) if name != load.helped]
