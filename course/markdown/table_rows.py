"""Reads tables as Python-Markdown does, and notes rows that lose cells, and tables that are no tables to it."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from itertools import pairwise

from markdown import Markdown
from markdown.extensions.tables import TableProcessor

ROW = re.compile(r" *\|.*\| *$")
RULE = re.compile(r"(?=[^|]*\|)(?=[^-]*--)[|:\- ]+$")
NOT_DRAWN = "this table is not drawn; below its first row write a dash for each column: {}"


class CheckedTables(TableProcessor):
    """Reads tables. `wrong` is what is wrong in them, with its line; `line_of` tells the line of a row."""

    def __init__(self, md: Markdown, line_of: Callable[[str], int]) -> None:
        super().__init__(md.parser, {"use_align_attribute": True})  # as a style, our own content policy would block it
        self.line_of = line_of
        self.wrong: dict[int, str] = {}

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        if super().test(parent, block):
            return True
        for row, below in pairwise(block.split("\n")):
            if (ROW.match(row) and ROW.match(below)) or ("|" in row and RULE.match(below)):
                self.border = True
                rule = "|".join(["", *[" --- "] * len(self._split_row(row.strip())), ""])
                self.wrong.setdefault(self.line_of(row), NOT_DRAWN.format(rule))
                break
        return False

    def _split_row(self, row: str) -> list[str]:
        return list(super()._split_row(row))  # type: ignore[misc]  # its stubs leave this out

    def _build_row(self, row: str, parent: ElementTree.Element, align: Sequence[str | None]) -> None:
        super()._build_row(row, parent, align)  # type: ignore[misc]
        if (count := len(self._split_row(row))) > len(align):
            text = (
                f"this row has {count} cells, and the table has {len(align)} columns; write \\| for a | within a cell"
            )
            self.wrong.setdefault(self.line_of(row), text)
