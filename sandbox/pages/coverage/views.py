"""The page of what a learner has tried so far, and what is left."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learners.request import LearnerRequest
from sandbox.definitions.registry import saga_named
from sandbox.definitions.run_settings import DEFAULTS
from sandbox.pages.coverage.context import coverage_context


@require_safe
def coverage(request: LearnerRequest) -> HttpResponse:
    try:
        saga = saga_named(request.GET.get("saga", DEFAULTS["saga"])[:40])
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return render(request, "sandbox/coverage/coverage.html", coverage_context(request.learner, saga))
