"""What can be done to a run. Every change of state goes through here."""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, transaction

from sandbox.definitions.records import Order, Saga
from sandbox.definitions.registry import QUEUES, SAGA
from sandbox.definitions.terms import Guarantee, Pace, Style, UndoOrder
from sandbox.engine.branch import NoBranch, branch
from sandbox.engine.faults import BadFault, parse_fault
from sandbox.engine.placement import check_placements, fitting, palette, places
from sandbox.engine.plan import Plan
from sandbox.engine.predictions import BadPrediction, check_prediction
from sandbox.engine.replay import Diverged
from sandbox.engine.styles import compile_plan
from sandbox.models import Load, Run
from sandbox.render.words import STYLE_NAMES
from sandbox.runtime import deliver, steer
from sandbox.runtime.conductor import BATCH
from sandbox.runtime.hints import hint, wake_clock
from sandbox.runtime.journal import read_facts
from sandbox.runtime.machine import machine
from sandbox.runtime.runs import begin, delete, opening, trip_of
from sandbox.runtime.steer import Stale

MAX_QUANTITY, MAX_FAULTS, MAX_LOAD = 100, 8, 200
MAX_NAME, MAX_REFLECTION = 80, 400
# What stands for a style where a run is asked for in two of them, and which two.
BOTH = "both"
TWINS = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
# Seconds that a browser takes to show the page of a run that it has started.
HEAD_START = 0.25


