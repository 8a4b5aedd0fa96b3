"""Finds the run that a request may see or change, recognises a form that is sent twice, and reads what it chose."""

import uuid
from collections.abc import Iterable
from hashlib import sha256

from infra.logs import add_to_log_context
from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.definitions.run_settings import InvalidValue
from sandbox.models import Run


def seen_run(request: LearnerRequest, run_id: uuid.UUID) -> Run:
    """Returns a run that the learner may look at. Raises NoSuchRun when there is none, or it is another learner's."""
    add_to_log_context(saga_id=str(run_id))
    return selectors.run_for(request.learner, run_id)


def own_run(request: LearnerRequest, run_id: uuid.UUID) -> Run:
    """Returns a run that the learner may change. Raises NoSuchRun as `seen_run` does, and for others' shared ones."""
    add_to_log_context(saga_id=str(run_id))
    return selectors.own_run_for(request.learner, run_id)


def form_key(request: LearnerRequest) -> str:
    """Returns a key that is the same when a form is sent twice from one page; "" when the request has no CSRF token.

    Each time a page is rendered, its forms get another token, although the cookie is the same.
    """
    if "csrfmiddlewaretoken" not in request.POST:
        return ""
    sent = (request.learner, request.path, sorted(request.POST.lists()))
    return sha256(repr(sent).encode()).hexdigest()


def choice(request: LearnerRequest, name: str, allowed: Iterable[str]) -> str:
    """Returns what the form chose under that name. Raises InvalidValue, which says what is allowed."""
    given, choices = request.POST.get(name, ""), tuple(allowed)
    if given not in choices:
        raise InvalidValue(f"“{given[:40]}” is no {name}; use one of {', '.join(choices)}.")
    return given
