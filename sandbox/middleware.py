"""Answers for a run that no page can show any more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from sandbox.runtime.storage.runs import UnknownSaga


class UnknownSagaMiddleware(MiddlewareMixin):
    """Answers with a 410 that says why, whichever page has met a run whose saga has been defined otherwise since."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UnknownSaga):
            return None
        if getattr(request, "htmx", False):  # a live page shows the sentence alone
            return HttpResponse(str(exception), status=410, content_type="text/plain; charset=utf-8")
        gone = {"title": "This run is from another time", "text": str(exception)}
        return render(request, "problem.html", gone, status=410)
