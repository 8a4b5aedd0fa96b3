"""Holds everything that a question is compared with, for one version of the course."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise, takewhile

from course.ask import meaning
from course.ask.authored import Authored, passage_of
from course.ask.definitions import DefiningPassages
from course.ask.meaning import Meanings, NotBuilt
from course.ask.passages import Passage, PassageKind
from course.ask.words import WordIndex
from course.model import Section

log = logging.getLogger(__name__)
FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A text that a question is compared with: a part of a passage, or words in which learners ask for it.

    `passage` is its number; None where the text is a topic that no lesson, or not this `lesson`, covers.
    """

    text: str
    passage: int | None
    lesson: str = ""


class Index:
    """The passages of a course, and what questions are compared with.

    `meanings` is None where the model is not installed, or its vectors are not built: then words alone decide.
    `left_out` are lines and topics of the authors that questions are not compared with, so that these can be asked.
    """

    def __init__(
        self,
        passages: tuple[Passage, ...],
        authored: tuple[Authored, ...],
        *,
        by_meaning: bool = True,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self.by_meaning = by_meaning
        self.passages = passages
        self.authored = authored
        self.left_out = left_out
        self.sections = _sections(passages)
        self.asked_as = _asked_as(passages, authored, left_out)
        self.texts = tuple(self._texts())
        self.words = WordIndex([self._document(at) for at in range(len(passages))])
        self.definitions = DefiningPassages(passages)
        self.answers = dict(_answers(passages))
        self.topics = tuple(one for one in self.texts if one.passage is None)
        self.topic_words = WordIndex([one.text for one in self.topics])

    @cached_property
    def meanings(self) -> Meanings | None:
        if not (self.by_meaning and self.texts and meaning.is_installed()):
            return None
        try:
            return Meanings([one.text for one in self.texts])
        except NotBuilt as error:
            log.warning("Questions are answered by words alone: %s", error)
            return None

    def without_meanings(self) -> "Index":
        """Returns the same for words alone."""
        return Index(self.passages, self.authored, by_meaning=False)

    def without(self, texts: Iterable[str]) -> "Index":
        """Returns the same without these lines and topics of the authors."""
        return Index(self.passages, self.authored, by_meaning=self.by_meaning, left_out=frozenset(texts))

    @property
    def authored_texts(self) -> list[ComparedText]:
        """Returns the lines and topics of the authors."""
        lines = [ComparedText(line, at, self.passages[at].lesson) for at in self.asked_as for line in self.asked_as[at]]
        return [*lines, *self.topics]

    def announced_by(self, at: int) -> Iterator[Passage]:
        """Yields what stands behind a passage that ends with a colon: a whole list or table, or else one paragraph."""
        before, behind = self.passages[at], self.passages[at + 1 : at + 2]
        if before.text.endswith(":") and behind:
            kind = behind[0].kind
            alike = takewhile(
                lambda one: (one.lesson, one.section, one.kind) == (before.lesson, before.section, kind),
                self.passages[at + 1 :],
            )
            yield from islice(alike, 1 if kind is PassageKind.PARAGRAPH else None)

    def _document(self, at: int) -> str:
        passage = self.passages[at]
        return " ".join((passage.section.title, passage.heading, passage.heading, passage.text, *self.asked_as[at]))

    def _texts(self) -> Iterator[ComparedText]:
        for at, passage in enumerate(self.passages):
            texts = dict.fromkeys((*_parts(passage), passage.heading, *self.asked_as[at]))
            yield from (ComparedText(text, at, passage.lesson) for text in texts)
        for one in self.authored:
            yield from (ComparedText(text, None, one.lesson) for text in one.not_covered if text not in self.left_out)


def _answers(passages: tuple[Passage, ...]) -> Iterator[tuple[int, int]]:
    """Yields the number of each passage that asks the reader, with that of its answer."""
    for at, passage in enumerate(passages):
        if passage.asks:
            answered = (n for n, other in enumerate(passages[at:], start=at) if passage.text in other.prompt)
            yield from ((at, answer) for answer in islice(answered, 1))


def _parts(passage: Passage) -> Iterator[str]:
    """Yields the passage as a whole, its sentences and each two of them that follow each other."""
    yield f"{passage.heading}. {passage.text}"
    sentences = passage.sentences
    yield from (sentence for sentence in sentences if len(sentence.split()) >= FEWEST_WORDS)
    yield from (" ".join(pair) for pair in pairwise(sentences))


def _sections(passages: tuple[Passage, ...]) -> list[list[int]]:
    """Returns the numbers of the passages of each section."""
    found: dict[tuple[str, Section], list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        found[passage.lesson, passage.section].append(at)
    return list(found.values())


def _asked_as(
    passages: tuple[Passage, ...], authored: tuple[Authored, ...], left_out: frozenset[str]
) -> dict[int, list[str]]:
    """Returns the lines that authors have added to each passage, by its number."""
    found: dict[int, list[str]] = defaultdict(list)
    for one in authored:
        own = {passage.text: passage for passage in passages if passage.lesson == one.lesson}
        number = {passage.address: at for at, passage in enumerate(passages)}
        for asked in one.also_asked_as:
            if passage := passage_of(asked, own):
                found[number[passage.address]] += [line for line in asked.lines if line not in left_out]
    return found
