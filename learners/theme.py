"""The choice of light or dark, in a cookie that the switch writes, so that pages come as they are chosen."""

from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest

COOKIE = "theme"


class Theme(StrEnum):
    """What a reader can choose; SYSTEM is no cookie, or one that names nothing else."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @property
    def scheme(self) -> str:
        """The colour schemes that a browser may use."""
        return "light dark" if self is Theme.SYSTEM else self.value


def theme_of(request: HttpRequest) -> Theme:
    chosen = request.COOKIES.get(COOKIE)
    return Theme(chosen) if chosen in set(Theme) else Theme.SYSTEM


def theme(request: HttpRequest) -> dict[str, str]:
    """A context processor: the theme, and the name of the cookie that has the token for what scripts send."""
    return {"theme": theme_of(request), "token_cookie": settings.CSRF_COOKIE_NAME}
