"""The response with a run's page, for the page's own views and for the forms on it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse

from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.labs.experiments import experiment_shown_by
from sandbox.models import Run
from sandbox.pages.run import snapshot_reader
from sandbox.pages.run.fragments import rendered_page
from sandbox.pages.run.origin import origin_in_words
from sandbox.pages.run.panel import panel_at
from sandbox.render.text.words import settings_in_words
from sandbox.services import MAX_NAME, MAX_REFLECTION

# The sections below the picture, of which one is shown at a time: the id of each, and its name in the row of links.
VIEWS = (
    ("messages", "Messages"),
    ("knowledge", "Who knows what"),
    ("ledgers", "Ledgers"),
    ("queues", "Queues"),
    ("facts", "Journal"),
)


def run_response(
    request: LearnerRequest, run: Run, *, at: int | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """Returns the run's page as of fact `at`, with what is always as of now. Raises UnknownSaga."""
    now = rendered_page(snapshot_reader.snapshot_of(run))
    panel = panel_at(at, now, get_token(request), live=snapshot_reader.live_fragments_of(now))
    context = {
        "snapshot": panel.shown.snapshot,
        "panel": panel,
        "problem": problem,
        **manage_context(run, request.learner),
        "asked": settings_in_words(run.run_settings),
        "experiment": experiment_shown_by(run.run_settings.experiment),
        "may_operate": selectors.belongs_to(run, request.learner),
        "forked": origin_in_words(run, now.snapshot),
        "may_see_origin": run.origin is not None and selectors.may_see(run.origin, request.learner),
        "comparisons": selectors.comparisons_of(run, request.learner),
        "own_settings": run.run_settings.pairs(),
        "views": VIEWS,
        "setup": f"{reverse('sandbox:setup')}?{urlencode(run.run_settings.pairs())}",
    }
    return render(request, "sandbox/run/run.html", context, status=status)


def refused(request: LearnerRequest, run: Run, problem: str, *, status: int) -> HttpResponse:
    """Says on the run's page why something was not done to it; a live page gets the sentence alone."""
    if request.htmx:
        return HttpResponse(problem, status=status, content_type="text/plain; charset=utf-8")
    run.refresh_from_db()
    return run_response(request, run, problem=problem, status=status)


def manage_context(run: Run, learner: str) -> dict[str, Any]:
    """Returns what the forms of a run need: those to name, share and delete it, and the one for its reflection."""
    return {
        "run": run,
        "is_mine": selectors.is_kept_by(run, learner),
        "longest_name": MAX_NAME,
        "longest_reflection": MAX_REFLECTION,
    }
