"""Checks what interviews and summaries name: places of their lessons, and experiments."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.template import Engine, RequestContext

from content.lesson_files import lessons_root
from content.problems import Problem
from course.interview.model import Interview
from course.interview.reader import read_interviews, unknown_paragraphs
from course.library import anchors_of
from course.markdown.renderer import TAG_LIBRARIES
from course.model import Course
from course.summary.blocks import blocks_of
from course.summary.reader import missing_parts, read_summaries

EXPERIMENT = f"{{% load {TAG_LIBRARIES} %}}{{% experiment name %}}"


def wrong_places(course: Course) -> Iterator[Problem]:
    """Yields a problem for each place of a lesson that its interview or its summary names, and that is not there."""
    interviews, summaries = read_interviews(lessons_root()), read_summaries(lessons_root())
    for lesson in course.lessons:
        anchors = anchors_of(lesson)
        if interview := interviews.get(lesson.slug):
            yield from unknown_paragraphs(interview, anchors)
        if summary := summaries.get(lesson.slug):
            yield from missing_parts(summary, blocks_of(lesson), anchors)


def unknown_experiments(request: HttpRequest) -> Iterator[Problem]:
    """Yields a problem for each experiment that an interview names, and that is not there."""
    for interview in read_interviews(lessons_root()).values():
        yield from _unknown_experiments_of(interview, request)


def _unknown_experiments_of(interview: Interview, request: HttpRequest) -> Iterator[Problem]:
    template = Engine.get_default().from_string(EXPERIMENT)
    for question in interview.questions:
        try:
            template.render(RequestContext(request, {"name": question.experiment}))
        except ValueError as error:  # raised by the room that has the experiments
            yield Problem(question.location, f"question {question.id!r}: {error}")
