"""Which runs a request may see, and which it may change."""

import uuid

from django.http import Http404, HttpRequest

from sandbox import selectors
from sandbox.models import Run


def seen_run(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """A run that the learner may look at. Raises Http404 when there is none of that id, or it is another's."""
    try:
        return selectors.run_for(request.learner, run_id)  # type: ignore[attr-defined]
    except selectors.NoSuchRun as error:
        raise Http404(str(error)) from error


def own_run(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """A run that the learner may change. Raises Http404 as `seen_run` does, and for a shared one of others."""
    try:
        return selectors.own_run_for(request.learner, run_id)  # type: ignore[attr-defined]
    except selectors.NoSuchRun as error:
        raise Http404(str(error)) from error
