"""Two runs side by side, and the difference between them."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learners.request import LearnerRequest
from sandbox.pages.comparison.context import comparison_context, incomparable
from sandbox.pages.request_access import seen_run
from sandbox.pages.run import snapshot_reader


@require_safe
def comparison(request: LearnerRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Shows two runs of one saga as of now or of moment `at`, if the learner may see both; htmx gets the difference."""
    one, other = seen_run(request, first), seen_run(request, second)
    problem = incomparable(one, other)
    if problem:
        refusal = {"title": "These two cannot be compared", "text": problem}
        return render(request, "problem.html", refusal, status=400)
    try:
        context = comparison_context(request, one, other)
    except snapshot_reader.UnknownSaga as error:
        gone = {"title": "This run is from another time", "text": str(error)}
        return render(request, "problem.html", gone, status=410)
    template = "_difference" if request.htmx else "comparison"
    return render(request, f"sandbox/comparison/{template}.html", context, status=400 if context["problem"] else 200)
