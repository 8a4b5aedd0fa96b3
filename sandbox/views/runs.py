"""A run's page, its journal, and its live view."""

import uuid

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sandbox import selectors, stream
from sandbox.frames import CSRF_BLANK, REGIONS, parts_of
from sandbox.models import Run
from sandbox.views.access import seen_run


@require_safe
def run_page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return page(request, seen_run(request, run_id))


def page(request: HttpRequest, run: Run, *, problem: str = "", status: int = 200) -> HttpResponse:
    try:
        view = selectors.view_of(run)
    except selectors.Outdated as error:
        gone = {"title": "This run is from another time", "text": str(error)}
        return render(request, "problem.html", gone, status=410)
    parts = parts_of(view)
    rows: dict[str, list[str]] = {}
    for part in parts.values():
        rows.setdefault(part.into, []).append(part.html.replace(CSRF_BLANK, get_token(request)))
    context = {
        "run": run,
        "view": view,
        "part": dict(zip(REGIONS, rows["run"], strict=True)),
        "sequence": rows.get("sequence", []),
        "journal": rows.get("journal", []),
        "problem": problem,
        "asked": selectors.asked_of(run),
        "bench": f"{reverse('sandbox:bench')}?{_query(run)}",
    }
    return render(request, "sandbox/run.html", context, status=status)


def _query(run: Run) -> str:
    query = QueryDict(mutable=True)
    for name, value in selectors.settings_of(run):
        query.appendlist(name, value)
    return query.urlencode()


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
    """The live view from fact `after` on, as server-sent events."""
    await sync_to_async(_guard)(request, run_id)
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        problem = f"“{after[:40]}” is no fact's number."
        return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(stream.events(run_id, after=int(after)), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response
