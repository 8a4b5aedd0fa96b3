"""Reads GIFT, the text format of Moodle for questions. Format: https://docs.moodle.org/en/GIFT_format."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from content.problems import ContentError, Problem
from content.source_location import SourceLocation
from content.yaml_source import read_text
from quiz.exchange.gift_answers import READERS, GiftSyntaxError
from quiz.exchange.gift_model import GiftKind, GiftQuestion
from quiz.exchange.gift_syntax import HIDDEN_CHARACTER, gift_text, hide_escapes, show_escapes

CATEGORY = "$CATEGORY:"
# A course or a context that Moodle puts before the path of a category.
CONTEXT = re.compile(r"^\$\w+\$/(top/)?")
ID = re.compile(r"(?<!\\)\[id:([^\]]+)\]")
TAG = re.compile(r"(?<!\\)\[tag:([^\]]+)\]")
TRUE_OR_FALSE = re.compile(r"(t|true|f|false)\s*(#|$)", re.IGNORECASE)
BLANK = "_____"
BRACES = "a brace that belongs to a text is written \\{ or \\}, and an empty line in a text is written \\n"


@dataclass(frozen=True)
class _Block:
    """Lines without an empty one between them: `text` has its escapes hidden, and empty lines in place of comments."""

    line: int
    text: str
    comments: str

    def line_of(self, position: int) -> int:
        return self.line + self.text.count("\n", 0, position)


def read_gift(file: Path) -> tuple[GiftQuestion, ...]:
    """Reads the questions of a file. Raises ContentError with everything that is not GIFT, each with its line."""
    questions: list[GiftQuestion] = []
    text = read_text(file)
    problems = [Problem(SourceLocation(file, line), said) for line, said in _reserved(text)]
    category: tuple[str, ...] = ()
    for block in _blocks(text):
        try:
            named, rest = _category(block)
            category = named or category
            if rest.text.strip():
                questions.append(replace(_question(rest), category=category))
        except GiftSyntaxError as error:
            problems.append(Problem(SourceLocation(file, error.line), str(error)))
    if problems:
        raise ContentError(problems)
    return tuple(questions)


def _reserved(text: str) -> Iterator[tuple[int, str]]:
    """Yields the lines with characters that stand for escapes here, and that no text needs: they have no meaning."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := HIDDEN_CHARACTER.search(line):
            yield number, f"holds U+{ord(found[0]):X}, a character for private use; leave it out"


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield _block(number - len(lines), lines)
            lines = []


def _block(first: int, lines: list[str]) -> _Block:
    comments = [line for line in lines if line.startswith("//")]
    kept = ["" if line.startswith("//") else line for line in lines]
    return _Block(first, hide_escapes("\n".join(kept)), "\n".join(comments))


def _category(block: _Block) -> tuple[tuple[str, ...], _Block]:
    """Returns the path of the category that the block begins with, if any, and the rest of the block."""
    text = block.text.lstrip("\n")
    skipped = len(block.text) - len(text)
    if not text.startswith("$"):
        return (), block
    line, _, rest = text.partition("\n")
    if not line.startswith(CATEGORY):
        raise GiftSyntaxError(block.line_of(skipped), f"begins with $, which only {CATEGORY} does")
    path = CONTEXT.sub("", show_escapes(line.removeprefix(CATEGORY)))
    parts = tuple(part.replace("//", "/").strip() for part in re.split(r"(?<!/)/(?!/)", path))
    return tuple(filter(None, parts)), _Block(block.line_of(skipped) + 1, rest, block.comments)


def _question(block: _Block) -> GiftQuestion:
    title, text = _title(block)
    start, end = _braces(block, text)
    first = block.line_of(len(block.text) - len(block.text.lstrip("\n")))
    shared = GiftQuestion(
        line=first,
        kind=GiftKind.DESCRIPTION,
        prompt=gift_text(_without_answers(text, start, end)),
        title=title,
        id="".join(ID.findall(block.comments)[:1]).strip(),
        tags=tuple(tag.strip() for tag in TAG.findall(block.comments)),
    )
    if start < 0:
        return shared
    offset = len(block.text) - len(text) + start + 1
    return _with_answers(shared, text[start + 1 : end], lambda position: block.line_of(offset + position))


def _title(block: _Block) -> tuple[str, str]:
    """Returns the title and the text after it."""
    text = block.text.lstrip("\n ")
    if not text.startswith("::"):
        return "", text
    title, end, rest = text[2:].partition("::")
    if not end:
        raise GiftSyntaxError(block.line, "begins a title with :: and does not end it; write ::title::")
    return show_escapes(title), rest


def _braces(block: _Block, text: str) -> tuple[int, int]:
    """Returns where the answers begin and end; -1 for both where there are none."""
    start, end = text.find("{"), text.find("}")
    before = len(block.text) - len(text)
    if start < 0 and end < 0:
        return -1, -1
    if end < 0 or start < 0 or end < start:
        alone, other = ("{", "}") if end < 0 else ("}", "{")
        at = before + (start if end < 0 else end)
        raise GiftSyntaxError(block.line_of(at), f"has a {alone} without its {other}; {BRACES}")
    for sign in "{}":
        if (again := text.find(sign, (start if sign == "{" else end) + 1)) >= 0:
            raise GiftSyntaxError(block.line_of(before + again), f"has a second {sign}; {BRACES}")
    return start, end


def _without_answers(text: str, start: int, end: int) -> str:
    """Returns the text of a question, with a blank where answers were in the middle of it."""
    if start < 0:
        return text
    before, after = text[:start], text[end + 1 :]
    return f"{before}{BLANK}{after}" if after.strip() else before


def _with_answers(question: GiftQuestion, answers: str, line_at: Callable[[int], int]) -> GiftQuestion:
    answers, separator, feedback = answers.rpartition("####") if "####" in answers else (answers, "", "")
    default = question.prompt.format
    kind = _kind(answers.strip())
    read = READERS.get(kind)
    return replace(
        question,
        kind=kind,
        answers=tuple(read(answers, default, line_at)) if read else (),
        general_feedback=gift_text(feedback, default) if separator else question.general_feedback,
    )


def _kind(answers: str) -> GiftKind:
    if not answers:
        return GiftKind.ESSAY
    if answers.startswith("#"):
        return GiftKind.NUMERICAL
    if "~" in answers:
        return GiftKind.SINGLE if "=" in answers else GiftKind.MULTIPLE
    if "=" in answers and "->" in answers:
        return GiftKind.MATCHING
    return GiftKind.TRUE_FALSE if TRUE_OR_FALSE.match(answers) else GiftKind.SHORT_ANSWER
