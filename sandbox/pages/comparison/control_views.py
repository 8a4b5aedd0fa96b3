"""Answers the forms that act on both runs of a comparison at once."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from learners.request import LearnerRequest
from sandbox import services
from sandbox.definitions.terms import Pace
from sandbox.models import Run
from sandbox.pages.comparison.context import comparison_context, incomparable
from sandbox.pages.request_access import choice, own_run


@require_POST
def skip(request: LearnerRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Moves the time of both runs on to what is due next in each."""
    return _operate(request, (first, second), services.skip_time)


@require_POST
def pace(request: LearnerRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Lets both runs go on at another pace."""
    return _operate(
        request, (first, second), lambda run: services.change_pace(run, pace=Pace(choice(request, "pace", Pace)))
    )


def _operate(request: LearnerRequest, ids: tuple[uuid.UUID, uuid.UUID], action: Callable[[Run], None]) -> HttpResponse:
    """Does it to each run where it can be done: 409 where it can be done to neither, 400 for what is not allowed."""
    one, other = (own_run(request, run_id) for run_id in ids)
    problem = incomparable(one, other)
    if problem:
        return _refused(request, one, other, problem, status=400)
    refusals = []
    for run in (one, other):
        try:
            action(run)
        except services.InvalidValue as error:
            return _refused(request, one, other, str(error), status=400)
        except services.Conflict as error:
            refusals.append(str(error))
    if len(refusals) == len(ids):
        return _refused(request, one, other, refusals[0], status=409)
    return HttpResponse(status=204) if request.htmx else redirect("sandbox:comparison", *ids)


def _refused(request: LearnerRequest, one: Run, other: Run, problem: str, *, status: int) -> HttpResponse:
    """Says on the page of both why nothing was done; a live page gets the sentence alone, as does a false pair."""
    if request.htmx or incomparable(one, other):
        return HttpResponse(problem, status=status, content_type="text/plain; charset=utf-8")
    for run in (one, other):
        run.refresh_from_db()
    context = comparison_context(request, one, other, problem=problem)
    return render(request, "sandbox/comparison/comparison.html", context, status=status)
