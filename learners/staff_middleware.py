"""The authors' door: sessions and sign-in for Django's admin, which reach no other page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest


class _BehindTheDoor:
    """A middleware that lets pass what is not for the admin: no change of thread, no query, no cookie."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(settings.AUTHORS_AT):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class Sessions(_BehindTheDoor, SessionMiddleware):
    pass


class Authentication(_BehindTheDoor, AuthenticationMiddleware):
    pass


class Messages(_BehindTheDoor, MessageMiddleware):
    pass