class BadRequest(ValueError):
    """A setting that makes no sense; the message says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run, or with the style BOTH two, are to go.

    `refused` names the step that is to be refused for want of stock, money or a courier.

    `faults` are written as PLACE:KIND[=N][@K]; `without` names the guarantees to switch off; `undo` says
    whether compensations follow each other or set out at once; `prediction` is what the learner expects, an answer for
    each question.
    """

    saga: str = "order"
    style: str = Style.CHOREOGRAPHY
    refused: str = ""
    pace: str = Pace.FOLLOW
    quantity: int = 1
    undo: str = UndoOrder.SEQUENTIAL
    faults: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    prediction: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises BadRequest for the first setting that names nothing, is out of range, or could have no effect."""
        _one_of("saga", self.saga, tuple(SAGA))
        _one_of("style", self.style, tuple(Style))
        if self.style not in SAGA[self.saga].styles:
            styles = ", ".join(SAGA[self.saga].styles)
            raise BadRequest(f"{self.saga} has no part that is choreographed inside; run it as one of {styles}")
        _one_of("pace", self.pace, tuple(Pace))
        _one_of("undo", self.undo, tuple(UndoOrder))
        for guarantee in self.without:
            _one_of("guarantee", guarantee, tuple(Guarantee))
        if self.refused:
            _one_of("step that can be refused", self.refused, tuple(step.name for step in SAGA[self.saga].refusable))
        if not 1 <= self.quantity <= MAX_QUANTITY:
            raise BadRequest(f"quantity {self.quantity} is out of range; order 1 to {MAX_QUANTITY} items")
        self._check_faults()
        try:
            check_prediction(self.plan, self.prediction)
        except BadPrediction as error:
            raise BadRequest(str(error)) from error

    def check_each(self) -> None:
        """As `check`, for every run that is asked for; the message says which of two could not go so."""
        check_twins(self) if self.style == BOTH else self.check()

    def _check_faults(self) -> None:
        if len(self.faults) > MAX_FAULTS:
            raise BadRequest(f"{len(self.faults)} faults are too many; place at most {MAX_FAULTS}")
        twice = next((fault for fault in self.faults if self.faults.count(fault) > 1), None)
        if twice:
            raise BadRequest(f"fault {twice!r} is placed twice; write {twice.partition('=')[0]}=2 to have it twice")
        try:
            faults = tuple(parse_fault(text) for text in self.faults)
            check_placements(self.plan, faults, order=Order(self.quantity), refused=self.refused, without=self.off)
        except BadFault as error:
            raise BadRequest(str(error)) from error

    @property
    def off(self) -> frozenset[Guarantee]:
        """The guarantees that are switched off."""
        return frozenset(map(Guarantee, self.without))

    def fitting_faults(self) -> tuple[str, ...]:
        """Those of the faults that can each have an effect beside the others, in every run that is asked for."""
        faults, order = self.faults, Order(self.quantity)
        for one in self.each:
            faults = fitting(one.plan, faults, order=order, refused=self.refused, without=self.off)
        return faults

    @property
    def each(self) -> tuple["Settings", ...]:
        """The settings of each run that they ask for."""
        styles = TWINS if self.style == BOTH else (self.style,)
        return tuple(replace(self, style=style) for style in styles)

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """The steps, the actors and the messages at which a fault can be placed, in every run that is asked for."""
        first, *others = (places(one.plan) for one in self.each)
        common = {place for found in others for group in found for place in group}
        return tuple(tuple(place for place in group if not others or place in common) for group in first)

    def palette(self, at: str) -> dict[str, str]:
        """Every kind of fault, with why it could have no effect there; "" if it could. Raises BadRequest."""
        order = Order(self.quantity)
        try:
            found = [
                palette(one.plan, at, self.faults, order=order, refused=self.refused, without=self.off)
                for one in self.each
            ]
        except BadFault as error:
            raise BadRequest(str(error)) from error
        return {kind: next(filter(None, (one[kind] for one in found)), "") for kind in found[0]}

    @property
    def plan(self) -> Plan:
        """The rules that will run; of two runs, those of the first."""
        timeouts = Guarantee.TIMEOUTS not in self.off
        style = Style(self.each[0].style)
        return compile_plan(SAGA[self.saga], style, UndoOrder(self.undo), timeouts=timeouts)


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadRequest(f"unknown {what} {value!r}; use one of {', '.join(allowed)}")


def start_run(settings: Settings, *, learner: str | None) -> Run:
    """Starts a run on the workers; without a learner, everyone with its link may see it. Raises BadRequest."""
    return start_runs(settings, count=1, learner=learner)[0]


def start_runs(settings: Settings, *, count: int, learner: str | None) -> list[Run]:
    """Starts `count` such runs at once. Raises BadRequest, and has started none then."""
    settings.check()
    runs: list[Run] = []
    while len(runs) < count:
        batch = [_new_run(settings, learner) for _ in range(min(BATCH, count - len(runs)))]
        begin((run, opening(run, head_start=HEAD_START if learner else 0.0)) for run in batch)
        runs += batch
    return runs


def check_twins(settings: Settings) -> None:
    """Raises BadRequest unless the run could go so in both styles; says which of them could not have it, and why."""
    said = {one.style: complaint for one in settings.each if (complaint := _complaint(one))}
    if len(set(said.values())) == 1 and len(said) == len(TWINS):
        raise BadRequest(next(iter(said.values())))
    if said:
        why = "; ".join(f"as {STYLE_NAMES[Style(style)]}, {complaint}" for style, complaint in said.items())
        raise BadRequest(f"Side by side, both runs have the same settings, which cannot be: {why}")


def _complaint(settings: Settings) -> str:
    try:
        settings.check()
    except BadRequest as error:
        return str(error)
    return ""


def start_twins(settings: Settings, *, learner: str | None) -> tuple[Run, Run]:
    """Starts the same order in both styles at the same moment, the second run as the twin of the first.

    Raises BadRequest as `check_twins` does, and has started neither then.
    """
    settings = replace(settings, style=BOTH)
    check_twins(settings)
    one, other = (_new_run(each, learner) for each in settings.each)
    other.twin, other.started_at = one, one.started_at
    begin((run, opening(run, head_start=HEAD_START if learner else 0.0)) for run in (one, other))
    return one, other


def _new_run(settings: Settings, learner: str | None) -> Run:
    return Run(
        learner=uuid.UUID(learner) if learner else None,
        saga=settings.saga,
        style=settings.style,
        refused=settings.refused,
        quantity=settings.quantity,
        undo_order=settings.undo,
        faults=[parse_fault(text).dump() for text in settings.faults],
        without=sorted(settings.off),
        prediction=dict(settings.prediction),
        pace=settings.pace,
        started_at=time.time(),
    )


class Busy(RuntimeError):
    """Another load runs, and two at once would each measure the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """What a load is to be: `count` orders of a saga in each style; `helped` names an actor with a second process."""

    saga: str = "order"
    styles: tuple[str, ...] = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
    count: int = 50
    helped: str = ""

    def check(self) -> None:
        """Raises BadRequest for the first setting that names nothing or is out of range."""
        _one_of("saga for a load", self.saga, tuple(saga.name for saga in swift_sagas()))
        if not self.styles or len(set(self.styles)) < len(self.styles):
            raise BadRequest(f"choose at least one style, each once; use {', '.join(SAGA[self.saga].styles)}")
        for style in self.styles:
            Settings(saga=self.saga, style=style, pace=Pace.FAST).check()
        if not 1 <= self.count <= MAX_LOAD:
            raise BadRequest(f"count {self.count} is out of range; start 1 to {MAX_LOAD} orders in each style")
        if self.helped:
            _one_of("actor of this saga in these styles", self.helped, self.actors)

    @property
    def actors(self) -> tuple[str, ...]:
        """Whoever handles messages of this load."""
        plans = [compile_plan(SAGA[self.saga], Style(style)) for style in self.styles]
        return tuple(name for name in QUEUES if any(name in plan.actors for plan in plans))


def swift_sagas() -> tuple[Saga, ...]:
    """The sagas that wait for nothing but their workers."""
    return tuple(saga for saga in SAGA.values() if not any(step.wait for step in saga.steps))


