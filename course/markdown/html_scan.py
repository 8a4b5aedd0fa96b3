"""Parses the HTML of a lesson into elements and text, each with the line where it was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from course.markdown.line_markers import IN_TAG, MARKED

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
# HTML needs no end tag for these.
OPEN_ENDED = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"])
CODE = frozenset(("code", "pre", "script", "style", "textarea"))


@dataclass(slots=True)
class Element:
    """An element, with the line it was written in. `name` is its accessible name, `inside` the tags within it."""

    tag: str
    line: int
    attrs: Mapping[str, str]
    name: str = ""
    inside: set[str] = field(default_factory=set)

    @property
    def is_hidden(self) -> bool:
        """True when its words are no part of the text: decoration, and the definitions next to terms."""
        return self.attrs.get("aria-hidden") == "true" or self.attrs.get("role") == "tooltip"

    @property
    def label(self) -> str:
        """The words that its attributes give it."""
        words = (self.attrs.get(each, "") for each in ("aria-label", "aria-labelledby", "alt", "title"))
        return next((each for each in words if each.strip()), "")


class HtmlScan(HTMLParser):
    """Holds all elements in their order, and all text outside code in pieces, each with its line.

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
        self._note_unclosed(self._open)

    def all(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.elements if element.tag in tags)

    def all_with(self, attribute: str) -> Iterator[Element]:
        return (element for element in self.elements if attribute in element.attrs)

    @property
    def anchors(self) -> list[tuple[str, int]]:
        """Every id on the page, with its line."""
        return [(element.attrs["id"], element.line) for element in self.elements if "id" in element.attrs]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.line = _line_in(attrs) or self.line
        plain = {name: MARKED.sub("", value or "") for name, value in attrs if not IN_TAG.search(name)}
        element = Element(tag, self.line, plain)
        self.elements.append(element)
        self._add_to_names(element.label)
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
                self._note_unclosed(self._open[at + 1 :])
                del self._open[at:]
                return

    def _note_unclosed(self, elements: list[Element]) -> None:
        self.unclosed += [element for element in elements if element.tag not in OPEN_ENDED]

    def handle_data(self, data: str) -> None:
        first, *marked = MARKED.split(data)
        self._add_text(first)
        for line, text in zip(marked[::2], marked[1::2], strict=True):
            self.line = int(line)
            self._add_text(text)

    def _add_text(self, text: str) -> None:
        self._add_to_names(text)
        if not any(element.tag in CODE for element in self._open):
            self.pieces.append((self.line, text))

    def _add_to_names(self, words: str) -> None:
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
