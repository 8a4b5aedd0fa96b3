"""Marks Markdown with line numbers, so that the HTML still says where each part of it was written.

Numbers go where they do no harm: into the targets of links, into attribute lists and HTML tags, before terms and
footnotes. Code keeps them as plain text. `without_numbers` removes all of them from the HTML.
"""

import re
from collections.abc import Iterable, Iterator

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from course.markdown.block_layout import ITEM

# Markdown strips these two control characters from what authors write, so no text of theirs looks like a number.
MARK = "\u0002line:{}\u0003"
MARKED = re.compile("\u0002line:(\\d+)\u0003")
IN_TAG = re.compile("\u0002at:(\\d+)\u0003")
IN_LIST = re.compile(" data-line=(\\d+)")
# An HTML block with Markdown inside writes the name of an attribute without a value as its value, too.
INSERTED = re.compile(
    ' \\{: data-line=\\d+\\}| data-line=(?:"\\d+"|\\d+)'
    '| \u0002at:\\d+\u0003(?:="\u0002at:\\d+\u0003")?|\u0002line:\\d+\u0003'
)

TARGET = re.compile(r"\]\(<?(?=\S)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]: *")
# A picture as chats name it, such as :smile:.
SHORTCODE = r"(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])"
# Also terms, footnotes, addresses and formulas; and halves of pairs, which are in the text when the other is missing.
INLINE = re.compile(
    r"\[\[[^\[\]]*\]\]|\[\[|\]\]|\[\^|\](?=\[[^\]^])|<(?=https?:)|\{%|%\}|\{\{|\}\}|(?<!\\)(?:\$+|\\[(\[])|" + SHORTCODE
)
HTML_TAG = re.compile(r"<([a-zA-Z][\w-]*)(?=[\s/>]|$)")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+\S")
# A sign that belongs to the title, as in C#, is none of those that may close a heading.
LAST_SIGN = re.compile(r"(?<=[^\s#\\])#+(?=\s*$)")
UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
ATTRIBUTE_LIST = re.compile(r"\{:?[ ]*([^{}\s][^{}]*)\}\s*$")
ATTRIBUTES = re.compile(r"\{:(?=[ .#\w])")
FENCE = re.compile(r"^ {0,3}(/{3,})[ ]*([\w-]*)")
STASHED = re.compile("[ >]*\u0002wzxhzdk:(\\d+)\u0003$")
CODE_FENCE = re.compile(r"^[> ]*(?:`{3,}[^`]*|~{3,}[^~]*)$")
# As MkDocs, GitHub and Obsidian write them.
OTHER_CALL_OUT = re.compile(r"^(?:!!! ?|\?\?\?\+? ?|> *\[!)([\w-]+)")
INDENTED_CALL_OUT = re.compile(r"^ {0,3}(?:!!! ?|\?\?\?\+? ?)[\w-]+")
FOOTNOTE = re.compile(r" {0,3}\[\^[^\]]+\]:")
FOOTNOTES_HERE = "///Footnotes Go Here///"


class Line(str):
    """A line that knows its number, however many lines others put above it or take away."""

    number: int

    @classmethod
    def at(cls, number: int, text: str) -> "Line":
        line = cls(text)
        line.number = number
        return line


class RememberLines(Preprocessor):
    """Gives each line its number, before blocks of code are taken out. `first` is that of the text's first line."""

    def __init__(self, md: Markdown, first: int) -> None:
        super().__init__(md)
        self.first = first

    def run(self, lines: list[str]) -> list[str]:
        return [Line.at(number, line) for number, line in enumerate(lines, start=self.first)]


def with_numbers(lines: Iterable[str]) -> Iterator[Line]:
    """Yields the lines; one that stands for a block of code has the number at which the block begins."""
    number = 0
    for line in lines:
        number = line.number if isinstance(line, Line) else number + 1
        yield Line.at(number, line)


