"""Answers with a run's page and its live view."""

import uuid

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from learners.request import LearnerRequest
from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR, SERVICE
from sandbox.form_fields import whole_number
from sandbox.pages.request_access import seen_run
from sandbox.pages.run import live_stream, snapshot_reader
from sandbox.pages.run.frames import as_of, recording_of
from sandbox.pages.run.lifelines import lifelines_css
from sandbox.pages.run.response import run_response


@require_safe
def run_page(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shows the run's page, as of now or as of fact `at`; for a fact that the run does not have, a 400 says so."""
    run = seen_run(request, run_id)
    at, latest = request.GET.get("at", ""), run.last_seq
    moment = whole_number(at, least=1, most=latest)
    if at and moment is None:
        problem = f"“{at[:40]}” is no moment of this run; it has facts 1 to {latest} so far. This is how it stands now."
        return run_response(request, run, problem=problem, status=400)
    return run_response(request, run, at=moment)


@require_safe
def frames(request: LearnerRequest, run_id: uuid.UUID, upto: int) -> HttpResponse:
    """Sends a frame for each of the run's first `upto` facts, as JSON; the browser may keep them: they never change."""
    snapshot = snapshot_reader.snapshot_of(seen_run(request, run_id))
    if not 1 <= upto <= snapshot.board.seq:
        return HttpResponse(f"The run has facts 1 to {snapshot.board.seq}.", status=404, content_type="text/plain")
    response = HttpResponse(recording_of(as_of(snapshot, upto)), content_type="application/json")
    response["Cache-Control"] = "private, max-age=3600, immutable"
    return response


@require_safe
def lifelines(request: LearnerRequest, count: int) -> HttpResponse:
    """Sends the stylesheet of sequence diagrams with `count` lifelines; a 404 for more than there are actors."""
    most = len((CUSTOMER, ORCHESTRATOR, *SERVICE))
    if not 1 <= count <= most:
        return HttpResponse(f"A saga has 1 to {most} actors.", status=404, content_type="text/plain")
    response = HttpResponse(lifelines_css(count), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _guard(request: LearnerRequest, run_id: uuid.UUID) -> None:
    """Raises NoSuchRun as `seen_run` does, and keeps no database connection for as long as the stream lasts."""
    try:
        seen_run(request, run_id)
    finally:
        close_old_connections()


@require_safe
async def live(request: LearnerRequest, run_id: uuid.UUID) -> StreamingHttpResponse | HttpResponse:
    """Streams the live view from fact `after` on, as server-sent events; a HEAD asks only whether there is one."""
    await sync_to_async(_guard)(request, run_id)
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream")
    after = request.GET.get("after", "0")
    shown = whole_number(after)
    if shown is None:
        problem = f"“{after[:40]}” is no fact's number."
        return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
    frames = live_stream.events(run_id, after=shown, learner=request.learner)
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"  # compression would hold events back
    return response
