"""Finds out whether Django's token against forged forms was used in a page, and whether the browser has one."""

from django.http import HttpRequest


def is_token_used(request: HttpRequest) -> bool:
    """Returns whether what was rendered for this request holds its token, so that it belongs to one learner."""
    return "CSRF_COOKIE_NEEDS_UPDATE" in request.META


def has_token(request: HttpRequest) -> bool:
    """Returns whether the request came with a token, or was given one meanwhile."""
    return "CSRF_COOKIE" in request.META
