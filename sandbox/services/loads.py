"""Starts and stops loads: many runs at full speed."""

import time
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import QUEUES, SAGA
from sandbox.definitions.settings import InvalidValue, RunSettings
from sandbox.definitions.terms import Pace, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.models import Load
from sandbox.run_settings import check_one_of, check_settings
from sandbox.runtime.broker.notifications import wake_clock
from sandbox.runtime.host_info import machine
from sandbox.runtime.operator_actions import Conflict
from sandbox.services.start import SENT_TWICE

MAX_LOAD = 200


class Busy(RuntimeError):
    """Raised while another load runs, since two at once would each measure the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """The settings of a load: `count` orders of a saga in each style; `helped` is the actor with a second process."""

    saga: str = "order"
    styles: tuple[str, ...] = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
    count: int = 50
    helped: str = ""

    def check(self) -> None:
        """Raises InvalidValue for the first setting that names nothing or is out of range."""
        check_one_of("saga for a load", self.saga, [saga.name for saga in swift_sagas()])
        if not self.styles or len(set(self.styles)) < len(self.styles):
            raise InvalidValue(f"choose at least one style, each once; use {', '.join(SAGA[self.saga].styles)}")
        for style in self.styles:
            check_settings(RunSettings(saga=self.saga, style=style, pace=Pace.FAST))
        if not 1 <= self.count <= MAX_LOAD:
            raise InvalidValue(f"count {self.count} is out of range; start 1 to {MAX_LOAD} orders in each style")
        if self.helped:
            check_one_of("actor of this saga in these styles", self.helped, self.actors)

    @property
    def actors(self) -> tuple[str, ...]:
        """Returns the actors that handle messages of this load."""
        plans = [compile_plan(SAGA[self.saga], Style(style)) for style in self.styles]
        return tuple(name for name in QUEUES if any(name in plan.actors for plan in plans))


def swift_sagas() -> tuple[Saga, ...]:
    """Returns the sagas that wait for nothing but their workers."""
    return tuple(saga for saga in SAGA.values() if not any(step.wait for step in saga.steps))


def start_load(settings: LoadSettings, *, learner: str) -> Load:
    """Has the clock start a load. Raises InvalidValue, and Busy while a load of any learner runs.

    The same load once more within SENT_TWICE seconds is a second click, and returns the one that runs.
    """
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
        if same := _asked_just_now(load):
            return same
        raise Busy("A load is running already, and two at once would measure each other. Wait for its end.") from error
    wake_clock()
    return load


def _asked_just_now(load: Load) -> Load | None:
    """Returns the load that runs, if the same learner asked for the same one a moment ago."""
    running = Load.objects.filter(
        is_running=True, learner=load.learner, asked_at__gt=load.asked_at - SENT_TWICE
    ).first()
    asked = ("saga", "styles", "count", "helped")
    is_same = running and all(getattr(running, name) == getattr(load, name) for name in asked)
    return running if is_same else None


def stop_load(load: Load) -> None:
    """Has a load place no more orders; those it has placed run to their end. Raises Conflict when it has ended."""
    if not Load.objects.filter(pk=load.pk, is_running=True).update(stopped=True):
        raise Conflict("This load has ended already.")
    wake_clock()
