"""Finds the passages that answer a question, and says whether any does."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from django.conf import settings

from content.last_valid import LastValid
from content.lesson_files import ASK, Fingerprint, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError
from course.ask import meaning
from course.ask.authored import Authored, read_all
from course.ask.calibration import Measures, calibration
from course.ask.index import Index
from course.ask.passages import Passage, passages_of
from course.ask.quotes import quote
from course.ask.words import WordIndex
from course.library import current_course
from course.model import Course, Section

MOST, MOST_OF_SECTION = 3, 1
# By meaning, a passage counts as a whole, by its best part, and by the words that it shares with the question.
WHOLE, PART, SHARED = 0.2, 0.8, 0.03
# What a passage of another lesson, or a term, falls behind one of the lesson that was asked about.
ELSEWHERE, WORDS_ELSEWHERE = 0.04, 0.3
# Markup in a question is not searched for.
TAG = re.compile("</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage, and which of its words answer best; `is_elsewhere`: in another lesson, or in the glossary.

    `is_definition` says that it defines what is asked for, and `announced` are the passages that it cannot do without:
    what follows its colon.
    """

    passage: Passage
    quote: str
    score: float
    is_elsewhere: bool
    is_definition: bool = False
    announced: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages nearest to a question, the best first; `is_covered` says whether they answer it."""

    found: tuple[FoundPassage, ...]
    measures: Measures
    is_covered: bool
    by_meaning: bool

    @property
    def section(self) -> Section:
        """Returns the section nearest to the question, in its own lesson where it can be; without a title if none."""
        nearest = next(iter(self.found), None)  # its own lesson comes first
        return nearest.passage.section if nearest else Section("", "")


def current_index() -> Index:
    """Returns the index of the current course, with the vectors that are built."""
    course = current_course()
    return _index(_OfVersion(course, course.version), _current_authored(), meaning.version())


@lru_cache(maxsize=2)
def _index(of: "_OfVersion", authored: tuple[Authored, ...], vectors: Fingerprint) -> Index:
    return Index(tuple(passages_of(of.course)), authored)


@dataclass(frozen=True, slots=True)
class _OfVersion:
    """A course, which is the same as another one if its version is."""

    course: Course = field(compare=False)
    version: str


def _current_authored() -> tuple[Authored, ...]:
    """Returns what authors have added. While an `ask.yaml` is wrong, returns what was valid before, or nothing.

    With DEBUG it raises ContentError (see `LastValid`).
    """
    root = lessons_root()
    try:
        return _authored(root, fingerprint_of([root / ASK, *files_of_lessons(root, ASK)]))
    except ContentError:
        if settings.DEBUG:
            raise
        return ()


_authored = LastValid(read_all)


def search(question: str, lesson: str, index: Index | None = None) -> SearchResult:
    """Returns the passages nearest to a question about the lesson of that slug."""
    index, question = index or current_index(), TAG.sub(" ", question)
    likenesses = index.meanings.likenesses(question) if index.meanings else None
    scores, measures = (
        _by_meaning(question, lesson, index, likenesses) if likenesses else _by_words(question, lesson, index)
    )
    for asks, answer in index.answers.items():  # who asks what the lesson asks gets the lesson's answer
        scores[answer], scores[asks] = max(scores[answer], scores[asks]), -math.inf
    defined = index.definitions.asked_for(question, lesson)[:MOST]
    others = sorted(_best(scores, index, defined), key=lambda at: index.passages[at].lesson != lesson)
    found = [
        replace(_found(index, at, scores[at], question, lesson, likenesses), is_definition=at in defined)
        for at in (*defined, *others)
    ]
    is_covered = bool(defined) or calibration(by_meaning=likenesses is not None).is_covered(measures)
    return SearchResult(tuple(found), measures, is_covered, likenesses is not None)


def _best(scores: Sequence[float], index: Index, defined: Sequence[int]) -> list[int]:
    """Returns the best passages beside those that define what is asked for, the best first.

    Of a section there are not more than a few, so that others are seen.
    """
    best: list[int] = []
    places = [(passage.lesson, passage.section) for passage in index.passages]  # lessons have sections of the same name
    for at in sorted(range(len(scores)), key=lambda at: -scores[at]):
        if len(best) + len(defined) == MOST:
            break
        if at not in defined and sum(places[other] == places[at] for other in best) < MOST_OF_SECTION:
            best.append(at)
    return best


def _matches(question: str, index: Index) -> list[float]:
    """Returns how well the words of each passage match the question, from 0 to 1 for the best."""
    scores = index.words.scores(question)
    top = max(scores, default=0.0) or 1.0
    return [score / top for score in scores]


def _by_words(question: str, lesson: str, index: Index) -> tuple[list[float], Measures]:
    matches, shares = _matches(question, index), index.words.shares(question)
    scores = [
        match - WORDS_ELSEWHERE * (passage.lesson != lesson)
        for match, passage in zip(matches, index.passages, strict=True)
    ]
    topics = zip(index.topics, index.topic_words.shares(question), strict=True)
    topic = max((share for one, share in topics if one.lesson in ("", lesson)), default=0.0)
    shared = max(shares, default=0.0)
    return scores, Measures(shared - topic, shared, index.words.strange(question))


def _by_meaning(question: str, lesson: str, index: Index, likenesses: Sequence[float]) -> tuple[list[float], Measures]:
    matches, shares = _matches(question, index), index.words.shares(question)
    parts, wholes = [0.0] * len(matches), [0.0] * len(matches)
    topic = 0.0
    for text, likeness in zip(index.texts, likenesses, strict=True):
        if text.passage is None:
            topic = max(topic, likeness) if text.lesson in ("", lesson) else topic
        else:
            wholes[text.passage] = wholes[text.passage] or likeness  # the first text of a passage is the whole of it
            parts[text.passage] = max(parts[text.passage], likeness)
    scores = [
        WHOLE * whole + PART * part + SHARED * match - ELSEWHERE * (passage.lesson != lesson)
        for whole, part, match, passage in zip(wholes, parts, matches, index.passages, strict=True)
    ]
    lead = max(parts, default=0.0) - topic
    return scores, Measures(lead, max(shares, default=0.0), index.words.strange(question))


def _found(
    index: Index, at: int, score: float, question: str, lesson: str, likenesses: Sequence[float] | None
) -> FoundPassage:
    passage = index.passages[at]
    words = quote(passage.text, passage.sentences, partial(_rated, index, at, question, likenesses))
    return FoundPassage(passage, words, score, passage.lesson != lesson, announced=tuple(index.announced_by(at)))


def _rated(
    index: Index, at: int, question: str, likenesses: Sequence[float] | None, runs: Sequence[str]
) -> Sequence[float]:
    """Returns how near runs of a passage's sentences are to the question: as near as the nearest part of each."""
    if likenesses is None:
        return WordIndex(runs).shares(question)
    near = [(one.text, likeness) for one, likeness in zip(index.texts, likenesses, strict=True) if one.passage == at]
    return [max((likeness for text, likeness in near if text in run), default=0.0) for run in runs]