class NumberLines(Preprocessor):
    """Puts the numbers in. Call-outs of unknown kinds get one, too.

    `open_fences` are the lines that begin a block of code and were not read as one, `unknown` the other call-outs of
    unknown kinds: their lines and kinds. `unmatched` are call-outs without an end, and ends without a call-out; `empty`
    are those without a text.
    """

    def __init__(self, md: Markdown, call_outs: tuple[str, ...]) -> None:
        super().__init__(md)
        self.call_outs = call_outs
        self.open_fences: list[int] = []
        self.unknown: list[tuple[int, str]] = []
        self.unmatched: list[tuple[int, str]] = []
        self.empty: list[int] = []
        self._numbers: dict[str, int] = {}
        self._is_open = False

    def run(self, lines: list[str]) -> list[str]:
        known = _with_place_for_footnotes(list(with_numbers(lines)))
        self.unmatched = _unmatched_call_outs(known, self.call_outs)
        self.empty = list(_empty_call_outs(line for line in known if line.strip()))
        numbered = [self._numbered(line, after) for line, after in _pairs(known)]
        for line, text in zip(known, numbered, strict=True):
            self._numbers.setdefault(text.strip(" >"), line.number)
        return numbered

    def line_of(self, text: str) -> int:
        """Returns the number of the first line with this text."""
        return self._numbers.get(text.strip(" >"), 1)

    def _numbered(self, line: Line, after: str) -> str:
        if code := STASHED.match(line):
            blocks = self.md.htmlStash.rawHtmlBlocks
            blocks[int(code[1])] = str(blocks[int(code[1])]).replace("<div", f'<div data-line="{line.number}"', 1)
            return line
        self._note_mistakes(line)
        fence = FENCE.match(line)
        if fence and fence[2] and fence[2] not in self.call_outs and line.strip() != FOOTNOTES_HERE:
            return MARK.format(line.number) + line
        is_title = line.strip() and "|" not in line and not ITEM.match(line)
        is_heading = HEADING.match(line) or (is_title and UNDERLINE.match(after))
        return _in_attributes(_in_text(line, line.number), line.number, is_heading=bool(is_heading))

    def _note_mistakes(self, line: Line) -> None:
        if CODE_FENCE.match(line):
            if not self._is_open:
                self.open_fences.append(line.number)
            self._is_open = not self._is_open
        if (other := OTHER_CALL_OUT.match(line)) and other[1].lower() not in self.call_outs:
            self.unknown.append((line.number, other[1]))


def _pairs(lines: list[Line]) -> Iterator[tuple[Line, str]]:
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
        return f"{_title(line[: own.start()])} {{: data-line={at} {own[1]}}}"
    return f"{_title(line)} {{: data-line={at}}}"


def _title(line: str) -> str:
    return LAST_SIGN.sub(lambda signs: signs[0].replace("#", r"\#"), line).rstrip()


def without_numbers(html: str) -> str:
    """Returns the page without the line numbers."""
    return INSERTED.sub("", html)


def _with_place_for_footnotes(lines: list[Line]) -> list[Line]:
    """Adds a section for footnotes that have no place; where the last heading has no other text, they are its text."""
    if FOOTNOTES_HERE in lines or not any(FOOTNOTE.match(line) for line in lines):
        return lines
    other = (line for line in reversed(lines) if line.strip() and not FOOTNOTE.match(line) and not _indent(line))
    section = [] if HEADING.match(next(other, "")) else ["## Sources {: lang=en }", ""]
    return [*lines, *(Line.at(lines[-1].number, line) for line in ["", *section, FOOTNOTES_HERE])]


def _unmatched_call_outs(lines: Iterable[Line], call_outs: tuple[str, ...]) -> list[tuple[int, str]]:
    """Returns the line and kind of each call-out that has no closing line of as many slashes.

    A closing line without a call-out is returned with an empty kind.
    """
    opened: list[tuple[int, str, str]] = []
    stray: list[tuple[int, str]] = []
    for line in lines:
        at, fence = line.number, FENCE.match(line)
        if fence and fence[2] and line.strip() != FOOTNOTES_HERE:
            opened.append((at, fence[2], fence[1]))
        elif fence and not fence[2]:
            inner = next((n for n in reversed(range(len(opened))) if opened[n][2] == fence[1]), None)
            if inner is None:
                stray.append((at, ""))
            else:
                del opened[inner]
    return [*((at, kind) for at, kind, _ in opened if kind in call_outs), *stray]


def _empty_call_outs(lines: Iterable[Line]) -> Iterator[int]:
    """Yields the line of each call-out without a text, given the lines that are not empty."""
    for line, after in _pairs(list(lines)):
        fence = FENCE.match(line)
        is_empty_block = fence and fence[2] and after.strip() == fence[1]
        if is_empty_block or (INDENTED_CALL_OUT.match(line) and _indent(after) <= _indent(line)):
            yield line.number


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
