"""Lays out blocks as Python-Markdown wants them, where authors write them as CommonMark and GitHub allow it.

A list or a table may follow a sentence without an empty line. A list inside a list may be indented by two spaces,
and is moved to the four that Python-Markdown counts.
"""

import re
from dataclasses import dataclass, field
from itertools import takewhile

from markdown.preprocessors import Preprocessor

INDENT = 4
# An item that stands this far to the right of another one is inside it.
INSIDE = 2
ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)]) +(?=\S)")
RULE = re.compile(r" *([-*_])(?: *\1){2,} *$")
TABLE_RULE = re.compile(r" {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$")
STASHED = re.compile("[ >]*\u0002wzxhzdk:\\d+\u0003$")
# What ends a list without an empty line when it stands at the left.
BLOCK_START = re.compile(r"#{1,6} |>|!!!|\?\?\?|/{3,}")
QUOTED = re.compile(r" {0,3}> ?")
# Blocks whose text is indented below their first line: call-outs, definitions and footnotes.
CONTAINER = re.compile("(?:!!!|\\?\\?\\?\\+?) ?\\w|: {1,3}\\S|(?:\u0002line:\\d+\u0003)?\\[\\^[^\\]]+\\]:")
RAW_START = re.compile(r" {0,3}<(?:(?:pre|script|style|textarea)\b|!--)")
RAW_END = re.compile(r"</(?:pre|script|style|textarea)>|-->")


@dataclass(frozen=True, slots=True)
class ListItem:
    """An open item of a list: how far it and its text were indented, and whether it has a number."""

    indent: int
    text_indent: int
    is_numbered: bool


class LayOutBlocks(Preprocessor):
    """Lays out the lines of a lesson. Code in fences was taken out of them before."""

    def run(self, lines: list[str]) -> list[str]:
        return laid_out(lines)


def laid_out(lines: list[str]) -> list[str]:
    """Returns the lines with the empty lines and the indentation that Python-Markdown needs."""
    layout = _Layout()
    at = 0
    while at < len(lines):
        at += layout.take(lines, at)
    return layout.out


