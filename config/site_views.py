"""Serves the front page, robots.txt, and the check of whether the web process works."""

import logging

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from infra.database_health import require_writable

log = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("course:index")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 when the web process can write to its database, and 503 when it cannot."""
    try:
        require_writable(connections[DEFAULT_DB_ALIAS])
    except DatabaseError:
        log.exception("the database cannot be used")
        return HttpResponse("The database cannot be used; the log says why.", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


# Pages below these belong to one learner.
PRIVATE = ("/check/attempts/", "/check/answers/", "/lessons/questions/")
# Each run has a page for each of its moments, and each of these leads to another run: a crawler would never end.
ENDLESS = tuple(
    f"/sandbox/{page}/*{part}" for page in ("runs", "compare", "load") for part in ("?", "/what-if/", "/export/")
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tells search engines what they may read, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*PRIVATE, *ENDLESS))]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
