"""Line numbers that travel through Markdown, so that what comes out still knows where it was written.

They are let in where they do no harm: into the targets of links, into attribute lists and HTML tags, before terms and
footnotes. Whatever Markdown takes for code keeps them as plain text, and `without_numbers` takes all of them out again.
"""

import re
from collections.abc import Iterator

from markdown import Markdown
from markdown.preprocessors import Preprocessor

# Markdown strips these two control characters from what authors write, so no text can be taken for a number.
MARK = "\u0002line:{}\u0003"
MARKED = re.compile("\u0002line:(\\d+)\u0003")
IN_TAG = re.compile("\u0002at:(\\d+)\u0003")
IN_LIST = re.compile(" data-line=(\\d+)")
LET_IN = re.compile(' \\{: data-line=\\d+\\}| data-line=(?:"\\d+"|\\d+)| \u0002at:\\d+\u0003|\u0002line:\\d+\u0003')

TARGET = re.compile(r"\]\(<?(?=\S)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]: *")
# Terms, footnotes and addresses; and what stands in the text only when its other half is missing.
INLINE = re.compile(r"\[\[[^\[\]]*\]\]|\[\[|\]\]|\[\^|\](?=\[[^\]^])|<(?=https?:)|\{%|%\}|\{\{|\}\}|```")
HTML_TAG = re.compile(r"<([a-zA-Z][\w-]*)(?=[\s/>]|$)")
HEADING = re.compile(r"^\s*#{1,6}\s*\S")
UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
OWN_LIST = re.compile(r"\{:?[ ]*([^{}\s][^{}]*)\}\s*$")
ATTRIBUTES = re.compile(r"\{:(?=[ .#\w])")
FENCE = re.compile(r"^ {0,3}(/{3,})[ ]*([\w-]*)")
FOOTNOTES_HERE = "///Footnotes Go Here///"


class NumberLines(Preprocessor):
    """Lets the numbers in; `first` is the number of the text's first line. Call-outs of unknown kinds get one, too."""

    def __init__(self, md: Markdown, first: int, call_outs: tuple[str, ...]) -> None:
        super().__init__(md)
        self.first = first
        self.call_outs = call_outs

    def run(self, lines: list[str]) -> list[str]:
        return [self._numbered(line, below, at) for at, (line, below) in enumerate(_pairs(lines), start=self.first)]

    def _numbered(self, line: str, below: str, at: int) -> str:
        fence = FENCE.match(line)
        if fence and fence[2] and fence[2] not in self.call_outs and line.strip() != FOOTNOTES_HERE:
            return MARK.format(at) + line
        is_heading = HEADING.match(line) or (line.strip() and "|" not in line and UNDERLINE.match(below))
        return _in_attributes(_in_text(line, at), at, is_heading=bool(is_heading))


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with the one below it."""
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
    if own := OWN_LIST.search(line):
        return f"{line[: own.start()]}{{: data-line={at} {own[1]}}}"
    return f"{line.rstrip()} {{: data-line={at}}}"


def without_numbers(html: str) -> str:
    """The page as it would be if no number had been let in."""
    return LET_IN.sub("", html)


def unmatched(text: str, first: int, call_outs: tuple[str, ...]) -> list[tuple[int, str]]:
    """The line and the kind of every call-out that has no closing line of as many slashes.

    And, without a kind, of every closing line that has no call-out.
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
