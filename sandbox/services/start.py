"""Starts runs: one, many, two side by side, one like another, or one that forks from a fact of another."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence

from django.db import IntegrityError

from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import BOTH, SETTINGS, InvalidValue, RunSettings
from sandbox.engine.analysis.predictions import predicted_for
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.replay import Diverged
from sandbox.engine.simulation.change import NO_CHANGE, Change
from sandbox.engine.simulation.fork import CannotFork
from sandbox.engine.simulation.what_if import fork_with
from sandbox.labs.experiments import shown_experiment
from sandbox.models import Run
from sandbox.runtime.load_runner import STARTED_AT_ONCE
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import UnknownSaga, insert_alike, insert_runs, opening_transition, run_state_of
from sandbox.settings_checks import check_settings, with_applicable_faults

# Seconds that a browser takes to show the page of a run that it has started.
HEAD_START = 0.25
# Seconds within which a form that comes a second time was sent by an impatient click.
SENT_TWICE = 5.0
# How often runs are begun whose key another run has: that one may lose the key, or be deleted, meanwhile.
ATTEMPTS = 3


def start_run(
    settings: RunSettings, *, learner: str | None, key: str = "", prediction: Mapping[str, str] | None = None
) -> Run:
    """Starts a run on the workers; without a learner, everyone with its link may see it. Raises InvalidValue.

    With the `key` of a form, a second start within SENT_TWICE seconds returns the run of the first.
    """
    _require_one_style(settings)
    check_settings(settings, prediction)
    (run,) = _begin_once([_new_run(settings, learner, prediction)], learner, key)
    return run


def start_runs(settings: RunSettings, *, count: int, learner: str | None) -> list[Run]:
    """Starts `count` such runs at once. Raises InvalidValue before any is started."""
    _require_one_style(settings)
    check_settings(settings)
    runs: list[Run] = []
    while len(runs) < count:
        now = time.time()
        batch = [_new_run(settings, learner, at=now) for _ in range(min(STARTED_AT_ONCE, count - len(runs)))]
        insert_alike(batch, head_start=HEAD_START if learner else 0.0)
        runs += batch
    return runs


def start_both(
    settings: RunSettings, *, learner: str | None, key: str = "", prediction: Mapping[str, str] | None = None
) -> tuple[Run, Run]:
    """Starts the same order in both styles at the same moment, the second run to be compared with the first.

    The `key` is that of `start_run`. Raises InvalidValue before either is started.
    """
    settings = evolve(settings, style=BOTH)
    check_settings(settings, prediction)
    one, other = start_together(settings.each, learner=learner, key=key, prediction=prediction)
    return one, other


def start_together(
    each: Sequence[RunSettings],
    *,
    learner: str | None,
    key: str = "",
    prediction: Mapping[str, str] | None = None,
) -> list[Run]:
    """Starts one run for each of these settings at the same moment, the others to be compared with the first.

    The `key` is that of `start_run`. Raises InvalidValue before any is started.
    """
    for settings in each:
        check_settings(settings)
    one, *others = (_new_run(settings, learner, prediction) for settings in each)
    for other in others:
        other.compared_with, other.started_at = one, one.started_at
    return _begin_once([one, *others], learner, key)


def repeat_run(run: Run, *, style: str, learner: str, key: str = "") -> Run:
    """Starts a run like this one, at its pace, in a style of its saga. Faults that could not strike there are left out.

    In another style it is to be compared with this one. The `key` is that of `start_run`. Raises InvalidValue when its
    saga does not exist any more, or not in that style.
    """
    if run.saga not in SAGA:
        raise InvalidValue(str(UnknownSaga()))
    settings = evolve(run.run_settings, style=SETTINGS["style"].read([style], run.style))
    if settings.style not in SAGA[run.saga].styles:
        raise InvalidValue(f"{run.saga} cannot run as {style[:40]}; use one of {', '.join(SAGA[run.saga].styles)}")
    check_settings(evolve(settings, fault=()))
    settings = with_applicable_faults(settings)
    if shown_experiment(settings) is None:
        settings = evolve(settings, experiment="")
    new = _new_run(settings, learner)
    new.compared_with = run if settings.style != run.style else None
    (again,) = _begin_once([new], learner, key)
    return again


def _require_one_style(settings: RunSettings) -> None:
    if settings.style == BOTH:
        raise InvalidValue(f"one run has one style; use one of {', '.join(SAGA[settings.saga].styles)}")


def _begin_once(runs: list[Run], learner: str | None, key: str) -> list[Run]:
    """Begins these runs, or returns those that the same form has begun just now: a second click starts nothing."""
    head_start = HEAD_START if learner else 0.0
    return _once(runs, key, lambda: insert_runs((run, opening_transition(run, head_start=head_start)) for run in runs))


def _once(runs: list[Run], key: str, begin_all: Callable[[], None]) -> list[Run]:
    runs[0].start_key = key or None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            begin_all()
            break
        except IntegrityError:
            if not key or attempt == ATTEMPTS:
                raise
            first = Run.objects.filter(start_key=key).first()
            if first and abs(runs[0].started_at - first.started_at) <= SENT_TWICE:
                return [first, *first.comparisons.all()][: len(runs)]
            if first:  # the learner went back to the page to send its form again
                Run.objects.filter(pk=first.pk, start_key=key).update(start_key=None)
    return runs


def _new_run(
    settings: RunSettings,
    learner: str | None,
    prediction: Mapping[str, str] | None = None,
    *,
    at: float | None = None,
) -> Run:
    """Returns a run that starts at that time, which is now unless it is given; inserts nothing."""
    run = Run(
        learner=uuid.UUID(learner) if learner else None,
        faults=[fault.dump() for fault in settings.fault],
        prediction=predicted_for(settings.style, prediction or {}),
        started_at=time.time() if at is None else at,
    )
    return run.apply_settings(settings)


def fork_run(run: Run, *, upto: int, learner: str | None, key: str = "", change: Change = NO_CHANGE) -> Run:
    """Starts a new run that is this one up to fact `upto`, and goes its own way from there, with one change.

    The `key` is that of `start_run`. Raises InvalidValue when the run was over by then, when the change is not possible
    any more, or when its saga has been defined otherwise since.
    """
    now = time.time()
    again = Run(learner=uuid.UUID(learner) if learner else None, origin=run, forked_at=upto)
    try:
        run_state, transition = fork_with(run_state_of(run), read_facts(run.pk), upto=upto, now=now, change=change)
    except (CannotFork, Diverged, UnknownSaga) as error:
        raise InvalidValue(str(error)) from error
    again.apply_settings(evolve(run_state.settings, experiment="", pace=str(run_state.pace)))
    again.started_at = transition.facts[0].at
    (again,) = _once([again], key, lambda: insert_runs([(again, transition)]))
    return again
