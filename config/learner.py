"""Who is learning: an unguessable name in a signed cookie. No sign-up, and no one sees another's runs or answers."""

import uuid
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

COOKIE = "learner"
YEAR = 365 * 24 * 3600


def _known(request: HttpRequest) -> str | None:
    try:
        return str(uuid.UUID(request.get_signed_cookie(COOKIE)))
    except (KeyError, BadSignature, ValueError):
        return None


def _remember(request: HttpRequest, response: HttpResponse, learner: str) -> None:
    response.set_signed_cookie(COOKIE, learner, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())


@sync_and_async_middleware
def learner_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sets `request.learner`, a UUID as text; a new or tampered cookie gives a new learner.

    `request.known_learner` is the same, but None for one of whom there can be nothing to know yet.
    """

    def arrive(request: HttpRequest) -> bool:
        known = _known(request)
        request.known_learner = known  # type: ignore[attr-defined]
        request.learner = known or str(uuid.uuid4())  # type: ignore[attr-defined]
        return known is None

    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            is_new = arrive(request)
            response: HttpResponse = await get_response(request)
            if is_new:
                _remember(request, response, request.learner)  # type: ignore[attr-defined]
            return response
    else:

        def middleware(request: HttpRequest) -> HttpResponse:  # type: ignore[misc]
            is_new = arrive(request)
            response: HttpResponse = get_response(request)
            if is_new:
                _remember(request, response, request.learner)  # type: ignore[attr-defined]
            return response

    return middleware
