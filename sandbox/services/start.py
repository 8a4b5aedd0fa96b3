"""Starting runs: one, many, two side by side, or one begun again from a fact of another."""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from django.db import IntegrityError

from sandbox.engine.execution.faults import parse_fault
from sandbox.engine.execution.replay import Diverged
from sandbox.engine.simulation.fork import NoFork, fork
from sandbox.models import Run
from sandbox.run_settings import BOTH, BadRequest, RunSettings, check_both
from sandbox.runtime.load_runner import BATCH
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import UnknownSaga, begin, opening, run_state_of

# Seconds that a browser takes to show the page of a run that it has started.
HEAD_START = 0.25
# Seconds within which a form that comes a second time was sent by an impatient click.
SENT_TWICE = 5.0
# To begin runs whose key another has, which may lose it, or be deleted, meanwhile.
ATTEMPTS = 3


def start_run(settings: RunSettings, *, learner: str | None, key: str = "") -> Run:
    """Starts a run on the workers; without a learner, everyone with its link may see it. Raises BadRequest.

    With a `key`, which is that of a form, a second start within SENT_TWICE seconds gives the run of the first.
    """
    settings.check()
    (run,) = _begin_once([_new_run(settings, learner)], learner, key)
    return run


def start_runs(settings: RunSettings, *, count: int, learner: str | None) -> list[Run]:
    """Starts `count` such runs at once. Raises BadRequest, and has started none then."""
    settings.check()
    runs: list[Run] = []
    while len(runs) < count:
        batch = [_new_run(settings, learner) for _ in range(min(BATCH, count - len(runs)))]
        begin((run, opening(run, head_start=HEAD_START if learner else 0.0)) for run in batch)
        runs += batch
    return runs


def start_both(settings: RunSettings, *, learner: str | None, key: str = "") -> tuple[Run, Run]:
    """Starts the same order in both styles at the same moment, the second run as the twin of the first.

    A `key` is one as for `start_run`. Raises BadRequest as `check_both` does, and has started neither then.
    """
    settings = replace(settings, style=BOTH)
    check_both(settings)
    one, other = (_new_run(each, learner) for each in settings.each)
    other.twin, other.started_at = one, one.started_at
    one, other = _begin_once([one, other], learner, key)
    return one, other


def _begin_once(runs: list[Run], learner: str | None, key: str) -> list[Run]:
    """Begins these runs, or gives those that the same form has begun just now: a second click starts nothing."""
    head_start = HEAD_START if learner else 0.0
    return _once(runs, key, lambda: begin((run, opening(run, head_start=head_start)) for run in runs))


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
                return [first, *first.twins.all()][: len(runs)]
            if first:  # of a page that was gone back to: it is meant to be sent again
                Run.objects.filter(pk=first.pk, start_key=key).update(start_key=None)
    return runs


def _new_run(settings: RunSettings, learner: str | None) -> Run:
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
        experiment=settings.experiment,
        pace=settings.pace,
        started_at=time.time(),
    )


def run_again(run: Run, *, upto: int, learner: str | None, key: str = "") -> Run:
    """Starts a new run that is this one up to fact `upto`, and goes its own way from there.

    A `key` is one as for `start_run`. Raises BadRequest when the run was over by then, or its saga has been defined
    otherwise since.
    """
    now = time.time()
    again = Run(
        learner=uuid.UUID(learner) if learner else None,
        origin=run,
        branched_at=upto,
        **{name: getattr(run, name) for name in TAKEN_OVER},
    )
    try:
        run_state, transition = fork(
            run_state_of(run), read_facts(run.pk), upto=upto, refused=run.refused or None, now=now
        )
    except (NoFork, Diverged, UnknownSaga) as error:
        raise BadRequest(str(error)) from error
    again.started_at, again.pace = transition.facts[0].at, run_state.pace
    (again,) = _once([again], key, lambda: begin([(again, transition)]))
    return again


TAKEN_OVER = ("saga", "style", "refused", "quantity", "undo_order", "without")
