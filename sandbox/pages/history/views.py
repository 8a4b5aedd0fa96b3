"""The list of runs, and what is done to several of them."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from learners.request import LearnerRequest
from sandbox import services
from sandbox.pages.history.pair import NoPair, ticked_pair
from sandbox.pages.history.response import history_response


@require_safe
def history(request: LearnerRequest) -> HttpResponse:
    """Lists the learner's runs, and on demand those from the command line, as search and filters ask for."""
    return history_response(request, request.GET)


@require_safe
def compare(request: LearnerRequest) -> HttpResponse:
    """Leads to the comparison of the two runs that were ticked; otherwise a 400 shows the list and says what to do."""
    ticked = request.GET.getlist("run")
    try:
        one, other = ticked_pair(ticked, request.learner)
    except NoPair as error:
        return history_response(request, request.GET, problem=str(error), status=400, ticked=ticked)
    return redirect("sandbox:comparison", first=one.pk, second=other.pk)


@require_POST
def delete_all(request: LearnerRequest) -> HttpResponse:
    """Deletes every run and load of the learner; while one of the loads runs, a 409 says so."""
    try:
        services.delete_all(request.learner)
    except services.NotDeletable as error:
        return history_response(request, QueryDict(), problem=str(error), status=409)
    return redirect("sandbox:runs")
