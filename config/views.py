"""The front door and the pages for what went wrong."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("course:index")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the web process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


# Whose pages belong to one visitor, or begin something.
PRIVATE = ("/sandbox/runs/", "/sandbox/twins/", "/sandbox/load/", "/check/attempts/", "/check/answers/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may look at, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def _problem(request: HttpRequest, *, status: int, title: str, text: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return render(request, "problem.html", {"title": title, "text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(
        request, status=400, title="That request makes no sense here", text=str(exception) or "Go back and try again."
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = str(exception) if exception.args and isinstance(exception.args[0], str) else "Nothing lives at this address."
    return _problem(request, status=404, title="Not found", text=text)


def server_error(request: HttpRequest) -> HttpResponse:
    return _problem(
        request,
        status=500,
        title="Something broke on our side",
        text="Nothing of yours is lost. Try again in a moment.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _problem(
        request,
        status=403,
        title="This form has gone stale",
        text="Go back, reload the page and send it again. Cookies must be allowed.",
    )
