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
from sandbox.views.runs import page

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
    return _keep(request, run_id, lambda run: services.name_run(run, name=request.POST.get("name", "")))


@require_POST
def share(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shares a run, or takes that back."""

    def switch(run: Run) -> None:
        given = request.POST.get("shared", "")
        if given not in {"yes", "no"}:
            raise services.BadRequest(f"“{given[:40]}” makes no sense here; send shared=yes or shared=no.")
        services.share_run(run, shared=given == "yes")

    return _keep(request, run_id, switch)


@require_POST
def reflection(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Keeps why a run went as it did; htmx gets the form back, with what is kept now."""
    done = _keep(request, run_id, lambda run: services.reflect_on_run(run, why=request.POST.get("reflection", "")))
    if done.status_code != FOUND or not request.htmx:  # type: ignore[attr-defined]
        return done
    context = keep_context(own_run(request, run_id), request.learner)  # type: ignore[attr-defined]
    return render(request, "sandbox/_reflection.html", {**context, "was_kept": True})


FOUND = 302


@require_POST
def delete(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return _keep(request, run_id, lambda run: services.delete_runs([run.pk]), is_gone=True)


@require_POST
def delete_all(request: HttpRequest) -> HttpResponse:
    """Deletes every run of the learner."""
    services.delete_runs(selectors.ids_of(request.learner))  # type: ignore[attr-defined]
    return redirect("sandbox:runs")


def _keep(
    request: HttpRequest, run_id: uuid.UUID, verb: Callable[[Run], None], *, is_gone: bool = False
) -> HttpResponse:
    """Does something to a run that the learner keeps, then shows the page that the form was on.

    400 for what makes no sense, 409 for a run that is everybody's. Raises Http404 for one of others.
    """
    run = own_run(request, run_id)
    if not selectors.is_kept_by(run, request.learner):  # type: ignore[attr-defined]
        return _refused(request, run, EVERYBODYS, status=409)
    try:
        verb(run)
    except services.BadRequest as error:
        return _refused(request, run, str(error), status=400)
    back = _back(request)
    if not back and not is_gone:
        return redirect("sandbox:run", run_id=run.pk)
    number = pages_of(request.learner).get_page(back or 1).number  # type: ignore[attr-defined]
    return redirect(f"{reverse('sandbox:runs')}?page={number}" + ("" if is_gone else f"#run-{run.pk}"))


def _back(request: HttpRequest) -> str:
    """The page of the list that the form was on; empty when it was on the run's own page."""
    given = request.POST.get("back", "")
    return "" if whole_number(given) is None else given


def _refused(request: HttpRequest, run: Run, problem: str, *, status: int) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(problem, status=status, content_type="text/plain; charset=utf-8")
    back = _back(request)
    if back:
        return _shelf(request, back, problem=problem, status=status)
    return page(request, run, problem=problem, status=status)
