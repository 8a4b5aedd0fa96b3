"""Starts runs from a figure of a lesson, and shows them there."""

import uuid

from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from learners.request import LearnerRequest
from sandbox.definitions.run_settings import InvalidValue
from sandbox.models import Run
from sandbox.pages.comparison.context import comparison_context, incomparable
from sandbox.pages.request_access import seen_run
from sandbox.pages.run import snapshot_reader
from sandbox.pages.run.fragments import rendered_page
from sandbox.pages.run.panel import panel_at
from sandbox.pages.setup.form import SetupForm
from sandbox.pages.setup.start import start_chosen


@require_POST
def start(request: LearnerRequest) -> HttpResponse:
    """Starts what the figure names and answers with it, live; a 400 says why nothing was started."""
    form = SetupForm.strict(request.POST)
    if not form.is_valid():
        return _problem(form.problem)
    try:
        runs = start_chosen(request, form)
    except InvalidValue as error:
        return _problem(str(error))
    return _one(request, runs[0]) if len(runs) == 1 else _both(request, runs[0], runs[1])


def _problem(text: str) -> HttpResponse:
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _one(request: LearnerRequest, run: Run) -> HttpResponse:
    now = rendered_page(snapshot_reader.snapshot_of(run))
    panel = panel_at(None, now, get_token(request), live=snapshot_reader.live_fragments_of(now))
    return render(request, "sandbox/figure/_one_run.html", {"panel": panel})


def _both(request: LearnerRequest, one: Run, other: Run) -> HttpResponse:
    """Shows two runs side by side; the difference between them comes when both have ended."""
    return render(request, "sandbox/figure/_two_runs.html", comparison_context(request, one, other))


@require_safe
def difference(request: LearnerRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Shows what differs between two runs of a figure, as a part of its page; a 204 until both have ended."""
    one, other = seen_run(request, first), seen_run(request, second)
    if problem := incomparable(one, other):
        raise Http404(problem)
    context = comparison_context(request, one, other)
    if not context["are_over"]:
        return HttpResponse(status=204)
    in_figure = {"in_figure": True, "difference_id": f"difference-run-{str(one.pk)[-6:]}"}
    return render(request, "sandbox/comparison/_difference.html", {**context, **in_figure})
