"""What the pages of the course say about themselves."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template import Context, Library
from django.utils.safestring import SafeString, mark_safe

from course.library import find_lesson, place_of_tag
from course.model import LessonInContext
from course.pages.structured_data import lesson_metadata

register = Library()

# Whatever a title holds, it does not end the element or begin another.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def structured_data(context: Context, place: LessonInContext, teaches: Sequence[str]) -> SafeString:
    """A block of data, which no browser runs, with the lesson's metadata."""
    request: HttpRequest = context["request"]
    data: dict[str, Any] = lesson_metadata(place, teaches=teaches, site=request.build_absolute_uri("/"))
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  escaped above


@register.simple_tag(takes_context=True)
def absolute(context: Context, path: str) -> str:
    """The address of a path of this site, as another site needs it."""
    request: HttpRequest = context["request"]
    return request.build_absolute_uri(path)


@register.filter
def place_title(anchor: str, slug: str) -> str:
    """What to call the place at that anchor of a lesson: the words of the section, else those of the anchor."""
    place = find_lesson(slug)
    titles = {section.anchor: section.title for section in place.lesson.sections} if place else {}
    return titles.get(anchor) or anchor.replace("-", " ").capitalize()


@register.simple_tag
def place_of_experiment(name: str) -> str:
    """The address of the place in a lesson that an experiment shows; empty where no lesson has it."""
    return place_of_tag(f'{{% experiment "{name}"')
