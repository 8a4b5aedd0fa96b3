"""Finds the run that a request may see or change, and recognises a form that is sent twice."""

import uuid
from collections.abc import Callable
from hashlib import sha256

from django.http import Http404

from infra.logs import add_to_log_context
from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.models import Run


def seen_run(request: LearnerRequest, run_id: uuid.UUID) -> Run:
    """Returns a run that the learner may look at. Raises Http404 when there is none, or it is another learner's."""
    return _found(selectors.run_for, request, run_id)


def own_run(request: LearnerRequest, run_id: uuid.UUID) -> Run:
    """Returns a run that the learner may change. Raises Http404 as `seen_run` does, and for others' shared ones."""
    return _found(selectors.own_run_for, request, run_id)


def _found(find: Callable[[str, uuid.UUID], Run], request: LearnerRequest, run_id: uuid.UUID) -> Run:
    add_to_log_context(saga_id=str(run_id))
    try:
        return find(request.learner, run_id)
    except selectors.NoSuchRun as error:
        raise Http404(str(error)) from error


def form_key(request: LearnerRequest) -> str:
    """Returns a key that is the same when a form is sent twice from one page; "" when the request has no CSRF token.

    Each time a page is rendered, its forms get another token, although the cookie is the same.
    """
    if "csrfmiddlewaretoken" not in request.POST:
        return ""
    sent = (request.learner, request.path, sorted(request.POST.lists()))
    return sha256(repr(sent).encode()).hexdigest()
