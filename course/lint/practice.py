"""Checks what interviews name: places of their lessons, and experiments."""

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

EXPERIMENT = f"{{% load {TAG_LIBRARIES} %}}{{% experiment name %}}"


def wrong_places(course: Course) -> Iterator[Problem]:
    """Yields a problem for each place of a lesson that its interview names, and that is not there."""
    interviews = read_interviews(lessons_root())
    for lesson in course.lessons:
        if interview := interviews.get(lesson.slug):
            yield from unknown_paragraphs(interview, anchors_of(lesson))


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
