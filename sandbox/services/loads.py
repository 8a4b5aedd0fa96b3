"""Starts and stops loads: many runs at full speed."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction

from sandbox.load_settings import LOAD_DEFAULTS, LoadSettings
from sandbox.models import Load
from sandbox.runtime.broker.notifications import wake_clock
from sandbox.runtime.host_info import machine
from sandbox.runtime.operator_actions import Conflict
from sandbox.services.start import SENT_TWICE


class Busy(RuntimeError):
    """Raised while another load runs, since two at once would each measure the other."""


def start_load(settings: LoadSettings, *, learner: str, then: Sequence[str] = ()) -> Load:
    """Has the clock start a load. Raises Busy while a load of any learner runs.

    The same load follows for each actor in `then`, which has the second process there; "" is a load without one.
    Raises InvalidValue for an actor that takes no part. The same load once more within SENT_TWICE seconds is a second
    click, and returns the one that runs.
    """
    series = [replace(settings, helped=helped).helped for helped in then]
    load = Load(
        learner=uuid.UUID(learner),
        saga=settings.saga,
        styles=list(settings.style),
        count=settings.count,
        rate=settings.rate,
        slow=settings.slow,
        work_ms=settings.work_ms if settings.slow else 0,
        helped=settings.helped,
        then=series,
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


def repeat_load(load: Load, *, helped: str, then: Sequence[str] = ()) -> Load:
    """Has the clock start the same load, with a second process for that actor, or for none.

    The loads in `then` are those of `start_load`. Raises Busy, and InvalidValue for an actor that takes no part.
    """
    settings = LoadSettings(
        saga=load.saga,
        style=tuple(load.styles),
        count=load.count,
        rate=load.rate,
        slow=load.slow,
        work_ms=load.work_ms or LOAD_DEFAULTS["work_ms"],
        helped=helped,
    )
    return start_load(settings, learner=str(load.learner), then=then)


def _asked_just_now(load: Load) -> Load | None:
    """Returns the load that runs, if the same learner asked for the same one a moment ago."""
    running = Load.objects.filter(
        is_running=True, learner=load.learner, asked_at__gt=load.asked_at - SENT_TWICE
    ).first()
    if running is None:
        return None
    asked = ("conditions", "styles", "helped", "then")
    return running if all(getattr(running, name) == getattr(load, name) for name in asked) else None


def stop_load(load: Load) -> None:
    """Has a load place no more orders; those it has placed run to their end, and no further load follows.

    Raises Conflict when it has ended.
    """
    if not Load.objects.filter(pk=load.pk, is_running=True).update(stopped=True):
        raise Conflict("This load has ended already.")
    wake_clock()
