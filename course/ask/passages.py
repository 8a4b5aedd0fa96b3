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
# code which looks like a tag stays text; another one begins each cell of a table's row, with its column's header, and
# others stand around a term where it is defined, after its name if that is spelt differently.
TAG_START, TAG_END, CELL_START, HEADER_END = "\u0002", "\u0003", "\u001f", "\u001a"
TERM_START, NAME_END, TERM_END = "\u001c", "\u001d", "\u001e"
DEFINED = re.compile(f"{TERM_START}([^{NAME_END}]*){NAME_END}([^{TERM_END}]*){TERM_END}")
TERM_MARK = re.compile(f"{TERM_START}[^{NAME_END}]*{NAME_END}|{TERM_END}")
# A link to a term under words of the lesson's own.
LINK_TO_TERM = re.compile(r'<span class="term"[^>]*><a [^>]*#([\w-]+)">([^<]*)</a>')
TAG = re.compile(f"{TAG_START}.*?{TAG_END}")
EXPERIMENT = re.compile(TAG_START + r'\{% experiment "([^"]+)"')
# A section with such a tag asks the reader, and so does one whose heading has this class.
CHECK, ASKS = TAG_START + "{% knowledge_check", "asks"
# The class of a box in which the reader tries something.
TASK = "try-it"
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
    `defines` are the names of the terms that it defines, `cells` those of a row: its columns' headers and their words.
    `prompt` is what an answer that the page folds away answers; `asks` says that it is itself such a prompt.
    """

    kind: PassageKind
    lesson: str
    section: Section
    heading: str
    text: str
    address: str
    experiments: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    prompt: str = ""
    asks: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """Returns its sentences as they stand; a row of a table counts as one."""
        return (self.text,) if self.kind is PassageKind.ROW else tuple(SENTENCE.findall(self.text))


def passages_of(course: Course) -> Iterator[Passage]:
    """Yields the passages of every lesson, in their order, and the terms of the glossary."""
    names: dict[str, dict[str, None]] = {term.anchor: {term.name: None} for term in course.glossary.values()}
    for lesson in course.lessons:
        yield from passages_in(lesson)
        for anchor, words in LINK_TO_TERM.findall(lesson.body):
            names[anchor][words] = None
    for term in course.glossary.values():
        address, defines = f"{reverse('glossary')}#{term.anchor}", tuple(names[term.anchor])
        text, section = " ".join(term.definition.split()), Section(term.anchor, "Glossary")
        yield Passage(PassageKind.TERM, "", section, term.name, text, address, defines=defines)


def passages_in(lesson: Lesson) -> list[Passage]:
    """Returns the passages of a lesson, without the section that asks the reader, and without its sources."""
    reader = _PassageReader(lesson)
    reader.feed(TEMPLATE_TAG.sub(rf"{TAG_START}\g<0>{TAG_END}", lesson.body))
    reader.close()
    return [passage for passage in reader.passages if passage.section.anchor not in reader.asking]


@dataclass(slots=True)
class _Open:
    """An element that is being read; blocks and titles collect their words. `is_aside` says that it has none.

    `is_task` says that it is a box in which the reader tries something, and can fold an answer away.
    """

    tag: str
    anchor: str = ""
    is_task: bool = False
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
        self._prompt: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag in ("td", "th"):
            self._add(f"{CELL_START}{given.get('data-label', '')}{HEADER_END}")
        elif tag == "dfn":
            self._add(f"{TERM_START}{given.get('title', '')}{NAME_END}")
        elif tag == "h2" and ASKS in classes:
            self.asking.add(given.get("id", ""))
        if is_task := TASK in classes:
            self._prompt = []
        is_title = tag in TITLES or given.get("class") == "admonition-title"
        collects = is_title or (tag in BLOCKS and "id" in given)
        self._open.append(_Open(tag, given.get("id", ""), is_task, _is_aside(tag, given), is_title, collects))

    def handle_endtag(self, tag: str) -> None:
        at = next((n for n in reversed(range(len(self._open))) if self._open[n].tag == tag), None)
        if at is None:
            return
        if tag == "dfn":
            self._add(TERM_END)
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
            self.passages.append(self._passage(element, text, source))

    def _passage(self, element: _Open, text: str, source: str) -> Passage:
        kind = BLOCKS[element.tag]
        term = self._term if kind is PassageKind.DEFINITION else ""
        call_out = self._call_outs[-1][1] if self._call_outs else ""
        prompt, asks = self._prompt_of(text, call_out)
        names = (term, *(name or _text(words) for name, words in DEFINED.findall(source)))
        return Passage(
            kind,
            self.lesson.slug,
            self._section,
            term or call_out or self._subsection or self._section.title,
            text,
            f"{self.page}#{element.anchor}",
            tuple(EXPERIMENT.findall(source)),
            tuple(filter(None, names)),
            tuple(_cells(source)) if kind is PassageKind.ROW else (),
            prompt,
            asks,
        )

    def _prompt_of(self, text: str, call_out: str) -> tuple[str, bool]:
        """Returns what a passage answers, if it is folded away, and whether it is itself what one answers."""
        is_task = any(element.is_task for element in self._open)
        if any(element.tag == "details" for element in self._open):
            return " ".join(self._prompt) if is_task else call_out, False
        if is_task:
            self._prompt.append(text)
        return "", is_task and "?" in text


def _text(source: str) -> str:
    """Returns the words without tags, in cells if there are any; an empty cell is left out."""
    return BETWEEN_CELLS.join(words for _, words in _cells(source))


def _cells(source: str) -> list[tuple[str, str]]:
    """Returns header and words of each cell that has any; a text without cells is one without a header."""
    cells = (cell.rpartition(HEADER_END) for cell in TERM_MARK.sub("", TAG.sub(" ", source)).split(CELL_START))
    return [(header, words) for header, _, cell in cells if (words := " ".join(cell.split()))]


def _is_aside(tag: str, given: dict[str, str]) -> bool:
    """Returns whether the words in an element are not read with the text around it."""
    hidden = given.get("role") == "tooltip" or given.get("aria-hidden") == "true"
    return tag in ("sup", "thead") or hidden or given.get("class") in ("footnote", "button")