def start_load(settings: LoadSettings, *, learner: str) -> Load:
    """Has the clock start a load. Raises BadRequest, and Busy while another load runs, whosever it is."""
    settings.check()
    load = Load(
        learner=uuid.UUID(learner),
        saga=settings.saga,
        styles=list(settings.styles),
        count=settings.count,
        helped=settings.helped,
        machine=machine(),
        asked_at=time.time(),
    )
    try:
        with transaction.atomic():
            load.save(force_insert=True)
    except IntegrityError as error:
        raise Busy("A load is running already, and two at once would measure each other. Wait for its end.") from error
    wake_clock()
    return load


def stop_load(load: Load) -> None:
    """Has a load place no more orders; what it has placed goes on to its end. Raises Stale when it has ended."""
    if not Load.objects.filter(pk=load.pk, is_running=True).update(stopped=True):
        raise Stale("This load has ended already.")
    wake_clock()


def run_again(run: Run, *, upto: int, learner: str | None) -> Run:
    """Starts a new run that is this one up to fact `upto`, and goes its own way from there.

    Raises BadRequest when the run was over by then, or its saga has been defined otherwise since.
    """
    now = time.time()
    again = Run(
        learner=uuid.UUID(learner) if learner else None,
        origin=run,
        branched_at=upto,
        **{name: getattr(run, name) for name in TAKEN_OVER},
    )
    try:
        trip, change = branch(trip_of(run), read_facts(run.pk), upto=upto, refused=run.refused or None, now=now)
    except (NoBranch, Diverged) as error:
        raise BadRequest(str(error)) from error
    again.started_at, again.pace = change.facts[0].at, trip.pace
    begin([(again, change)])
    return again


TAKEN_OVER = ("saga", "style", "refused", "quantity", "undo_order", "without")


def release_message(run: Run, *, message: int, receiver: str = "", copy: int = 1) -> None:
    """Lets a held message go, to one receiver or to all of them. Raises Stale when it is not held, or not any more."""
    steer.release(run.pk, message=message, receiver=receiver, copy=copy)


def change_pace(run: Run, *, pace: Pace) -> None:
    """Sends at that pace from now on: STEP holds every message until it is released, any other lets all go.

    Raises Stale when the run has ended or goes at that pace already.
    """
    steer.change_pace(run.pk, pace=pace)


def strike_message(run: Run, *, message: int, receiver: str, kind: str, copy: int = 1) -> None:
    """Strikes a message on its way with a fault, by hand. Raises Stale when it has arrived already."""
    steer.strike(run.pk, message=message, receiver=receiver, kind=kind, copy=copy)


def retry_message(run: Run, *, message: int, receiver: str, copy: int = 1) -> None:
    """Tries a message anew that was given up, as an operator who has mended the cause. Raises Stale when it is not."""
    steer.retry_dead(run.pk, message=message, receiver=receiver, copy=copy)


def skip_time(run: Run) -> None:
    """Moves the run's time on to what is due next. Raises Stale when nothing waits."""
    steer.skip_time(run.pk)


def name_run(run: Run, *, name: str) -> None:
    """Gives a run a name; an empty one takes it away. Raises BadRequest when it is too long."""
    Run.objects.filter(pk=run.pk).update(name=_line("name", name, MAX_NAME))


def reflect_on_run(run: Run, *, why: str) -> None:
    """Keeps with a run why it went as it did, in the learner's words. Raises BadRequest when it is too long."""
    Run.objects.filter(pk=run.pk).update(reflection=_line("sentence", why, MAX_REFLECTION))


def share_run(run: Run, *, shared: bool) -> None:
    """Lets whoever has the run's link look at it, or nobody but the learner any more."""
    Run.objects.filter(pk=run.pk).update(shared=shared)


def delete_runs(run_ids: Iterable[uuid.UUID]) -> None:
    """Deletes runs for good, those under way too: what is still on its way for one of them finds nothing to do."""
    for run_id in run_ids:
        delete(run_id)
        hint(run_id)


def _line(what: str, text: str, most: int) -> str:
    """The text on one line, without what no database keeps. Raises BadRequest when it is longer than `most`."""
    line = " ".join(text.replace("\0", " ").split())
    if len(line) > most:
        raise BadRequest(f"That {what} has {len(line)} characters; {most} are the most.")
    return line


def handle_delivery(delivery_id: int, *, again: bool = False) -> None:
    """Lets the receiver handle a delivery, once however often it arrives.

    `again` says that the broker or the clock has sent it before, and that nobody knows what came of that.
    """
    deliver.handle(delivery_id, again=again)


__all__ = [
    "BOTH",
    "BadRequest",
    "Busy",
    "LoadSettings",
    "Settings",
    "Stale",
    "change_pace",
    "check_twins",
    "delete_runs",
    "handle_delivery",
    "name_run",
    "reflect_on_run",
    "release_message",
    "retry_message",
    "run_again",
    "share_run",
    "skip_time",
    "start_load",
    "start_run",
    "start_runs",
    "start_twins",
    "stop_load",
    "strike_message",
    "swift_sagas",
]
