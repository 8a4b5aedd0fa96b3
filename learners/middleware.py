"""Identifies learners by a random id in a signed cookie: without sign-up, and nobody sees another's runs or answers."""

import uuid
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

# Seconds: how long a browser keeps the cookie, and the age from which a request renews it.
YEAR, RENEW_AFTER = 365 * 24 * 3600, 24 * 3600
# The cookie's name before each instance had its own. The signature tells whether this instance set it.
FORMER_COOKIE = "learner"


def _read(request: HttpRequest, cookie: str, *, max_age: int | None = None) -> str | None:
    """Returns the learner in that cookie; None if it is missing or was tampered with. Raises SignatureExpired."""
    try:
        return str(uuid.UUID(request.get_signed_cookie(cookie, max_age=max_age)))
    except SignatureExpired:
        raise
    except (KeyError, BadSignature, ValueError):
        return None


def _identify(request: HttpRequest) -> tuple[str | None, bool]:
    """Returns the learner in the request's cookies, and whether the cookie is young enough to stay as it is."""
    try:
        if fresh := _read(request, settings.LEARNER_COOKIE, max_age=RENEW_AFTER):
            return fresh, True
    except SignatureExpired:
        return _read(request, settings.LEARNER_COOKIE), False
    return _read(request, FORMER_COOKIE), False


def _set_cookie(request: HttpRequest, response: HttpResponse, learner: str) -> None:
    response.set_signed_cookie(
        settings.LEARNER_COOKIE, learner, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )


@sync_and_async_middleware
def learner_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sets `request.learner`, a UUID as text; a new or tampered cookie gives a new learner.

    `request.known_learner` is the same, but None for a new learner, of whom nothing is stored yet. Responses are
    private and not cached, unless the view says otherwise.
    """

    def set_learner(request: HttpRequest) -> bool:
        """Sets the learner on the request; returns whether the cookie has to be set."""
        known, is_fresh = _identify(request)
        request.known_learner = known  # type: ignore[attr-defined]
        request.learner = known or str(uuid.uuid4())  # type: ignore[attr-defined]
        return not is_fresh

    def finish(request: HttpRequest, response: HttpResponse, *, sets_cookie: bool) -> HttpResponse:
        if sets_cookie:
            _set_cookie(request, response, request.learner)  # type: ignore[attr-defined]
            if FORMER_COOKIE in request.COOKIES and _read(request, FORMER_COOKIE):
                response.delete_cookie(FORMER_COOKIE)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie"])
        return response

    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            sets_cookie = set_learner(request)
            return finish(request, await get_response(request), sets_cookie=sets_cookie)
    else:

        def middleware(request: HttpRequest) -> HttpResponse:  # type: ignore[misc]
            sets_cookie = set_learner(request)
            return finish(request, get_response(request), sets_cookie=sets_cookie)

    return middleware
