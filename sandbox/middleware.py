"""Answers for a run that no page can show, or not any more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from sandbox.runtime.storage.runs import UnknownSaga
from sandbox.selectors import NoSuchRun

ANSWERS: dict[type[Exception], tuple[int, str]] = {
    NoSuchRun: (404, "This run is not here"),
    UnknownSaga: (410, "This run is from another time"),
}


class MissingRunMiddleware(MiddlewareMixin):
    """Says why a run cannot be shown, whichever page was asked for it, and leads to the runs that can be.

    A 404 is for a run that does not exist or is private, a 410 for one whose saga has been defined otherwise since.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        status, title = ANSWERS.get(type(exception), (0, ""))
        if not status:
            return None
        if getattr(request, "htmx", False):  # a live page shows the sentence alone
            return HttpResponse(str(exception), status=status, content_type="text/plain; charset=utf-8")
        return render(request, "sandbox/missing_run.html", {"title": title, "text": str(exception)}, status=status)
