"""Shows a run as distributed tracing would: a row for each span."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.definitions.terms import ENDED, Pace
from sandbox.pages.history.run_list import HistoryRow
from sandbox.pages.request_access import seen_run
from sandbox.render.trace.waterfall import waterfall


@require_safe
def trace(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shows the spans of the run so far; they need no more than its facts, so its saga may be gone by now."""
    run = seen_run(request, run_id)
    context = {
        "run": run,
        "row": HistoryRow(run),
        "waterfall": waterfall(selectors.facts_of(run)),
        "is_ended": run.status in ENDED,
        "is_slowed": run.pace != Pace.FAST,
    }
    return render(request, "sandbox/trace/trace.html", context)
