"""Builds what the load lab's pages show: the form with the learner's loads, and the figures of one load."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.definitions.registry import SAGA, title
from sandbox.definitions.terms import SagaStatus
from sandbox.engine.analysis.leg import Leg
from sandbox.engine.analysis.queueing import WaitStats
from sandbox.load_settings import LOAD_SETTINGS, SWIFT_SAGAS
from sandbox.models import Load
from sandbox.pages.load.form import LoadForm
from sandbox.pages.load.metrics import legs_of
from sandbox.pages.load.results import Result, results_of
from sandbox.pages.load.second_process import second_process_context
from sandbox.render.diagram.load_charts import Points, chart, spark
from sandbox.render.text.format import brief
from sandbox.render.text.load_words import arrival, measured, queue, waiting_now
from sandbox.render.text.words import STATUS
from sandbox.runtime.broker.inspection import BrokerSnapshot, broker_snapshot
from sandbox.runtime.host_info import machine

# Figures of a load that runs are asked for this often, in seconds.
ASK_EVERY = 1
# The least height of a chart of a queue, in messages: one message is no hill.
LOWEST_TOP = 5


def loads_context(form: LoadForm, *, learner: str, running: Load | None) -> dict[str, Any]:
    """Returns what the page needs on which a load is chosen; `running` is one that is to end first."""
    return {
        "form": form,
        "experiment": form.shows,
        "settings": LOAD_SETTINGS,
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

    Of that, `ready` counts the messages in its queue, `unacked` those that its worker has taken and not handled yet.
    """

    title: str
    figures: WaitStats
    work: str
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
    longest: tuple[str, str] | None
    chart: str
    most: int
    rows: Sequence[ActorRow]
    moments: Sequence[tuple[float, float | None, list[int]]]


def load_context(load: Load) -> dict[str, Any]:
    """Returns what the page of a load needs, counted from what is recorded."""
    legs = legs_of(load)
    most = max((one.most for leg in legs for one in leg.waits), default=0)
    return {
        "load": load,
        "saga": SAGA[load.saga].title if load.saga in SAGA else load.saga,
        "helped": title(load.helped) if load.helped else "",
        "slow": title(load.slow) if load.slow else "",
        "legs": [_leg_view(load, leg, most, is_last=leg is legs[-1]) for leg in legs],
        "measured": "" if load.is_running or load.problem else measured(legs, machine=load.machine),
        "over": sum(leg.over for leg in legs),
        "total": sum(leg.begun for leg in legs) if load.stopped else load.count * len(load.styles),
        "ask_every": ASK_EVERY,
        **({} if load.is_running else _compared(load, legs)),
    }


def _compared(load: Load, legs: Sequence[Leg]) -> dict[str, Any]:
    """Returns what an ended load's page shows besides its own figures: what others like it have measured."""
    results = results_of(str(load.learner), like=load)
    return {
        **second_process_context(load, results),
        "results": [_row(result, current=load) for result in results],
        "next": _next(legs, compared={one.load.helped for one in results}),
    }


def _leg_view(load: Load, leg: Leg, most: int, *, is_last: bool) -> LegView:
    worst = leg.bottleneck
    is_over = not (load.is_running and is_last)
    snapshot = None if is_over else broker_snapshot([one.actor for one in leg.waits])
    drawn = zip(leg.moments, [0.0, *leg.rates], strict=True) if leg.over and leg.rates else ()
    return LegView(
        leg,
        is_over=is_over,
        sentence=queue(leg) if is_over else waiting_now(leg),
        order_median=brief(leg.order_median) if leg.order_median is not None else "",
        slowest=(leg.slowest[0], brief(leg.slowest[1])) if leg.slowest else None,
        statuses=[(count, *STATUS[SagaStatus(status)]) for status, count in leg.statuses],
        longest=_longest(leg, worst, top=max(most, LOWEST_TOP)) if worst else None,
        chart=chart(_points(leg, drawn)) if drawn else "",
        most=most,
        rows=[
            _actor_row(leg, one, most, is_worst=one is worst and one.has_queue, broker=snapshot) for one in leg.waits
        ],
        moments=_moments(leg),
    )


def _longest(leg: Leg, worst: WaitStats, *, top: int) -> tuple[str, str]:
    """Returns for whom messages waited longest, and the chart of that queue."""
    drawn = zip(leg.moments, map(float, leg.depths[worst.actor]), strict=True)
    return title(worst.actor), chart(_points(leg, drawn), top=float(top))


def _actor_row(leg: Leg, one: WaitStats, most: int, *, is_worst: bool, broker: BrokerSnapshot | None) -> ActorRow:
    drawn = zip(leg.moments, map(float, leg.depths[one.actor]), strict=True)
    return ActorRow(
        title(one.actor),
        figures=one,
        work=brief(one.work) if one.work else "",
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
    order_median: str
    helped: str
    conditions: str
    is_current: bool


def _row(result: Result, *, current: Load | None = None) -> ResultRow:
    load = result.load
    return ResultRow(
        result,
        at=datetime.fromtimestamp(load.asked_at, tz=UTC),
        order_median=brief(result.order_median),
        helped=title(load.helped) if load.helped else "",
        conditions=arrival(load.rate, slow=load.slow, work_ms=load.work_ms),
        is_current=current is not None and load.pk == current.pk,
    )


def _next(legs: Sequence[Leg], *, compared: Collection[str]) -> list[tuple[str, str]]:
    """Suggests who gets a second process next: those whose messages waited longest, unless they have had one."""
    worst = [leg.bottleneck.actor for leg in legs if leg.bottleneck and leg.bottleneck.has_queue]
    return [(name, title(name)) for name in dict.fromkeys(worst) if name not in compared]
