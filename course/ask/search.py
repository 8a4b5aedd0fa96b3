"""Finds the passages that answer a question, and says whether any does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from django.conf import settings

from content.last_valid import LastValid
from content.lesson_files import ASK, Fingerprint, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError
from course.ask import meaning
from course.ask.authored import Authored, read_all
from course.ask.calibration import Measures, calibration
from course.ask.index import ComparedText, Index
from course.ask.passages import Passage, passages_of
from course.ask.words import WordIndex
from course.library import current_course
from course.model import Section

MOST = 3
# What the best match of a section's words adds to how near it is.
SHARED = 0.03
# The longest passage that is quoted as a whole, in characters; of others the best sentences are.
SHORT = 280


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
    """A passage, and which of its words answer best; `is_elsewhere`: in another lesson, or in the glossary."""

    passage: Passage
    quote: str
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
    matches, shares = _matches(question, index), index.words.shares(question)
    shares_of_topics = list(_topics(index.topics, index.topic_words.shares(question), lesson))
    if likenesses is None:
        scale, near = BY_WORDS, [[match] for match in matches]
        lead = _lead([[share] for share in shares], shares_of_topics, lesson, index, scale)
    else:
        scale, near = BY_MEANING, _by_passage(index, likenesses)
        lead = _lead(near, _topics(index.texts, likenesses, lesson), lesson, index, scale)
    found = [_found(index, at, question, lesson, likenesses) for at in _best(near, matches, lesson, index, scale)]
    found.sort(key=lambda one: one.is_elsewhere)  # its own lesson first
    shared = max(shares, default=0.0) - max(shares_of_topics, default=0.0)
    measures = Measures(lead, shared, index.words.strange(question))
    return SearchResult(tuple(found), measures, calibration(by_meaning=likenesses is not None).is_covered(measures))


def _best(
    near: Sequence[Sequence[float]], matches: Sequence[float], lesson: str, index: Index, scale: Scale
) -> list[int]:
    """Returns the best passage of each of the best sections, the best section first."""

    def score(passages: Sequence[int]) -> float:
        likenesses = chain.from_iterable(near[at] for at in passages)
        return scale.together(likenesses) + SHARED * max(matches[at] for at in passages)

    def place(passages: Sequence[int]) -> float:
        return score(passages) - scale.elsewhere * (index.passages[passages[0]].lesson != lesson)

    best = sorted(index.sections, key=place, reverse=True)[:MOST]
    return [max(passages, key=lambda at: score([at])) for passages in best]


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


def _found(index: Index, at: int, question: str, lesson: str, likenesses: Sequence[float] | None) -> FoundPassage:
    passage = index.passages[at]
    return FoundPassage(passage, _quote(index, at, question, likenesses), passage.lesson != lesson)


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
