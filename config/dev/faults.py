"""What is wrong in the content behind a page that could not be made."""

from django.core.checks import Error, run_checks
from django.http import HttpRequest
from django.urls import ResolverMatch

from course.selectors import find_lesson
from course.trial import failing_tags

# Rooms whose pages are made of content; other pages fail for other reasons.
ROOMS = ("course", "quiz", "")


def faults(request: HttpRequest) -> list[tuple[str, str]]:
    """Place and text of all that is wrong; nothing for a page that failed for another reason."""
    match = request.resolver_match
    if match is None or match.app_name not in ROOMS:
        return []
    messages = (each for each in run_checks(tags=["content"]) if isinstance(each, Error))
    return [(str(each.obj), each.msg) for each in messages] or _in_lesson(request, match)


def _in_lesson(request: HttpRequest, match: ResolverMatch) -> list[tuple[str, str]]:
    place = find_lesson(match.kwargs["slug"]) if match.view_name == "course:lesson" else None
    return [(str(each.spot), each.text) for each in failing_tags(place.lesson, request)] if place else []
