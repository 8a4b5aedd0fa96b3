"""Composes the answer to a question: passages word for word, the experiments that show it, and where to read on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from course.ask.search import Found, SearchResult, search
from course.ask.words import WordIndex
from course.library import find_lesson
from course.model import Lesson, Section

EXPERIMENTS = 2
# The share of a question's words that the reason of an answered question has to have.
MUCH = 0.7


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason that a question of the check gave a learner after they had answered it."""

    prompt: str
    text: str
    address: str


# Takes a learner and a lesson's slug, and returns prompt, reason and address of each question that they have answered.
ReasonsFunction = Callable[[str, str], list[tuple[str, str, str]]]


@dataclass(frozen=True, slots=True)
class LessonAnswer:
    """The answer to a question about a lesson. Where the lesson has none, `quotes` is empty.

    `nearest` is the section that is nearest to the question, `neighbours` are those around it, `experiments` names
    those that the passages lead to.
    """

    result: SearchResult
    quotes: tuple[Found, ...]
    nearest: Section
    neighbours: tuple[Section, ...]
    experiments: tuple[str, ...]
    reasons: tuple[Reason, ...]


def answer_to(question: str, slug: str, learner: str) -> LessonAnswer:
    """Returns the answer to a question about a lesson that there is."""
    found = find_lesson(slug)
    if found is None:
        raise LookupError(slug)
    result = search(question, slug)
    quotes = result.found if result.is_covered else ()
    named = dict.fromkeys(name for one in quotes for name in one.passage.experiments)
    return LessonAnswer(
        result,
        quotes,
        result.section,
        _neighbours(found.lesson, result.section),
        tuple(named)[:EXPERIMENTS],
        tuple(_reasons(question, slug, learner)) if quotes else (),
    )


def _neighbours(lesson: Lesson, section: Section) -> tuple[Section, ...]:
    """Returns the sections of the lesson before and after the given one."""
    anchors = [one.anchor for one in lesson.sections]
    if section.anchor not in anchors:
        return ()
    at = anchors.index(section.anchor)
    return tuple(lesson.sections[n] for n in (at - 1, at + 1) if 0 <= n < len(anchors))


def _reasons(question: str, slug: str, learner: str) -> Iterator[Reason]:
    """Yields the reason of the answered question that shares most with this one, if it shares much."""
    answered: ReasonsFunction = import_string(settings.ASK_REASONS)
    known = [Reason(*one) for one in answered(learner, slug)]
    shares = WordIndex([f"{one.prompt} {one.text}" for one in known]).shares(question)
    best = max(zip(shares, range(len(known)), strict=True), default=(0.0, 0))
    if best[0] >= MUCH:
        yield known[best[1]]
