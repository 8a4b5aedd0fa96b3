"""Pages that are made once for everyone to whom they look the same, packed, and kept.

What a page shows depends on the course's files, on its address, on light or dark, and on how far the learner is. The
course does not know what other rooms show in a lesson: COURSE_PROGRESS names functions of theirs, each of which tells
in one value all that the room's template tags show of a learner.
"""

import gzip
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.module_loading import import_string

from learners.theme import theme_of

# A learner's name, or None for one of whom there can be nothing to know yet.
ProgressVersion = Callable[[str | None], Hashable]


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page's HTML, packed with gzip, and its entity tag."""

    packed: bytes
    tag: str

    def response(self, *, packed: bool) -> HttpResponse:
        response = HttpResponse(self.packed if packed else gzip.decompress(self.packed))
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        response["ETag"] = self.tag
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Accept-Encoding, Cookie"
        return response


def answer(request: HttpRequest, template: str, context: dict[str, Any], *, version: str) -> HttpResponseBase:
    """The page that `template` makes of the course's `version` at this address; 304 for who holds it already."""
    if settings.DEBUG:  # templates are edited, too
        html = render_to_string(template, context, request)
        _remember_token(request)
        return HttpResponse(html)
    key = _key(request, version)
    page = cache.get(key) or _made(request, template, context, version)
    _remember_token(request)
    response = page.response(packed="gzip" in request.headers.get("Accept-Encoding", ""))
    return get_conditional_response(request, etag=page.tag, response=response) or response


def _key(request: HttpRequest, version: str) -> str:
    learner = request.known_learner  # type: ignore[attr-defined]
    standings = [_progress_version(path)(learner) for path in settings.COURSE_PROGRESS]
    facts = (version, request.scheme, request.get_host(), request.path, theme_of(request), standings)
    return sha256(repr(facts).encode()).hexdigest()


def _progress_version(path: str) -> ProgressVersion:
    found: ProgressVersion = import_string(path)
    return found


def _made(request: HttpRequest, template: str, context: dict[str, Any], version: str) -> CachedPage:
    """The page made anew, and kept for all to whom it looks the same.

    Not kept is one that holds a form's token, which is one visitor's own, nor one whose learner went on meanwhile: it
    may show what others do not have.
    """
    key = _key(request, version)
    html = render_to_string(template, context, request).encode()
    page = CachedPage(gzip.compress(html, mtime=0), f'W/"{sha256(html).hexdigest()[:32]}"')
    if "CSRF_COOKIE_NEEDS_UPDATE" not in request.META and _key(request, version) == key:
        cache.set(key, page, timeout=None)
    return page


def _remember_token(request: HttpRequest) -> None:
    """Sees to it that the browser has the token that the page's scripts send along: the page itself holds none."""
    if "CSRF_COOKIE" not in request.META:
        get_token(request)
