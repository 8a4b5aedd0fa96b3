"""All runs of a learner, and what she does with one to keep it: name it, share it, say why, throw it away."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from sandbox import selectors, services
from sandbox.fields import whole_number
from sandbox.models import Run
from sandbox.shelf import NoSuchPage, keep_context, pages_of, shelf_context
from sandbox.views.access import own_run
from sandbox.views.bench import start
from sandbox.views.steering import refused

EVERYBODYS = (
    "This run was started from the command line, so it is everybody's: nobody can name it, share it, "
    "write why it went so, or delete it here."
)


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The list of runs; a POST adds one to it, by starting it."""
    return start(request) if request.method == "POST" else _shelf(request, request.GET.get("page", "1"))


def _shelf(request: HttpRequest, number: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    try:
        context = shelf_context(request.learner, number)  # type: ignore[attr-defined]
    except NoSuchPage as error:
        raise Http404(str(error)) from error
    return render(request, "sandbox/runs.html", {**context, "problem": problem}, status=status)


@require_POST
def name(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    refusal = _keep(request, run_id, lambda run: services.name_run(run, name=request.POST.get("name", "")))
    return refusal or _back_to(request, run_id)


@require_POST
def share(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shares a run, or takes that back."""

    def switch(run: Run) -> None:
        given = request.POST.get("shared", "")
        if given not in {"yes", "no"}:
            raise services.BadRequest(f"“{given[:40]}” makes no sense here; send shared=yes or shared=no.")
        services.share_run(run, shared=given == "yes")

    return _keep(request, run_id, switch) or _back_to(request, run_id)


@require_POST
def reflection(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Keeps why a run went as it did; htmx gets the form back, with what is kept now."""
    refusal = _keep(request, run_id, lambda run: services.reflect_on_run(run, why=request.POST.get("reflection", "")))
    if refusal or not request.htmx:  # type: ignore[attr-defined]
        return refusal or _back_to(request, run_id)
    context = keep_context(own_run(request, run_id), request.learner)  # type: ignore[attr-defined]
    return render(request, "sandbox/_reflection.html", {**context, "was_kept": True})


@require_POST
def delete(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Deletes a run; an order of a load gets a 409 that says why not."""
    return _keep(request, run_id, services.delete_run) or redirect(_list(request))


@require_POST
def delete_all(request: HttpRequest) -> HttpResponse:
    """Deletes every run and load of the learner; while one of the loads runs, she gets a 409 that says so."""
    try:
        services.delete_all(request.learner)  # type: ignore[attr-defined]
    except services.Bound as error:
        return _shelf(request, "1", problem=str(error), status=409)
    return redirect("sandbox:runs")


def _keep(request: HttpRequest, run_id: uuid.UUID, verb: Callable[[Run], None]) -> HttpResponse | None:
    """Does something to a run that the learner keeps. None when it was done, or else the page that says why not.

    That is a 400 for what makes no sense, and a 409 for a run that is everybody's, or that cannot be deleted. Raises
    Http404 for one of others.
    """
    run = own_run(request, run_id)
    if not selectors.is_kept_by(run, request.learner):  # type: ignore[attr-defined]
        return _refused(request, run, EVERYBODYS, status=409)
    try:
        verb(run)
    except services.BadRequest as error:
        return _refused(request, run, str(error), status=400)
    except services.Bound as error:
        return _refused(request, run, str(error), status=409)
    return None


def _back(request: HttpRequest) -> str:
    """The page of the list that the form was on; empty when it was on the run's own page."""
    given = request.POST.get("back", "")
    return "" if whole_number(given) is None else given


def _back_to(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """To where the form was: the run's row in the list, or its own page."""
    return redirect(f"{_list(request)}#run-{run_id}") if _back(request) else redirect("sandbox:run", run_id=run_id)


def _list(request: HttpRequest) -> str:
    """The address of the list's page that the form was on, or of its first."""
    number = pages_of(request.learner).get_page(_back(request) or 1).number  # type: ignore[attr-defined]
    return f"{reverse('sandbox:runs')}?page={number}"


def _refused(request: HttpRequest, run: Run, problem: str, *, status: int) -> HttpResponse:
    back = _back(request)
    if back and not request.htmx:  # type: ignore[attr-defined]
        return _shelf(request, back, problem=problem, status=status)
    return refused(request, run, problem, status=status)
