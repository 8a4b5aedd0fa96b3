"""Checks lessons. The quick check runs at start-up, the slow one with `manage.py checkcourse`."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.core.checks import CheckMessage, Error, Info, Warning  # noqa: A004  (Django's name)
from django.http import HttpRequest
from django.template import RequestContext
from django.urls import reverse

from content.code_blocks import UNKNOWN_LANGUAGE, languages
from content.lesson_files import lessons_root
from content.problems import Problem, load_each
from content.site_probe import ProbeResult, SiteProbe, is_content_valid
from content.suggest import suggest
from course.ask.authored import orphans, read_all
from course.ask.meaning import why_not_built
from course.ask.passages import passages_of
from course.ask.search import current_index
from course.interview.reader import read_interviews
from course.library import compile_body, current_course, terms_in_use
from course.lint.links import broken_links, link_targets
from course.lint.practice import unknown_experiments, wrong_places
from course.lint.template_tags import failing_tags, wrong_tags
from course.loader import load_course, render_lesson, split_front_matter
from course.markdown.html_scan import Element, HtmlScan
from course.markdown.lint_rules import lint
from course.model import Course, Lesson
from course.summary.reader import read_summaries


def lessons_can_be_shown(**_: Any) -> list[CheckMessage]:
    """Returns an error for everything wrong in a file (E001), and for each wrong template tag (E002)."""
    problems: list[Problem] = []
    courses = load_each(load_course, [lessons_root()], problems)
    load_each(lambda read: read(lessons_root()), (read_all, read_interviews, read_summaries), problems)
    if problems:
        return [Error(each.text, obj=each.location, id="course.E001") for each in problems]
    wrong = (problem for course in courses for lesson in course.lessons for problem in wrong_tags(lesson))
    return [Error(problem.text, obj=problem.location, id="course.E002") for problem in wrong]


def lessons_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """Returns an error for each tag that fails (E003), broken rule (E004), broken link (E005) and check that the
    lesson does not link to (E006), and for each place or experiment that an interview or a summary names and that is
    not there (E007).

    Returns nothing while a lesson, a bank or an experiment is invalid, and no broken links while a tag fails, because
    its page fails too. Needs the database.
    """
    if not is_content_valid():
        return []
    course, probe, links = current_course(), SiteProbe(), 0
    request = probe.request(reverse("course:index"))
    if failing := [problem for lesson in course.lessons for problem in failing_tags(lesson, request)]:
        return [Error(each.text, obj=each.location, id="course.E003") for each in failing]
    messages = list(_warnings(course, probe))
    named_in_vain = (*wrong_places(course), *unknown_experiments(request))
    messages += [Error(each.text, obj=each.location, id="course.E007") for each in named_in_vain]
    for lesson in course.lessons:
        found, count = _check_lesson(lesson, course, probe, request)
        messages += found
        links += count
    return [*messages, *_counts(lessons=len(course.lessons), links=links, terms=len(course.glossary))]


def _check_lesson(
    lesson: Lesson, course: Course, probe: SiteProbe, request: HttpRequest
) -> tuple[list[CheckMessage], int]:
    """Returns what is wrong with a lesson as its readers get it, and how many links it has."""
    address = reverse("course:lesson", args=[lesson.slug])
    scan = HtmlScan(_render_with_line_numbers(lesson, course, request))
    at = lesson.location
    links = link_targets(scan)
    clashes = _anchor_clashes(scan, probe.ask(address))
    messages: list[CheckMessage] = [Error(text, obj=at(line), id="course.E004") for line, text in lint(scan) or clashes]
    messages += [Error(text, obj=at(line), id="course.E005") for line, text in broken_links(scan, address, probe)]
    messages += [_unknown_language(element, lesson) for element in scan.all_with(UNKNOWN_LANGUAGE)]
    check = reverse("quiz:check", args=[lesson.slug])
    if probe.ask(check).is_there and check not in [target for _, target in links]:
        text = "the lesson has a knowledge check, and nothing leads to it; write {% knowledge_check lesson.slug %}"
        messages.append(Error(text, obj=at(1), id="course.E006"))
    return messages, len(links)


def _unknown_language(element: Element, lesson: Lesson) -> CheckMessage:
    name = element.attrs[UNKNOWN_LANGUAGE]
    text = f"{name!r} is no known language, so its code has no colours{suggest(name, languages())}"
    return Warning(text, obj=lesson.location(element.line), id="course.W003")


def _anchor_clashes(scan: HtmlScan, page: ProbeResult) -> list[tuple[int, str]]:
    """Returns an error for each anchor of the lesson that the page around it has as well."""
    return [
        (line, f"anchor #{anchor} is one of the page around the lesson; choose another")
        for anchor, line in scan.anchors
        if page.anchors.get(anchor, 0) > 1
    ]


def _render_with_line_numbers(lesson: Lesson, course: Course, request: HttpRequest) -> str:
    """Renders the lesson with its tags, and with the line numbers of its file."""
    _, text, first = split_front_matter(lesson.file)
    page, _ = render_lesson(lesson.file, text, first, course.glossary)
    context = RequestContext(request, {"lesson": lesson})
    return compile_body(page.numbered).render(context)


def _warnings(course: Course, probe: SiteProbe) -> Iterator[CheckMessage]:
    if why := why_not_built([one.text for one in current_index().texts]):
        yield Info(f"questions answered by words alone ({why})", id="course.I003")
    passages = list(passages_of(course))
    for authored in read_all(lessons_root()):
        own = {passage.text: passage for passage in passages if passage.lesson == authored.lesson}
        for problem in orphans(authored, own):
            yield Warning(problem.text, obj=problem.location, id="course.W004")
    for term, lessons in terms_in_use():
        if not lessons:
            yield Warning(f"no lesson defines or links to [[{term.name}]]", obj=term.location, id="course.W001")
    for module in course.modules:
        for first, second in pairwise(module.lessons):
            if first.order == second.order:
                text = f"has the order {first.order}, as {first.slug} has; give each lesson of a module its own"
                yield Warning(text, obj=second.location(1), id="course.W002")
    for lesson in course.lessons:
        if probe.ask(reverse("quiz:check", args=[lesson.slug])).is_unknown:
            yield Info("the lesson has no knowledge check", obj=lesson.location(1), id="course.I002")


def _counts(**counts: int) -> list[CheckMessage]:
    """Returns how much was checked, for the summary of a course without errors."""
    words = (f"{count} {name.removesuffix('s') if count == 1 else name}" for name, count in counts.items())
    return [Info(each, id="course.I001") for each in words]
