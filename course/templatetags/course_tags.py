"""Template tags of the course's pages: structured data, and addresses and titles of places in lessons."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template import Context, Library
from django.utils.safestring import SafeString, mark_safe

from course.ask.search import current_index
from course.library import address_of_tag, find_lesson
from course.model import LessonInContext
from course.pages.structured_data import lesson_structured_data

register = Library()

# No title can end the element or begin another one.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def structured_data(context: Context, lesson: LessonInContext, teaches: Sequence[str]) -> SafeString:
    """Renders the lesson's structured data as a block that no browser runs."""
    request: HttpRequest = context["request"]
    data: dict[str, Any] = lesson_structured_data(lesson, teaches=teaches, site=request.build_absolute_uri("/"))
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  escaped above


@register.simple_tag(takes_context=True)
def absolute(context: Context, path: str) -> str:
    """Returns a path of this site as an absolute URL."""
    request: HttpRequest = context["request"]
    return request.build_absolute_uri(path)


@register.filter
def section_title(anchor: str, slug: str) -> str:
    """Returns the title of the section with that anchor, or else the words of the anchor."""
    found = find_lesson(slug)
    titles = {section.anchor: section.title for section in found.lesson.sections} if found else {}
    return titles.get(anchor) or anchor.replace("-", " ").capitalize()


@register.filter
def lesson_title(slug: str) -> str:
    """Returns the title of the lesson, or its slug where there is none."""
    found = find_lesson(slug)
    return found.lesson.title if found else slug


@register.filter
def lesson_lang(slug: str) -> str:
    """Returns the language that the lesson is written in; that of our own words where there is no such lesson."""
    found = find_lesson(slug)
    return found.lesson.lang if found else "en"


@register.simple_tag
def suggested_questions(slug: str) -> tuple[str, ...]:
    """Returns the questions that the lesson's authors suggest."""
    return next((one.suggested for one in current_index().authored if one.lesson == slug), ())


@register.simple_tag
def address_of_experiment(name: str) -> str:
    """Returns the address at which a lesson shows the experiment; "" where no lesson does."""
    return address_of_tag(f'{{% experiment "{name}"')
