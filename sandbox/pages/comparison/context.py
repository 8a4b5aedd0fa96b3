"""Builds what a page shows of two runs side by side, and of the difference between them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.middleware.csrf import get_token
from django.urls import reverse

from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.definitions.run_settings import BOTH, BOTH_STYLES, RunSettings
from sandbox.engine.analysis.predictions import Outcome
from sandbox.engine.evolve import evolve
from sandbox.form_fields import whole_number
from sandbox.labs.experiments import experiment_shown_by
from sandbox.models import Run
from sandbox.pages.comparison.side_by_side import side_by_side_of
from sandbox.pages.run import snapshot_reader
from sandbox.pages.run.fragments import rendered_page
from sandbox.pages.run.origin import origin_in_words
from sandbox.pages.run.regions import prediction_outcomes
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.text.difference import difference
from sandbox.render.text.words import settings_in_words

# The names of a run and of one that was forked from it.
FORKED = ("Earlier run", "New run")


def comparison_context(request: LearnerRequest, one: Run, other: Run, *, problem: str = "") -> dict[str, Any]:
    """Returns all that a page shows of two runs, under a `problem` if there is one. Raises UnknownSaga."""
    recorded_runs = [selectors.recorded_run(run) for run in (one, other)]
    pages = [rendered_page(snapshot_reader.snapshot_in(recorded)) for recorded in recorded_runs]
    snapshots = [page.snapshot for page in pages]
    at, latest = request.GET.get("at", ""), sum(len(snapshot.facts) for snapshot in snapshots)
    moment = whole_number(at, least=1, most=latest)
    live = list(map(snapshot_reader.live_fragments_of, pages))
    address = reverse("sandbox:comparison", args=[one.pk, other.pk])
    side_by_side = side_by_side_of(pages, at=moment, token=get_token(request), live=live, address=address)
    forked = origin_in_words(other, snapshots[1]) if other.origin_id == one.pk else ""
    found = difference(*(recorded.record for recorded in recorded_runs), names=FORKED if forked else None)
    asked = [settings_in_words(run.run_settings) or "no fault" for run in (one, other)]
    both = _settings_of_both(one, other)
    again = both.pairs() if both else ()
    return {
        "saga": recorded_runs[0].plan.saga,
        "side_by_side": side_by_side,
        "panels": list(zip(found.headings, side_by_side.panels, asked, _may_operate(request, one, other), strict=True)),
        "asked": asked[0] if asked[0] == asked[1] else "",
        "forked": forked,
        "predictions": _predictions(found.headings, snapshots),
        "one_id": one.pk,
        "other_id": other.pk,
        "may_operate_both": all(_may_operate(request, one, other)),
        "again": again,
        "setup": f"{reverse('sandbox:setup')}?{urlencode(again)}",
        "difference": found,
        "are_over": all(recorded.board.is_ended for recorded in recorded_runs),
        "are_moving": any(snapshot.is_moving for snapshot in snapshots) and not side_by_side.is_past,
        "experiment": experiment_shown_by(one.run_settings.experiment, other.run_settings.experiment),
        "difference_id": "difference",
        "problem": problem or (_no_moment(at, latest) if at and moment is None else ""),
    }


def _predictions(names: Sequence[str], snapshots: Sequence[RunSnapshot]) -> list[tuple[str, tuple[Outcome, ...]]]:
    """Returns what the learner predicted for each run, and what came of it; empty where nothing was predicted."""
    known = zip(names, snapshots, strict=True)
    return [(f"You predicted, {name.lower()}", prediction_outcomes(one)) for name, one in known if one.prediction]


def _settings_of_both(one: Run, other: Run) -> RunSettings | None:
    """Returns how to run both again, where they are the same order in the two styles that can be asked for at once."""
    if {one.style, other.style} != set(BOTH_STYLES):
        return None
    # One of them may have been paused.
    again, same = (evolve(run.run_settings, style=BOTH, pace=one.pace) for run in (one, other))
    return again if again == same else None


def _no_moment(at: str, latest: int) -> str:
    return f"“{at[:40]}” is no moment of these runs; they have 1 to {latest} so far. This is how they stand now."


def _may_operate(request: LearnerRequest, *runs: Run) -> list[bool]:
    return [selectors.belongs_to(run, request.learner) for run in runs]


def incomparable(one: Run, other: Run) -> str:
    """Says in a sentence why the two cannot be compared; empty when they can."""
    if one.pk == other.pk:
        return "A run next to itself shows no difference; the address has to name two runs."
    if one.saga != other.saga:
        return f"One is a run of {one.saga}, the other of {other.saga}. Two runs of the same saga can be compared."
    return ""
