"""Gives pages the course, read again whenever a file has changed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.template import Engine, Template, TemplateSyntaxError
from django.urls import reverse

from content.last_valid import LastValid
from content.lesson_files import fingerprint, lessons_root
from content.problems import ContentError, Problem
from course.loader import load_course
from course.model import Course, Lesson, LessonInContext, Term

# Leaves out the anchors of definitions next to terms, and of footnotes.
ANCHOR = re.compile(r'\sid="((?!definition-|fn)[^"]+)"')


def current_course() -> Course:
    """Returns the course in LESSONS_DIR; while a file is wrong, the course before (see `LastValid`)."""
    root = lessons_root()
    return _courses(root, fingerprint(root))


def terms_in_use() -> list[tuple[Term, list[Lesson]]]:
    """Returns every term of the glossary, sorted by name, with the lessons that define it or link to it."""
    course = current_course()
    terms = sorted(course.glossary.items())
    return [(term, [lesson for lesson in course.lessons if name in lesson.terms]) for name, term in terms]


def find_lesson(slug: str) -> LessonInContext | None:
    """Returns the lesson of that slug with its module and neighbours, or None."""
    everything = [(module, lesson) for module in current_course().modules for lesson in module.lessons]
    for at, (module, lesson) in enumerate(everything):
        if lesson.slug == slug:
            before = everything[at - 1][1] if at else None
            after = everything[at + 1][1] if at + 1 < len(everything) else None
            return LessonInContext(lesson=lesson, module=module, previous=before, next=after)
    return None


def address_of_tag(tag: str) -> str:
    """Returns the address of the first template tag in a lesson that begins with `tag`; "" where none does."""
    for lesson in current_course().lessons:
        before, found, _ = lesson.body.partition(tag)
        if found:
            anchors = ANCHOR.findall(before)
            return reverse("course:lesson", args=[lesson.slug]) + (f"#{anchors[-1]}" if anchors else "")
    return ""


def anchors_of(lesson: Lesson) -> tuple[str, ...]:
    """Returns every anchor of a lesson's text, in their order."""
    return tuple(ANCHOR.findall(lesson.body))


@lru_cache(maxsize=32)
def compile_body(body: str) -> Template:
    """Compiles a lesson's body. Raises TemplateSyntaxError for an unknown tag."""
    return Engine.get_default().from_string(body)


def _load(root: Path) -> Course:
    """Loads a course of which each page can be made. Raises ContentError."""
    version = sha256(repr(fingerprint(root)).encode()).hexdigest()
    course = replace(load_course(root), version=version)
    if problems := [problem for lesson in course.lessons for problem in _uncompilable(lesson)]:
        raise ContentError(problems)
    return course


def _uncompilable(lesson: Lesson) -> Iterator[Problem]:
    try:
        compile_body(lesson.body)
    except TemplateSyntaxError as error:
        # Lines of the body are not those of the file; `checkcourse` names the line.
        yield Problem(lesson.location(1), str(error))


_courses = LastValid(_load)
