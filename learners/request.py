"""Declares the type of a request after the learner middleware."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class LearnerRequest(HttpRequest):
    """A request with its learner, and with the headers that htmx sends."""

    learner: str
    known_learner: str | None
    htmx: HtmxDetails
