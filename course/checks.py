"""Wrong lessons stop the start-up, not the reader."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.template import TemplateSyntaxError

from course.loader import ContentError
from course.records import Course
from course.selectors import compiled, current_course


def lessons_can_be_shown(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """An error for a file that cannot be read (E001), and for each lesson with a wrong template tag (E002)."""
    try:
        course = current_course()
    except ContentError as error:
        return [Error(str(error), id="course.E001")]
    return list(_wrong_tags(course))


def _wrong_tags(course: Course) -> Iterator[CheckMessage]:
    for module in course.modules:
        for lesson in module.lessons:
            try:
                compiled(lesson.body)
            except TemplateSyntaxError as error:
                hint = "Names of tags and libraries are those of the templates; quote their arguments."
                yield Error(f"{module.slug}/{lesson.slug}.md: {error}", hint=hint, id="course.E002")
