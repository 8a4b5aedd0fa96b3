"""Limits sessions and sign-in to Django's admin: other pages have neither."""

from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest


class _AdminOnly:
    """Skips its middleware for pages outside the admin, which then need no other thread, no query and no cookie."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(settings.AUTHORS_AT):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class Sessions(_AdminOnly, SessionMiddleware):
    pass


class Authentication(_AdminOnly, AuthenticationMiddleware):
    pass


class Messages(_AdminOnly, MessageMiddleware):
    pass
