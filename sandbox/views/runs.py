"""A run's page, its journal, and its live view."""

import uuid
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sandbox import selectors, stream
from sandbox.fields import whole_number
from sandbox.frames.film import as_of, film_of
from sandbox.frames.pane import Pane
from sandbox.frames.parts import page_of
from sandbox.models import Run
from sandbox.shelf import keep_context
from sandbox.views.access import seen_run


@require_safe
def run_page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The run's page, as of now or as of fact `at`; a moment that the run does not have gets a 400."""
    run = seen_run(request, run_id)
    at, latest = request.GET.get("at", ""), run.last_seq
    moment = whole_number(at, least=1, most=latest)
    if at and moment is None:
        problem = f"“{at[:40]}” is no moment of this run; it has facts 1 to {latest} so far. This is how it stands now."
        return page(request, run, problem=problem, status=400)
    return page(request, run, at=moment)


def page(
    request: HttpRequest, run: Run, *, at: int | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """The run's page as of fact `at`, with what is always as of now."""
    try:
        now = page_of(selectors.view_of(run))
    except selectors.Outdated as error:
        gone = {"title": "This run is from another time", "text": str(error)}
        return render(request, "problem.html", gone, status=410)
    shown = now if at is None or at >= now.seq else page_of(as_of(now.view, at))
    learner: str = request.learner  # type: ignore[attr-defined]
    context = {
        "view": shown.view,
        "pane": Pane(shown, now, get_token(request), present=selectors.now_of(now)),
        "problem": problem,
        **keep_context(run, learner),
        "asked": selectors.asked_of(run),
        "experiment": selectors.experiment_of(run),
        "may_steer": selectors.belongs_to(run, learner),
        "sees_origin": run.origin is not None and selectors.may_see(run.origin, learner),
        "beside": selectors.twins_of(run, learner),
        "bench": f"{reverse('sandbox:bench')}?{urlencode(selectors.settings_of(run))}",
    }
    return render(request, "sandbox/run.html", context, status=status)


@require_safe
def film(request: HttpRequest, run_id: uuid.UUID, upto: int) -> HttpResponse:
    """A frame for each of the run's first `upto` facts, as JSON. They never change, so the browser may keep them."""
    try:
        view = selectors.view_of(seen_run(request, run_id))
    except selectors.Outdated as error:
        return HttpResponse(str(error), status=410, content_type="text/plain; charset=utf-8")
    if not 1 <= upto <= view.board.seq:
        return HttpResponse(f"The run has facts 1 to {view.board.seq}.", status=404, content_type="text/plain")
    response = HttpResponse(film_of(as_of(view, upto)), content_type="application/json")
    response["Cache-Control"] = "private, max-age=3600, immutable"
    return response


@require_safe
def facts(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The run's journal as JSON."""
    recorded = selectors.facts_of(seen_run(request, run_id))
    rows = [{"seq": f.seq, "at": f.at, "kind": f.kind, "actor": f.actor, **f.details()} for f in recorded]
    response = JsonResponse({"run": str(run_id), "facts": rows}, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="run-{run_id}.json"'
    return response


def _guard(request: HttpRequest, run_id: uuid.UUID) -> None:
    """Raises Http404 as `seen_run` does, and keeps no database connection for as long as the stream lasts."""
    try:
        seen_run(request, run_id)
    finally:
        close_old_connections()


@require_safe
async def live(request: HttpRequest, run_id: uuid.UUID) -> StreamingHttpResponse | HttpResponse:
    """The live view from fact `after` on, as server-sent events; a HEAD asks only whether there is one."""
    await sync_to_async(_guard)(request, run_id)
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream")
    after = request.GET.get("after", "0")
    shown = whole_number(after)
    if shown is None:
        problem = f"“{after[:40]}” is no fact's number."
        return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
    frames = stream.events(run_id, after=shown, learner=request.learner)  # type: ignore[attr-defined]
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"  # what is compressed waits for more
    return response
