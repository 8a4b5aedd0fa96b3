"""The page with all runs of a learner."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from learners.request import LearnerRequest
from sandbox import services
from sandbox.pages.history.response import history_response


@require_safe
def history(request: LearnerRequest) -> HttpResponse:
    return history_response(request, request.GET.get("page", "1"))


@require_POST
def delete_all(request: LearnerRequest) -> HttpResponse:
    """Deletes every run and load of the learner; while one of the loads runs, a 409 says so."""
    try:
        services.delete_all(request.learner)
    except services.NotDeletable as error:
        return history_response(request, "1", problem=str(error), status=409)
    return redirect("sandbox:runs")
