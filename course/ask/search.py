"""Finds the passages that answer a question, and says whether any does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain

from django.conf import settings

from content.last_valid import LastValid
from content.lesson_files import ASK, Fingerprint, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError
from course.ask import meaning
from course.ask.authored import Authored, read_all
from course.ask.calibration import Measures, calibration
from course.ask.index import ComparedText, Index
from course.ask.passages import Passage, passages_of
from course.ask.quotes import quote
from course.ask.words import WordIndex
from course.library import current_course
from course.model import Course, Section

MOST = 3
# What the best match of a section's words adds to how near it is.
SHARED = 0.03
# Markup in a question is not searched for.
TAG = re.compile("</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Scale:
    """How likenesses of one kind are added up.

    Several texts count as the p-norm of their likenesses, a soft maximum: the lower `power` is, the more others count
    beside the best one. `elsewhere` is what a passage of another lesson, or a term, falls behind one of the lesson that
    was asked about.
    """

    power: int
    elsewhere: float

    def together(self, likenesses: Iterable[float]) -> float:
        """Returns how like the question some texts are together; 0 where there are none."""
        return float(sum(max(one, 0.0) ** self.power for one in likenesses) ** (1 / self.power))


# Chosen by asking each line of the authors' as if it were not in the index (docs/decisions/0153).
BY_MEANING, BY_WORDS = Scale(power=80, elsewhere=0.05), Scale(power=3, elsewhere=0.5)


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
    matches, shares = _matches(question, index), index.words.shares(question)
    shares_of_topics = list(_topics(index.topics, index.topic_words.shares(question), lesson))
    if likenesses is None:
        scale, near = BY_WORDS, [[match] for match in matches]
        lead = _lead([[share] for share in shares], shares_of_topics, lesson, index, scale)
    else:
        scale, near = BY_MEANING, _by_passage(index, likenesses)
        lead = _lead(near, _topics(index.texts, likenesses, lesson), lesson, index, scale)
    for asks, answer in index.answers.items():  # who asks what the lesson asks gets the lesson's answer
        near[answer], near[asks] = [*near[answer], *near[asks]], []
    defined = index.definitions.asked_for(question, lesson)[:MOST]
    best = _best(near, matches, lesson, index, scale)
    others = [(at, score) for at, score in best if at not in defined][: MOST - len(defined)]
    others.sort(key=lambda pair: index.passages[pair[0]].lesson != lesson)  # its own lesson first
    ranked = [*((at, best[0][1]) for at in defined), *others]
    nearest = [_found(index, at, score, question, lesson, likenesses) for at, score in ranked]
    found = tuple(replace(one, is_definition=place < len(defined)) for place, one in enumerate(nearest))
    shared = max(shares, default=0.0) - max(shares_of_topics, default=0.0)
    measures = Measures(lead, shared, index.words.strange(question))
    is_covered = bool(defined) or calibration(by_meaning=likenesses is not None).is_covered(measures)
    return SearchResult(found, measures, is_covered, likenesses is not None)


def _best(
    near: Sequence[Sequence[float]], matches: Sequence[float], lesson: str, index: Index, scale: Scale
) -> list[tuple[int, float]]:
    """Returns the best passage of each of the best sections, with how near the section is, the best section first."""

    def score(passages: Sequence[int]) -> float:
        likenesses = chain.from_iterable(near[at] for at in passages)
        return scale.together(likenesses) + SHARED * max(matches[at] for at in passages)

    def place(passages: Sequence[int]) -> float:
        return score(passages) - scale.elsewhere * (index.passages[passages[0]].lesson != lesson)

    best = sorted(index.sections, key=place, reverse=True)[:MOST]
    return [(max(passages, key=lambda at: score([at])), place(passages)) for passages in best]


def _matches(question: str, index: Index) -> list[float]:
    """Returns how well the words of each passage match the question, from 0 to 1 for the best."""
    scores = index.words.scores(question)
    top = max(scores, default=0.0) or 1.0
    return [score / top for score in scores]


def _by_passage(index: Index, likenesses: Sequence[float]) -> list[list[float]]:
    """Returns the likenesses of each passage's texts."""
    near: list[list[float]] = [[] for _ in index.passages]
    for text, likeness in zip(index.texts, likenesses, strict=True):
        if text.passage is not None:
            near[text.passage].append(likeness)
    return near


def _topics(texts: Sequence[ComparedText], likenesses: Sequence[float], lesson: str) -> Iterator[float]:
    """Yields the likenesses of the topics that the lesson does not cover."""
    for text, likeness in zip(texts, likenesses, strict=True):
        if text.passage is None and text.lesson in ("", lesson):
            yield likeness


def _lead(near: Sequence[Sequence[float]], topics: Iterable[float], lesson: str, index: Index, scale: Scale) -> float:
    """Returns by how much all passages together are nearer than all topics that are not covered."""
    passages = zip(index.passages, near, strict=True)
    ours = (
        one - scale.elsewhere * (passage.lesson != lesson) for passage, likenesses in passages for one in likenesses
    )
    return scale.together(ours) - scale.together(topics)


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
