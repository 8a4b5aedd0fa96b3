"""Marks Markdown with line numbers, so that the HTML still says where each part of it was written.

Numbers go where they do no harm: into the targets of links, into attribute lists and HTML tags, before terms and
footnotes. Code keeps them as plain text. `without_numbers` removes all of them from the HTML.
"""

import re
from collections.abc import Iterator

from markdown import Markdown
from markdown.preprocessors import Preprocessor

# Markdown strips these two control characters from what authors write, so no text of theirs looks like a number.
MARK = "\u0002line:{}\u0003"
MARKED = re.compile("\u0002line:(\\d+)\u0003")
IN_TAG = re.compile("\u0002at:(\\d+)\u0003")
IN_LIST = re.compile(" data-line=(\\d+)")
INSERTED = re.compile(' \\{: data-line=\\d+\\}| data-line=(?:"\\d+"|\\d+)| \u0002at:\\d+\u0003|\u0002line:\\d+\u0003')

TARGET = re.compile(r"\]\(<?(?=\S)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]: *")
# Terms, footnotes and addresses; and halves of pairs, which are in the text only when the other half is missing.
INLINE = re.compile(r"\[\[[^\[\]]*\]\]|\[\[|\]\]|\[\^|\](?=\[[^\]^])|<(?=https?:)|\{%|%\}|\{\{|\}\}|```")
HTML_TAG = re.compile(r"<([a-zA-Z][\w-]*)(?=[\s/>]|$)")
HEADING = re.compile(r"^\s*#{1,6}\s*\S")
UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
ATTRIBUTE_LIST = re.compile(r"\{:?[ ]*([^{}\s][^{}]*)\}\s*$")
ATTRIBUTES = re.compile(r"\{:(?=[ .#\w])")
FENCE = re.compile(r"^ {0,3}(/{3,})[ ]*([\w-]*)")
FOOTNOTES_HERE = "///Footnotes Go Here///"


class NumberLines(Preprocessor):
    """Puts the numbers in; `first` is the number of the text's first line. Call-outs of unknown kinds get one, too."""

    def __init__(self, md: Markdown, first: int, call_outs: tuple[str, ...]) -> None:
        super().__init__(md)
        self.first = first
        self.call_outs = call_outs

    def run(self, lines: list[str]) -> list[str]:
        return [self._numbered(line, after, at) for at, (line, after) in enumerate(_pairs(lines), start=self.first)]

    def _numbered(self, line: str, after: str, at: int) -> str:
        fence = FENCE.match(line)
        if fence and fence[2] and fence[2] not in self.call_outs and line.strip() != FOOTNOTES_HERE:
            return MARK.format(at) + line
        is_heading = HEADING.match(line) or (line.strip() and "|" not in line and UNDERLINE.match(after))
        return _in_attributes(_in_text(line, at), at, is_heading=bool(is_heading))


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs each line with the next one."""
    return zip(lines, [*lines[1:], ""], strict=True)


def _in_text(line: str, at: int) -> str:
    mark = MARK.format(at)
    head = definition.group() + mark if (definition := REFERENCE.match(line)) else ""
    rest = line[definition.end() :] if definition else line
    rest = INLINE.sub(rf"{mark}\g<0>", TARGET.sub(rf"\g<0>{mark}", rest))
    return head + HTML_TAG.sub(f"<\\1 \u0002at:{at}\u0003", rest)


def _in_attributes(line: str, at: int, *, is_heading: bool) -> str:
    if not is_heading:
        return ATTRIBUTES.sub(lambda found: f"{{: data-line={at}{'' if line[found.end()] == ' ' else ' '}", line)
    if own := ATTRIBUTE_LIST.search(line):
        return f"{line[: own.start()]}{{: data-line={at} {own[1]}}}"
    return f"{line.rstrip()} {{: data-line={at}}}"


def without_numbers(html: str) -> str:
    """Returns the page without the line numbers."""
    return INSERTED.sub("", html)


def unmatched_call_outs(text: str, first: int, call_outs: tuple[str, ...]) -> list[tuple[int, str]]:
    """Returns the line and kind of each call-out that has no closing line of as many slashes.

    A closing line without a call-out is returned with an empty kind.
    """
    opened: list[tuple[int, str, str]] = []
    stray: list[tuple[int, str]] = []
    for at, line in enumerate(text.split("\n"), start=first):
        fence = FENCE.match(line)
        if fence and fence[2] and line.strip() != FOOTNOTES_HERE:
            opened.append((at, fence[2], fence[1]))
        elif fence and not fence[2]:
            inner = next((n for n in reversed(range(len(opened))) if opened[n][2] == fence[1]), None)
            if inner is None:
                stray.append((at, ""))
            else:
                del opened[inner]
    return [*((at, kind) for at, kind, _ in opened if kind in call_outs), *stray]
