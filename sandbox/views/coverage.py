"""What a learner has tried so far, and what is left."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sandbox import plans
from sandbox.bench.form import DEFAULTS
from sandbox.coverage import coverage_context


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    try:
        saga = plans.saga_named(request.GET.get("saga", DEFAULTS.saga)[:40])
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return render(request, "sandbox/coverage.html", coverage_context(request.learner, saga))  # type: ignore[attr-defined]
