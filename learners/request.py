"""The type of a request that the learner middleware has seen."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class LearnerRequest(HttpRequest):
    """A request that knows its learner, and whether htmx has sent it."""

    learner: str
    known_learner: str | None
    htmx: HtmxDetails
