"""Finds the passages that answer a question, and says whether any does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.conf import settings

from content.last_valid import LastValid
from content.lesson_files import ASK, Fingerprint, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError
from course.ask import meaning
from course.ask.authored import Authored, read_all
from course.ask.calibration import Measures, calibration
from course.ask.index import Index
from course.ask.passages import Passage, passages_of
from course.ask.words import WordIndex
from course.library import current_course
from course.model import Section

MOST, MOST_OF_SECTION = 3, 1
# By meaning, a passage counts as a whole, by its best part, and by the words that it shares with the question.
WHOLE, PART, SHARED = 0.2, 0.8, 0.03
# What a passage of another lesson, or a term, falls behind one of the lesson that was asked about.
ELSEWHERE, WORDS_ELSEWHERE = 0.04, 0.3
# The longest passage that is quoted as a whole, in characters; of others the best sentences are.
SHORT = 280


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage, and which of its words answer best; `is_elsewhere`: in another lesson, or in the glossary."""

    passage: Passage
    quote: str
    score: float
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages nearest to a question, the best first; `is_covered` says whether they answer it."""

    found: tuple[FoundPassage, ...]
    measures: Measures
    is_covered: bool

    @property
    def section(self) -> Section:
        """Returns the section nearest to the question, in its own lesson where it can be; without a title if none."""
        nearest = next(iter(self.found), None)  # its own lesson comes first
        return nearest.passage.section if nearest else Section("", "")


def current_index() -> Index:
    """Returns the index of the current course, with the vectors that are built."""
    return _index(current_course().version, _current_authored(), meaning.version())


@lru_cache(maxsize=2)
def _index(version: str, authored: tuple[Authored, ...], vectors: Fingerprint) -> Index:
    return Index(tuple(passages_of(current_course())), authored)


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
    index = index or current_index()
    likenesses = index.meanings.likenesses(question) if index.meanings else None
    scores, measures = (
        _by_meaning(question, lesson, index, likenesses) if likenesses else _by_words(question, lesson, index)
    )
    best = _best(scores, index)
    found = [_found(index, at, scores[at], question, lesson, likenesses) for at in best]
    found.sort(key=lambda one: one.is_elsewhere)  # its own lesson first
    return SearchResult(tuple(found), measures, calibration(by_meaning=likenesses is not None).is_covered(measures))


def _best(scores: Sequence[float], index: Index) -> list[int]:
    """Returns the best passages, the best first; of a section not more than a few, so that others are seen."""
    best: list[int] = []
    places = [(passage.lesson, passage.section) for passage in index.passages]  # lessons have sections of the same name
    for at in sorted(range(len(scores)), key=lambda at: -scores[at]):
        if sum(places[other] == places[at] for other in best) < MOST_OF_SECTION:
            best.append(at)
        if len(best) == MOST:
            break
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
    return FoundPassage(passage, _quote(index, at, question, likenesses), score, passage.lesson != lesson)


def _quote(index: Index, at: int, question: str, likenesses: Sequence[float] | None) -> str:
    """Returns the passage, or the one or two of its sentences that are nearest to the question, as they stand."""
    passage = index.passages[at]
    if len(passage.text) <= SHORT:
        return passage.text
    runs = [run for run in _runs(passage.sentences) if run in passage.text]
    if likenesses is None:
        shares = WordIndex(runs).shares(question)
        return max(zip(runs, shares, strict=True), key=lambda pair: (pair[1], -len(pair[0])))[0]
    near = {text.text: one for text, one in zip(index.texts, likenesses, strict=True) if text.passage == at}
    return max(runs, key=lambda run: near.get(run, 0.0))


def _runs(sentences: Sequence[str]) -> Iterator[str]:
    """Yields each sentence, and each two that follow each other."""
    yield from sentences
    yield from (" ".join(pair) for pair in pairwise(sentences))
