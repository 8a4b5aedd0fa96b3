"""Starts and stops loads: many runs at full speed."""

import time
import uuid

from django.db import IntegrityError, transaction

from sandbox.load_settings import LoadSettings
from sandbox.models import Load
from sandbox.runtime.broker.notifications import wake_clock
from sandbox.runtime.host_info import machine
from sandbox.runtime.operator_actions import Conflict
from sandbox.services.start import SENT_TWICE


class Busy(RuntimeError):
    """Raised while another load runs, since two at once would each measure the other."""


def start_load(settings: LoadSettings, *, learner: str) -> Load:
    """Has the clock start a load. Raises Busy while a load of any learner runs.

    The same load once more within SENT_TWICE seconds is a second click, and returns the one that runs.
    """
    load = Load(
        learner=uuid.UUID(learner),
        saga=settings.saga,
        styles=list(settings.style),
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
