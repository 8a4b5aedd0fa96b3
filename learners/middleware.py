"""Who is learning: an unguessable name in a signed cookie. No sign-up, and no one sees another's runs or answers."""

import uuid
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

# Seconds: how long a browser keeps the cookie, and from which age on a visit renews it.
YEAR, RENEWED_AFTER = 365 * 24 * 3600, 24 * 3600
# What the cookie was called before each instance had one of its own. The signature tells whether it was ours.
FORMER_COOKIE = "learner"


def _read(request: HttpRequest, cookie: str, *, max_age: int | None = None) -> str | None:
    """Who that cookie names; None for one that is missing or was tampered with. Raises SignatureExpired."""
    try:
        return str(uuid.UUID(request.get_signed_cookie(cookie, max_age=max_age)))
    except SignatureExpired:
        raise
    except (KeyError, BadSignature, ValueError):
        return None


def _known(request: HttpRequest) -> tuple[str | None, bool]:
    """Who the request's cookies name, and whether they are young enough to stay as they are."""
    try:
        if fresh := _read(request, settings.LEARNER_COOKIE, max_age=RENEWED_AFTER):
            return fresh, True
    except SignatureExpired:
        return _read(request, settings.LEARNER_COOKIE), False
    return _read(request, FORMER_COOKIE), False


def _remember(request: HttpRequest, response: HttpResponse, learner: str) -> None:
    response.set_signed_cookie(
        settings.LEARNER_COOKIE, learner, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )


@sync_and_async_middleware
def learner_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sets `request.learner`, a UUID as text; a new or tampered cookie gives a new learner.

    `request.known_learner` is the same, but None for one of whom there can be nothing to know yet. What answers a
    learner is that learner's alone, and kept nowhere, unless the view says otherwise.
    """

    def arrive(request: HttpRequest) -> bool:
        """Notes who comes; returns whether the cookie has to be set."""
        known, is_fresh = _known(request)
        request.known_learner = known  # type: ignore[attr-defined]
        request.learner = known or str(uuid.uuid4())  # type: ignore[attr-defined]
        return not is_fresh

    def leave(request: HttpRequest, response: HttpResponse, *, sets_cookie: bool) -> HttpResponse:
        if sets_cookie:
            _remember(request, response, request.learner)  # type: ignore[attr-defined]
            if FORMER_COOKIE in request.COOKIES and _read(request, FORMER_COOKIE):
                response.delete_cookie(FORMER_COOKIE)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie"])
        return response

    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            sets_cookie = arrive(request)
            return leave(request, await get_response(request), sets_cookie=sets_cookie)
    else:

        def middleware(request: HttpRequest) -> HttpResponse:  # type: ignore[misc]
            sets_cookie = arrive(request)
            return leave(request, get_response(request), sets_cookie=sets_cookie)

    return middleware
