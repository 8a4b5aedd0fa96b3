"""Caches pages, compressed, once for all learners to whom they look the same.

What a page shows depends on the course's files, its address, light or dark, and the learner's progress. The course
does not know what other rooms show in a lesson: COURSE_PROGRESS names functions of theirs, each of which returns a
value that changes with what the room's template tags show of a learner.
"""

import gzip
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.module_loading import import_string

from infra.private_apis.csrf import has_token, is_token_used
from learners.request import LearnerRequest
from learners.theme import theme_of

# Takes the learner, or None for a new one, of whom nothing is stored yet.
ProgressFunction = Callable[[str | None], Hashable]


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page's HTML, compressed with gzip, and its entity tag."""

    compressed: bytes
    tag: str

    def response(self, *, compressed: bool) -> HttpResponse:
        response = HttpResponse(self.compressed if compressed else gzip.decompress(self.compressed))
        if compressed:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        response["ETag"] = self.tag
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Accept-Encoding, Cookie"
        return response


def cached_response(
    request: LearnerRequest, template: str, context: dict[str, Any], *, version: str, progress: Sequence[str] = ()
) -> HttpResponseBase:
    """Returns the page that `template` makes of the course's `version`; 304 to a browser that has it already.

    `progress` names functions like those of COURSE_PROGRESS, for what only this page shows of a learner.
    """
    if settings.DEBUG:  # templates are edited, too
        html = render_to_string(template, context, request)
        _ensure_token(request)
        return HttpResponse(html)

    def key() -> str:
        return _key(request, version, (*settings.COURSE_PROGRESS, *progress))

    page = cache.get(key()) or _render(request, template, context, key)
    _ensure_token(request)
    response = page.response(compressed="gzip" in request.headers.get("Accept-Encoding", ""))
    return get_conditional_response(request, etag=page.tag, response=response) or response


def _key(request: LearnerRequest, version: str, functions: Sequence[str]) -> str:
    progress = [_progress_function(path)(request.known_learner) for path in functions]
    facts = (version, request.scheme, request.get_host(), request.path, theme_of(request), progress)
    return sha256(repr(facts).encode()).hexdigest()


def _progress_function(path: str) -> ProgressFunction:
    found: ProgressFunction = import_string(path)
    return found


def _render(request: LearnerRequest, template: str, context: dict[str, Any], key_of: Callable[[], str]) -> CachedPage:
    """Renders the page, and caches it for all to whom it looks the same.

    A page that holds a form's token is not cached, because the token belongs to one learner; nor is a page whose
    learner made progress meanwhile, because it may show what others have not reached.
    """
    key = key_of()
    html = render_to_string(template, context, request).encode()
    page = CachedPage(gzip.compress(html, mtime=0), f'W/"{sha256(html).hexdigest()[:32]}"')
    if not is_token_used(request) and key_of() == key:
        cache.set(key, page, timeout=None)
    return page


def _ensure_token(request: LearnerRequest) -> None:
    """Makes sure that the browser gets the token that the page's scripts send: the page itself holds none."""
    if not has_token(request):
        get_token(request)
