"""Refuses what Python-Markdown would read for many seconds, or not at all."""

import re
from collections.abc import Iterable, Iterator

from markdown.preprocessors import Preprocessor

from course.markdown.line_markers import Line, with_numbers

# Its time grows with the square of the brackets that are open at once.
MOST_OPEN = 100
OPEN_BRACKETS = f"more than {MOST_OPEN} brackets of this paragraph are never closed; close them, or write it as code"
TOO_DEEP = "lists or quotes are in one another too deeply to be read; bring them further out"
NESTING = re.compile(r"(?:[ \t>*+-]|\d+[.)])*")


class UnreadableTextError(ValueError):
    """A text that cannot be read: what is wrong, and in which line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class LimitBrackets(Preprocessor):
    """Raises UnreadableTextError for a paragraph with too many open brackets. Code was taken out before."""

    def run(self, lines: list[str]) -> list[str]:
        for paragraph in _paragraphs(with_numbers(lines)):
            text = "".join(paragraph)
            if max(text.count("[") - text.count("]"), text.count("(") - text.count(")")) > MOST_OPEN:
                raise UnreadableTextError(paragraph[0].number, OPEN_BRACKETS)
        return lines


def _paragraphs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for line in lines:
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def too_deep(text: str, first: int) -> UnreadableTextError:
    """Returns the error for a text that is nested too deeply, at its deepest line. `first` numbers its first line."""
    depths = [len(NESTING.match(line)[0]) for line in text.split("\n")]  # type: ignore[index]  # it matches anything
    return UnreadableTextError(first + depths.index(max(depths)), TOO_DEEP)
