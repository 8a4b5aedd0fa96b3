"""Answers forms of a run's own page and of the list of runs, each on the page that it was sent from."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from learners.request import LearnerRequest
from sandbox import selectors, services
from sandbox.models import Run
from sandbox.pages.history.history_query import read_query
from sandbox.pages.history.response import history_response
from sandbox.pages.history.run_list import pages_of
from sandbox.pages.request_access import own_run
from sandbox.pages.run.response import manage_context, refused

BELONGS_TO_ALL = (
    "This run was started from the command line, so it belongs to everybody: nobody can name it, share it, "
    "write why it went so, or delete it here."
)


@require_POST
def name(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Gives a run the name that was sent."""
    refusal = _change(request, run_id, lambda run: services.name_run(run, name=request.POST.get("name", "")))
    return refusal or _back_to(request, run_id)


@require_POST
def share(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Lets everyone with its link see a run, or nobody else any more; htmx gets the forms back, with the link shown."""

    def share_or_stop(run: Run) -> None:
        given = request.POST.get("shared", "")
        if given not in {"yes", "no"}:
            raise services.InvalidValue(f"“{given[:40]}” is unknown; send shared=yes or shared=no.")
        services.share_run(run, shared=given == "yes")

    refusal = _change(request, run_id, share_or_stop)
    if refusal or not request.htmx:
        return refusal or _back_to(request, run_id)
    context = {**manage_context(own_run(request, run_id), request.learner), "opened": "share", "back": _back(request)}
    return render(request, "sandbox/run/_keep.html", context)


@require_POST
def reflection(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Keeps why a run went as it did; htmx gets the form back, with what is kept now."""
    refusal = _change(request, run_id, lambda run: services.reflect_on_run(run, why=request.POST.get("reflection", "")))
    if refusal or not request.htmx:
        return refusal or _back_to(request, run_id)
    context = manage_context(own_run(request, run_id), request.learner)
    return render(request, "sandbox/run/_reflection.html", {**context, "was_kept": True})


@require_POST
def delete(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Deletes a run; an order of a load gets a 409 that says why not."""
    return _change(request, run_id, services.delete_run) or redirect(_list(request))


def _change(request: LearnerRequest, run_id: uuid.UUID, verb: Callable[[Run], None]) -> HttpResponse | None:
    """Applies `verb` to a run that the learner keeps; returns None, or the page that says why it could not.

    Its status is 400 for a value that is not allowed, and 409 for a run that is everybody's or that cannot be deleted.
    Raises NoSuchRun for another learner's run.
    """
    run = own_run(request, run_id)
    if not selectors.is_kept_by(run, request.learner):
        return _refused(request, run, BELONGS_TO_ALL, status=409)
    try:
        verb(run)
    except services.InvalidValue as error:
        return _refused(request, run, str(error), status=400)
    except services.NotDeletable as error:
        return _refused(request, run, str(error), status=409)
    return None


def _back(request: LearnerRequest) -> QueryDict | None:
    """Returns what the list showed that the form was on, or None when it was on the run's own page."""
    given = request.POST.get("back", "")
    return QueryDict(given) if given else None


def _back_to(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Redirects to where the form was: the run's row in the list, or its own page."""
    is_list = _back(request) is not None
    return redirect(f"{_list(request)}#run-{run_id}") if is_list else redirect("sandbox:run", run_id=run_id)


def _list(request: LearnerRequest) -> str:
    """Returns the address of the list that the form was on, or of the whole list."""
    query = read_query(_back(request) or QueryDict(), request.learner)
    return query.address(pages_of(query, request.learner).get_page(query.number).number)


def _refused(request: LearnerRequest, run: Run, problem: str, *, status: int) -> HttpResponse:
    back = _back(request)
    if back is not None and not request.htmx:
        return history_response(request, back, problem=problem, status=status)
    return refused(request, run, problem, status=status)
