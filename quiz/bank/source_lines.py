"""Where in its file a question, or a field of it, stands."""

import re
from pathlib import Path

from content.source_location import SourceLocation
from content.yaml_source import Field, Unreadable, lines_of, text_of, values_of
from quiz.bank.model import Problem

PART = re.compile(r"[^.\[\]]+")


def location_of(file: Path, problem: Problem) -> SourceLocation:
    """Where in the bank's file the problem is."""
    return SourceLocation(file, line_of(file, problem.question, problem.field))


def line_of(file: Path, question: str, field: str) -> int:
    """The line of a field as a `Problem` names it, such as `options[2].why`; of what is around it where it is missing.

    An empty `question` means the bank as a whole. A file that cannot be read has the line at which reading stopped.
    """
    try:
        text = text_of(file)
        raw, lines = values_of(text), lines_of(text)
    except Unreadable as error:
        return error.line
    path = (*_question(raw, question), *_parts(field, of_list=bool(question)))
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


def _question(raw: object, name: str) -> Field:
    """Where the question of that id stands, or the one called "number 3" for want of an id."""
    entries = raw.get("questions", []) if isinstance(raw, dict) and name else []
    for at, entry in enumerate(entries if isinstance(entries, list) else []):
        known = entry.get("id") if isinstance(entry, dict) else None
        if str(known or f"number {at + 1}") == name:
            return ("questions", str(at))
    return ()


def _parts(field: str, *, of_list: bool) -> Field:
    """`options[2].why` as a path. In a list people count from 1; in a bank's `objectives[2]` the 2 is a name."""
    parts = PART.findall(field)
    return tuple(str(int(part) - 1) if of_list and part.isdecimal() else part for part in parts)


def named(field: Field) -> str:
    """A path in the words of a `Problem`, with places in lists counted from 1. Objectives have numbers of their own."""
    first = 0 if field[0] == "objectives" else 1
    return "".join(f"[{int(part) + first}]" if part.isdecimal() else f".{part}" for part in field).removeprefix(".")
