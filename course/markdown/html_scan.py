"""Reads a numbered page and says what stands on it, and where it was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from course.markdown.line_markers import IN_TAG, MARKED

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
# HTML lets these end by themselves.
OPEN_ENDED = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"])
CODE = frozenset(("code", "pre", "script", "style", "textarea"))


@dataclass(slots=True)
class Element:
    """One element: its attributes, the line it was written in, and `name`, all the words it has for who cannot see."""

    tag: str
    line: int
    attrs: Mapping[str, str]
    name: str = ""
    inside: set[str] = field(default_factory=set)

    @property
    def is_hidden(self) -> bool:
        """Whether its words are no part of the text: ornaments, and the definitions beside terms."""
        return self.attrs.get("aria-hidden") == "true" or self.attrs.get("role") == "tooltip"

    @property
    def label(self) -> str:
        """Words that its attributes give it."""
        words = (self.attrs.get(each, "") for each in ("aria-label", "aria-labelledby", "alt", "title"))
        return next((each for each in words if each.strip()), "")


class Scan(HTMLParser):
    """All elements in their order, and all text that is not code, in pieces, each with its line.

    `unclosed` are the elements without an end that need one.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.line = 1
        self.elements: list[Element] = []
        self.pieces: list[tuple[int, str]] = []
        self.unclosed: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self._leave(self._open)

    def all(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.elements if element.tag in tags)

    def all_with(self, attribute: str) -> Iterator[Element]:
        return (element for element in self.elements if attribute in element.attrs)

    @property
    def anchors(self) -> list[tuple[str, int]]:
        """Every id with its line."""
        return [(element.attrs["id"], element.line) for element in self.elements if "id" in element.attrs]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.line = _line_in(attrs) or self.line
        plain = {name: MARKED.sub("", value or "") for name, value in attrs if not IN_TAG.search(name)}
        element = Element(tag, self.line, plain)
        self.elements.append(element)
        self._name_those_around(element.label)
        for each in self._open:
            each.inside.add(tag)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for at in reversed(range(len(self._open))):
            if self._open[at].tag == tag:
                self._leave(self._open[at + 1 :])
                del self._open[at:]
                return

    def _leave(self, elements: list[Element]) -> None:
        self.unclosed += [element for element in elements if element.tag not in OPEN_ENDED]

    def handle_data(self, data: str) -> None:
        first, *marked = MARKED.split(data)
        self._read(first)
        for line, text in zip(marked[::2], marked[1::2], strict=True):
            self.line = int(line)
            self._read(text)

    def _read(self, text: str) -> None:
        self._name_those_around(text)
        if not any(element.tag in CODE for element in self._open):
            self.pieces.append((self.line, text))

    def _name_those_around(self, words: str) -> None:
        for element in reversed(self._open):
            if element.is_hidden:
                return
            element.name += words


def _line_in(attrs: list[tuple[str, str | None]]) -> int | None:
    for name, value in attrs:
        found = IN_TAG.search(name) or MARKED.search(value or "")
        if found:
            return int(found[1])
        if name == "data-line":
            return int(value or 0)
    return None
