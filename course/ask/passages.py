"""Divides lessons into passages: paragraphs, list items, table rows and definitions, each with its own anchor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser

from django.urls import reverse

from course.markdown.template_tags import TEMPLATE_TAG
from course.model import Course, Lesson, Section

# Control characters, which no text of an author's holds. While a page is read, tags stand between two of them, so that
# code which looks like a tag stays text; another one begins each cell of a table's row.
TAG_START, TAG_END, CELL_START = "\u0002", "\u0003", "\u001f"
TAG = re.compile(f"{TAG_START}.*?{TAG_END}")
EXPERIMENT = re.compile(TAG_START + r'\{% experiment "([^"]+)"')
# A section with such a tag asks the reader, and so does one whose heading has this class.
CHECK, ASKS = TAG_START + "{% knowledge_check", "asks"
SENTENCE = re.compile('\\S.*?[.!?:]["”)\u2019]*(?=\\s+["“(\u2018]?[A-Z0-9]|$)|\\S.+$')
BETWEEN_CELLS = " | "
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class PassageKind(StrEnum):
    """What a passage is on its page."""

    PARAGRAPH = "paragraph"
    ITEM = "list item"
    ROW = "table row"
    DEFINITION = "definition"
    TERM = "term"


BLOCKS = {"p": PassageKind.PARAGRAPH, "li": PassageKind.ITEM, "tr": PassageKind.ROW, "dd": PassageKind.DEFINITION}
TITLES = {"h2", "h3", "dt", "summary"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its words as they stand on the page, and its address.

    `lesson` is the lesson's slug, "" for the glossary; `section` is the section that it is in, and `heading` the
    nearest title above it: of its call-out, subsection or section. `experiments` names those that it leads to.
    """

    kind: PassageKind
    lesson: str
    section: Section
    heading: str
    text: str
    address: str
    experiments: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Returns its sentences as they stand; a row of a table counts as one."""
        return (self.text,) if self.kind is PassageKind.ROW else tuple(SENTENCE.findall(self.text))


def passages_of(course: Course) -> Iterator[Passage]:
    """Yields the passages of every lesson, in their order, and the terms of the glossary."""
    for lesson in course.lessons:
        yield from passages_in(lesson)
    for term in course.glossary.values():
        address = f"{reverse('glossary')}#{term.anchor}"
        text = " ".join(term.definition.split())
        yield Passage(PassageKind.TERM, "", Section(term.anchor, "Glossary"), term.name, text, address)


def passages_in(lesson: Lesson) -> list[Passage]:
    """Returns the passages of a lesson, without the section that asks the reader, and without its sources."""
    reader = _PassageReader(lesson)
    reader.feed(TEMPLATE_TAG.sub(rf"{TAG_START}\g<0>{TAG_END}", lesson.body))
    reader.close()
    return [passage for passage in reader.passages if passage.section.anchor not in reader.asking]


@dataclass(slots=True)
class _Open:
    """An element that is being read; blocks and titles collect their words. `is_aside` says that it has none."""

    tag: str
    anchor: str = ""
    is_aside: bool = False
    is_title: bool = False
    collects: bool = False
    words: list[str] = field(default_factory=list)


class _PassageReader(HTMLParser):
    """Reads the source of a lesson's page into passages. `asking` are the anchors of sections that ask the reader."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self.lesson = lesson
        self.page = reverse("course:lesson", args=[lesson.slug])
        self.passages: list[Passage] = []
        self.asking: set[str] = set()
        self._open: list[_Open] = []
        self._section = Section("", lesson.title)
        self._subsection = self._term = ""
        # Titles of call-outs, each with the number of elements that were open around it.
        self._call_outs: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {name: value or "" for name, value in attrs}
        if tag in ("td", "th"):
            self._add(CELL_START)
        if tag == "h2" and ASKS in given.get("class", "").split():
            self.asking.add(given.get("id", ""))
        is_title = tag in TITLES or given.get("class") == "admonition-title"
        collects = is_title or (tag in BLOCKS and "id" in given)
        self._open.append(_Open(tag, given.get("id", ""), _is_aside(tag, given), is_title, collects))

    def handle_endtag(self, tag: str) -> None:
        at = next((n for n in reversed(range(len(self._open))) if self._open[n].tag == tag), None)
        if at is None:
            return
        element = self._open[at]
        del self._open[at:]
        while self._call_outs and self._call_outs[-1][0] > len(self._open):
            self._call_outs.pop()
        if element.collects:
            self._read(element, "".join(element.words))

    def handle_data(self, data: str) -> None:
        if CHECK in data:
            self.asking.add(self._section.anchor)
        self._add(data)

    def _add(self, text: str) -> None:
        """Adds to the words of the innermost element that collects any."""
        if not any(element.is_aside for element in self._open):
            collecting = (element for element in reversed(self._open) if element.collects)
            for element in collecting:
                element.words.append(text)
                return

    def _read(self, element: _Open, source: str) -> None:
        text = _text(source)
        if element.tag == "h2":
            self._section, self._subsection = Section(element.anchor, text), ""
        elif element.tag == "h3":
            self._subsection = text
        elif element.tag == "dt":
            self._term = text
        elif element.is_title:
            self._call_outs.append((len(self._open), text))
        elif text:
            self.passages.append(self._passage(element, text, tuple(EXPERIMENT.findall(source))))

    def _passage(self, element: _Open, text: str, experiments: tuple[str, ...]) -> Passage:
        kind = BLOCKS[element.tag]
        term = self._term if kind is PassageKind.DEFINITION else ""
        call_out = self._call_outs[-1][1] if self._call_outs else ""
        heading = term or call_out or self._subsection or self._section.title
        address = f"{self.page}#{element.anchor}"
        return Passage(kind, self.lesson.slug, self._section, heading, text, address, experiments)


def _text(source: str) -> str:
    """Returns the words without tags, in cells if there are any; an empty cell is left out."""
    cells = (" ".join(cell.split()) for cell in TAG.sub(" ", source).split(CELL_START))
    return BETWEEN_CELLS.join(filter(None, cells))


def _is_aside(tag: str, given: dict[str, str]) -> bool:
    """Returns whether the words in an element are not read with the text around it."""
    hidden = given.get("role") == "tooltip" or given.get("aria-hidden") == "true"
    return tag in ("sup", "thead") or hidden or given.get("class") == "footnote"
