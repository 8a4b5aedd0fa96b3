"""Wrong lessons stop the start-up, not the reader. What takes longer is looked at by `manage.py checkcourse`."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.core.checks import CheckMessage, Error, Info, Warning  # noqa: A004  (Django's name)
from django.http import HttpRequest
from django.template import RequestContext
from django.urls import reverse

from content.problems import ContentError
from content.site_probe import ProbeResult, SiteProbe, is_content_sound
from course.library import compiled, current_course, terms_in_use
from course.lint.links import broken, targets
from course.lint.rules import faults
from course.lint.template_tags import failing_tags, wrong_tags
from course.loader import page_of, split
from course.markdown.html_scan import Scan
from course.model import Course, Lesson


def lessons_can_be_shown(**_: Any) -> list[CheckMessage]:
    """An error for everything wrong in a file (E001), and for each wrong template tag (E002)."""
    try:
        course = current_course()
    except ContentError as error:
        return [Error(each.text, obj=each.location, id="course.E001") for each in error.problems]
    problems = (problem for lesson in course.lessons for problem in wrong_tags(lesson))
    return [Error(problem.text, obj=problem.location, id="course.E002") for problem in problems]


def lessons_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """What a reader of the whole site would find: tags that fail (E003), broken pages (E004), links to
    nowhere (E005), checks to which nothing leads (E006).

    Says nothing while a lesson, a bank or an experiment is not sound; and nothing of links while a tag fails, since its
    page fails with it. Needs the database.
    """
    if not is_content_sound():
        return []
    course, probe, links = current_course(), SiteProbe(), 0
    request = probe.request(reverse("course:index"))
    if failing := [problem for lesson in course.lessons for problem in failing_tags(lesson, request)]:
        return [Error(each.text, obj=each.location, id="course.E003") for each in failing]
    messages = list(_notes(course, probe))
    for lesson in course.lessons:
        found, count = _visited(lesson, course, probe, request)
        messages += found
        links += count
    return [*messages, *_sums(lessons=len(course.lessons), links=links, terms=len(course.glossary))]


def _visited(lesson: Lesson, course: Course, probe: SiteProbe, request: HttpRequest) -> tuple[list[CheckMessage], int]:
    """What is wrong with a lesson as its readers get it, and how many links it has."""
    address = reverse("course:lesson", args=[lesson.slug])
    scan = Scan(_numbered_page(lesson, course, request))
    at = lesson.location
    links = targets(scan)
    taken = _taken(scan, probe.ask(address))
    messages: list[CheckMessage] = [Error(text, obj=at(line), id="course.E004") for line, text in faults(scan) or taken]
    messages += [Error(text, obj=at(line), id="course.E005") for line, text in broken(scan, address, probe)]
    check = reverse("quiz:check", args=[lesson.slug])
    if probe.ask(check).is_there and check not in [target for _, target in links]:
        text = "the lesson has a knowledge check, and nothing leads to it; write {% knowledge_check lesson.slug %}"
        messages.append(Error(text, obj=at(1), id="course.E006"))
    return messages, len(links)


def _taken(scan: Scan, page: ProbeResult) -> list[tuple[int, str]]:
    """Anchors of the lesson that the page around it has as well."""
    return [
        (line, f"anchor #{anchor} is one of the page around the lesson; choose another")
        for anchor, line in scan.anchors
        if page.anchors.get(anchor, 0) > 1
    ]


def _numbered_page(lesson: Lesson, course: Course, request: HttpRequest) -> str:
    """The lesson with all that its tags draw, and with the line numbers of its file."""
    _, text, first = split(lesson.file)
    page = page_of(lesson.file, text, first, course.glossary)
    context = RequestContext(request, {"lesson": lesson})
    return compiled(page.numbered).render(context)


def _notes(course: Course, probe: SiteProbe) -> Iterator[CheckMessage]:
    for term, lessons in terms_in_use():
        if not lessons:
            yield Warning(f"no lesson defines or links to [[{term.name}]]", obj=term.location, id="course.W001")
    for module in course.modules:
        for one, other in pairwise(module.lessons):
            if one.order == other.order:
                text = f"has the order {one.order}, as {one.slug} has; give each lesson of a module its own"
                yield Warning(text, obj=other.location(1), id="course.W002")
    for lesson in course.lessons:
        if probe.ask(reverse("quiz:check", args=[lesson.slug])).is_unknown:
            yield Info("the lesson has no knowledge check", obj=lesson.location(1), id="course.I002")


def _sums(**counts: int) -> list[CheckMessage]:
    """How much was looked at, for the summary of a course without faults."""
    words = (f"{count} {name.removesuffix('s') if count == 1 else name}" for name, count in counts.items())
    return [Info(each, id="course.I001") for each in words]
