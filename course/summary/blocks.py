"""Divides a lesson into blocks that a summary can take, in HTML that needs nothing of the lesson around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape, unescape
from html.parser import HTMLParser

from course.model import Lesson


class BlockKind(StrEnum):
    """What a block is in the lesson."""

    FIGURE = "figure"
    TABLE = "table"
    LIST = "list"
    PARAGRAPH = "paragraph"


KINDS = {"table": BlockKind.TABLE, "ul": BlockKind.LIST, "ol": BlockKind.LIST, "p": BlockKind.PARAGRAPH}
FIGURE = re.compile(r"{% (?:saga_diagram|both_styles) .*?%}")
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}")
HEADINGS = ("h2", "h3")
CELL = re.compile(r"<(th|td)>(.*?)</\1>", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>")
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
# Of all others, such as links and terms, only the words are kept.
KEPT = frozenset(["thead", "tbody", "tr", "th", "td", "li", "strong", "em", "code", "sub", "sup", *KINDS])
VOID = frozenset(["br", "col", "hr", "img", "input", "wbr"])


@dataclass(frozen=True, slots=True)
class Block:
    """A figure, table, list or paragraph. A figure's `source` is its template tag, that of others is HTML.

    `anchors` are its own and those of the headings that it stands below.
    """

    kind: BlockKind
    source: str
    anchors: frozenset[str]


def blocks_of(lesson: Lesson) -> list[Block]:
    """Returns the blocks of a lesson in their order, without sources, definitions and links to experiments."""
    reader = _BlockReader()
    reader.feed(lesson.body)
    reader.close()
    return reader.blocks


@dataclass(slots=True)
class _OpenBlock:
    """A block that is being read: its HTML so far."""

    tag: str
    anchor: str
    parts: list[str] = field(default_factory=list)


class _BlockReader(HTMLParser):
    """Reads the source of a lesson's page. At `_skipped_at` among the open elements begins what is not read."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self._headings = dict.fromkeys(HEADINGS, "")
        self._tags: list[str] = []
        self._skipped_at: int | None = None
        self._block: _OpenBlock | None = None
        self._block_at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {name: value or "" for name, value in attrs}
        if tag in HEADINGS:
            self._headings |= {"h3": "", tag: given.get("id", "")}
        if self._skipped_at is None and _is_aside(tag, given):
            self._skipped_at = len(self._tags)
        if self._block is None and tag in KINDS:
            self._block, self._block_at = _OpenBlock(tag, given.get("id", "")), len(self._tags)
        self._tags.append(tag)
        self._add_tag(f"<{tag}>", tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._tags:
            return
        at = len(self._tags) - 1 - self._tags[::-1].index(tag)
        self._add_tag(f"</{tag}>", tag)
        del self._tags[at:]
        if self._skipped_at is not None and at <= self._skipped_at:
            self._skipped_at = None
        if self._block and at <= self._block_at:
            self._end_block(self._block)

    def handle_data(self, data: str) -> None:
        if self._block is None:
            for tag in FIGURE.findall(data):
                self._add_block(BlockKind.FIGURE, tag)
        elif self._skipped_at is None:
            self._block.parts.append(escape(TEMPLATE_TAG.sub("", data), quote=False))

    def _add_tag(self, written: str, tag: str) -> None:
        if self._block and self._skipped_at is None and tag in KEPT:
            self._block.parts.append(written)

    def _end_block(self, block: _OpenBlock) -> None:
        html = "".join(block.parts)
        if block.tag == "table":
            html = without_empty_columns(html)
        self._block = None
        self._add_block(KINDS[block.tag], html, block.anchor)

    def _add_block(self, kind: BlockKind, source: str, anchor: str = "") -> None:
        self.blocks.append(Block(kind, source, frozenset(filter(None, (anchor, *self._headings.values())))))


def _is_aside(tag: str, given: dict[str, str]) -> bool:
    """Returns whether an element holds no words of the text: a note's number, or the definition next to a term."""
    is_note = tag == "sup" and given.get("id", "").startswith("fnref")
    return is_note or given.get("role") == "tooltip"


def without_empty_columns(table: str) -> str:
    """Returns a table without the columns that are empty below their head, as one of links to experiments is."""
    body = table.find("<tbody>")
    rows = [CELL.findall(row) for row in ROW.findall(table[body:])]
    labels = [escape(unescape(MARKUP.sub("", words))) for _, words in CELL.findall(table[:body])]
    full = {at for row in rows for at, (_, words) in enumerate(row) if words.strip()}

    def shortened(row: re.Match[str]) -> str:
        return f"<tr>{''.join(_cells(row[1], full, labels if row.start() > body else []))}</tr>"

    return ROW.sub(shortened, table) if full else table


def _cells(row: str, full: set[int], labels: list[str]) -> Iterator[str]:
    """Yields the cells of a row that belong to full columns, below the head with the labels of these."""
    for at, (tag, words) in enumerate(CELL.findall(row)):
        if at in full:
            scope, label = ("row", labels[at]) if labels else ("col", "")
            yield f'<th scope="{scope}">{words}</th>' if tag == "th" else f'<td data-label="{label}">{words}</td>'
