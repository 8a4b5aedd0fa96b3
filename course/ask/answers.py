"""Composes the answer to a question: passages word for word, the experiments that show it, and where to read on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from course.ask.language import is_other_language
from course.ask.search import FoundPassage, SearchResult, search
from course.ask.words import WordIndex
from course.library import find_lesson
from course.model import Lesson, Section

EXPERIMENTS = 2
# A question is taken for one in another language only if no lesson has so much of its words.
ENGLISH, STRANGE = "en", 0.5
# How far passages may fall behind the best and still be shown, by meaning and by words alone: what is farther is noise.
NEAR = {True: 0.03, False: 0.3}
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
    those that the passages lead to. `open_checks` are those of its lessons of which the learner has a check open, and
    `is_other_language` says that the question is in a language that cannot be searched for.
    """

    result: SearchResult
    quotes: tuple[FoundPassage, ...]
    nearest: Section
    neighbours: tuple[Section, ...]
    experiments: tuple[str, ...]
    reasons: tuple[Reason, ...]
    open_checks: frozenset[str]
    is_other_language: bool


def answer_to(question: str, slug: str, learner: str) -> LessonAnswer:
    """Returns the answer to a question about a lesson that there is."""
    found = find_lesson(slug)
    if found is None:
        raise LookupError(slug)
    result = search(question, slug)
    is_foreign = not result.by_meaning and found.lesson.lang.startswith(ENGLISH) and _is_foreign(question, result)
    quotes = _near(result) if result.is_covered and not is_foreign else ()
    named = dict.fromkeys(name for one in quotes for name in one.passage.experiments)
    return LessonAnswer(
        result,
        quotes,
        result.section,
        _neighbours(found.lesson, result.section),
        tuple(named)[:EXPERIMENTS],
        tuple(_reasons(question, slug, learner)) if quotes else (),
        _open_checks({slug, *(one.passage.lesson for one in quotes)}, learner),
        is_foreign,
    )


def _is_foreign(question: str, result: SearchResult) -> bool:
    return result.measures.strange > STRANGE and is_other_language(question)


def _near(result: SearchResult) -> tuple[FoundPassage, ...]:
    """Returns the passages that define what is asked for, and those that are near the best."""
    least = max(one.score for one in result.found) - NEAR[result.by_meaning]
    return tuple(one for one in result.found if one.is_definition or one.score >= least)


def _open_checks(lessons: Iterable[str], learner: str) -> frozenset[str]:
    has_open_check: Callable[[str, str], bool] = import_string(settings.ASK_OPEN_CHECK)
    return frozenset(slug for slug in lessons if slug and has_open_check(learner, slug))


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
