"""Answers the forms that act on both runs of a comparison at once."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from learners.request import LearnerRequest
from sandbox import services
from sandbox.definitions.terms import Pace
from sandbox.models import Run
from sandbox.pages.request_access import own_run


@require_POST
def skip(request: LearnerRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Moves the time of both runs on to what is due next in each."""
    return _operate(request, (first, second), services.skip_time)


@require_POST
def pace(request: LearnerRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Lets both runs go on at another pace; for a pace that does not exist, a 400 says which do."""
    given = request.POST.get("pace", "")
    if given not in list(Pace):
        return _said(f"“{given[:40]}” is no pace; use one of {', '.join(Pace)}.", status=400)
    return _operate(request, (first, second), lambda run: services.change_pace(run, pace=Pace(given)))


def _operate(request: LearnerRequest, ids: tuple[uuid.UUID, uuid.UUID], action: Callable[[Run], None]) -> HttpResponse:
    """Does it to each run where it can be done: a 409 says why where it can be done to neither."""
    refusals = []
    for run in [own_run(request, run_id) for run_id in ids]:
        try:
            action(run)
        except services.Conflict as error:
            refusals.append(str(error))
    if len(refusals) == len(ids):
        return _said(refusals[0], status=409)
    return HttpResponse(status=204) if request.htmx else redirect("sandbox:comparison", *ids)


def _said(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
