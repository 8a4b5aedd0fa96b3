"""What the pages read: the course as its files stand now."""

import re
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.template import Engine, Template
from django.urls import reverse

from content.lesson_files import Fingerprint, fingerprint, lessons_root
from course.loader import load_course
from course.model import Course, Lesson, LessonInContext, Term

# Not those of definitions beside terms and of footnotes.
ANCHOR = re.compile(r'\sid="((?!definition-|fn)[^"]+)"')


def current_course() -> Course:
    """The course in LESSONS_DIR. Raises ContentError when a file is wrong."""
    root = lessons_root()
    return _load(root, fingerprint(root))


def terms_in_use() -> list[tuple[Term, list[Lesson]]]:
    """Every term of the glossary by its name, with the lessons that define it or link to it."""
    course = current_course()
    terms = sorted(course.glossary.items())
    return [(term, [lesson for lesson in course.lessons if name in lesson.terms]) for name, term in terms]


def find_lesson(slug: str) -> LessonInContext | None:
    """The lesson of that slug with its surroundings, or None."""
    everything = [(module, lesson) for module in current_course().modules for lesson in module.lessons]
    for at, (module, lesson) in enumerate(everything):
        if lesson.slug == slug:
            before = everything[at - 1][1] if at else None
            after = everything[at + 1][1] if at + 1 < len(everything) else None
            return LessonInContext(lesson=lesson, module=module, previous=before, next=after)
    return None


def place_of_tag(tag: str) -> str:
    """The address of the first place where a lesson has a template tag that begins so; empty where none has."""
    for lesson in current_course().lessons:
        before, found, _ = lesson.body.partition(tag)
        if found:
            anchors = ANCHOR.findall(before)
            return reverse("course:lesson", args=[lesson.slug]) + (f"#{anchors[-1]}" if anchors else "")
    return ""


@lru_cache(maxsize=32)
def compiled(body: str) -> Template:
    """A lesson's body as a template. Raises TemplateSyntaxError for an unknown tag."""
    return Engine.get_default().from_string(body)


@lru_cache(maxsize=2)
def _load(root: Path, files: Fingerprint) -> Course:
    version = sha256(repr(files).encode()).hexdigest()
    return replace(load_course(root), version=version)
