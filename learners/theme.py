"""Reads the choice of light or dark from a cookie, which the page's switch sets, so that pages are sent as chosen."""

from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest

COOKIE = "theme"


class Theme(StrEnum):
    """The themes that a reader can choose. SYSTEM holds without a cookie, and for one with any other value."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @property
    def scheme(self) -> str:
        """The value of CSS's `color-scheme`."""
        return "light dark" if self is Theme.SYSTEM else self.value


def theme_of(request: HttpRequest) -> Theme:
    """Returns the theme that the request's cookie names."""
    chosen = request.COOKIES.get(COOKIE)
    return Theme(chosen) if chosen in set(Theme) else Theme.SYSTEM


def theme(request: HttpRequest) -> dict[str, str]:
    """Adds to a template's context the theme, and the name of the cookie from which scripts read the CSRF token."""
    return {"theme": theme_of(request), "token_cookie": settings.CSRF_COOKIE_NAME}