@dataclass
class _Layout:
    """The lines so far, and the items that are open.

    `block_indent` is how far the last block of an item was indented that had an empty line above it, `is_code` whether
    that was code. `level` is how deep the first item below the last empty line was: Python-Markdown reads none that is
    further out in the same block.
    """

    out: list[str] = field(default_factory=list)
    items: list[ListItem] = field(default_factory=list)
    block_indent: int | None = None
    level: int = 0
    is_code: bool = False
    after_block: bool = False
    is_raw: bool = False

    def take(self, lines: list[str], at: int) -> int:
        """Lays out what begins at this line. Returns how many lines that was."""
        line = lines[at]
        is_raw = self.is_raw or RAW_START.match(line)
        self.is_raw = bool(is_raw and not RAW_END.search(line))
        if is_raw or not line.strip():
            self.out.append(line)
            return 1
        if self.after_block or STASHED.match(line):
            self._separate()
        self.after_block = bool(STASHED.match(line))
        inner, count = ([], 0) if self.items and line.startswith(" ") else _container(lines, at)
        if inner:
            self._end_list()
            self.out += inner
            return count
        self._add(line, lines[at + 1] if at + 1 < len(lines) else "")
        return 1

    def _add(self, line: str, after: str) -> None:
        indent = len(line) - len(line.lstrip(" "))
        item = None if RULE.match(line) else ITEM.match(line)
        if item and self._is_item(item):
            self._add_item(item, line[item.end() :])
            return
        starts_block = self._starts_block(line.lstrip(" "), after.lstrip(" "))
        if self.items and indent >= self.items[0].indent + INSIDE:
            if starts_block and not self.is_code:
                self._separate()
            self.out.append(self._continued(line, indent))
        else:
            if self._is_after_empty or starts_block or RULE.match(line):
                self._end_list()
            if starts_block and "|" in line:
                self._separate()
            self.out.append(line)

    def _starts_block(self, line: str, after: str) -> bool:
        """Returns whether the line begins a block, as a table does, that needs no empty line above."""
        is_table = "|" in line and TABLE_RULE.match(after)
        is_further_quote = line.startswith(">") and self.out[-1:] and self.out[-1].lstrip().startswith(">")
        return bool(is_table or (BLOCK_START.match(line) and not is_further_quote))

    def _is_item(self, item: re.Match[str]) -> bool:
        """Returns whether the line is an item. As in CommonMark, 1986. at the left of a paragraph is a year."""
        if self.items:
            return not self.is_code or self.block_indent is None or len(item[1]) < self.block_indent
        begins = self._is_after_empty or item[2] in ("-", "*", "+", "1.", "1)")
        return begins and len(item[1]) < INDENT

    def _add_item(self, item: re.Match[str], text: str) -> None:
        indent, is_numbered, sibling = len(item[1]), item[2][:-1].isdigit(), None
        while self.items and indent < self.items[-1].indent + INSIDE:
            sibling = self.items.pop()
        is_other_kind = sibling is not None and sibling.is_numbered != is_numbered
        is_further_out = len(self.items) < self.level
        if self.block_indent is not None or is_other_kind or is_further_out or (sibling is None and not self.items):
            self._separate()
        if self._is_after_empty:
            self.level = len(self.items)
        self.block_indent, self.is_code = None, False
        self.out.append(f"{' ' * INDENT * len(self.items)}{item[2].replace(')', '.')} {text}")
        self.items.append(ListItem(indent, item.end(), is_numbered))

    def _continued(self, line: str, indent: int) -> str:
        """Returns a further line of an item: of its text, of a block below that, or of code in it."""
        if self._is_after_empty:
            self._begin_block(indent)
        own = INDENT * len(self.items)
        if self.block_indent is None:
            return " " * max(indent, own - INDENT) + line.lstrip(" ")
        start = own + INDENT if self.is_code else own
        return " " * max(own, start + indent - self.block_indent) + line.lstrip(" ")

    def _begin_block(self, indent: int) -> None:
        """Finds the item to which a block below an empty line belongs. Code may have empty lines."""
        if self.is_code and self.block_indent is not None and indent >= self.block_indent:
            return
        while len(self.items) > 1 and indent < self.items[-1].indent + INSIDE:
            self.items.pop()
        self.block_indent = indent
        self.is_code = indent >= min(INDENT * len(self.items), self.items[-1].text_indent) + INDENT

    def _end_list(self) -> None:
        if self.items:
            self._separate()
        self.items.clear()
        self.block_indent, self.is_code = None, False

    @property
    def _is_after_empty(self) -> bool:
        return not self.out or not self.out[-1].strip()

    def _separate(self) -> None:
        """Makes sure that an empty line is above."""
        if not self._is_after_empty:
            self.out.append("")


def _container(lines: list[str], at: int) -> tuple[list[str], int]:
    """Lays out the block that begins at this line, if it holds others. Returns its lines, and how many it had."""
    if QUOTED.match(lines[at]):
        quoted = list(takewhile(QUOTED.match, lines[at:]))
        inner = laid_out([QUOTED.sub("", line, count=1) for line in quoted])
        return [f"> {line}".rstrip() for line in inner], len(quoted)
    if not CONTAINER.match(lines[at]):
        return [], 0
    first = next((line for line in lines[at + 1 :] if line.strip()), "")
    width = min(len(first) - len(first.lstrip(" ")), INDENT)
    body = list(takewhile(lambda line: not line.strip() or line.startswith(" " * width), lines[at + 1 :]))
    if width < INSIDE:
        return [], 0
    inner = laid_out([line[width:] for line in body])
    # What stands in the first line is a sentence that a list may follow; a call-out has its title there.
    gap = [""] if ITEM.match(body[0][width:]) and not lines[at].startswith(("!", "?")) else []
    return [lines[at], *gap, *(f"{' ' * INDENT}{line}" if line.strip() else "" for line in inner)], len(body) + 1
