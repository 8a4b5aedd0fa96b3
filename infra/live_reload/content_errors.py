"""Finds what is wrong in the content behind a page that could not be rendered."""

from django.conf import settings
from django.core.checks import Error, run_checks
from django.http import HttpRequest
from django.utils.module_loading import import_string

from content.problems import ContentError

# Rooms whose pages are made of content. Others use little of it, so they mostly fail for other reasons.
ROOMS = ("course", "quiz", "")


def content_errors(request: HttpRequest, exception: Exception) -> list[tuple[str, str]]:
    """Returns the location and text of everything wrong; nothing for a page that failed for another reason.

    `settings.LIVE_RELOAD_PAGE_ERRORS` names a function that finds errors which only this request shows.
    """
    match = request.resolver_match
    if match is None or (match.app_name not in ROOMS and not isinstance(exception, ContentError)):
        return []
    messages = (each for each in run_checks(tags=["content"]) if isinstance(each, Error))
    found = [(str(each.obj), each.msg) for each in messages]
    return found or list(import_string(settings.LIVE_RELOAD_PAGE_ERRORS)(request))
