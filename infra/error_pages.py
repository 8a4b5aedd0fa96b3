"""Renders the pages that say what went wrong."""

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOO_LARGE = f"At most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes are read."


def problem(request: HttpRequest, *, status: int, title: str, text: str) -> HttpResponse:
    """Returns a page that says what went wrong; only its text for htmx."""
    if request.headers.get("HX-Request"):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return render(request, "problem.html", {"title": title, "text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return problem(request, status=413, title="That is too much at once", text=TOO_LARGE)
    # The text of a BadRequest is written for the sender; that of Django's other errors goes to the log only.
    text = str(exception) if isinstance(exception, BadRequest) else ""
    title = "That request cannot be answered"
    return problem(request, status=400, title=title, text=text or "Go back and try again.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = (
        str(exception) if exception.args and isinstance(exception.args[0], str) else "There is no page at this address."
    )
    return problem(request, status=404, title="Not found", text=text)


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        status=500,
        title="Something broke on our side",
        text="Nothing of yours is lost. Try again in a moment.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(
        request,
        status=403,
        title="This form has gone stale",
        text="Go back, reload the page and send it again. Cookies must be allowed.",
    )
