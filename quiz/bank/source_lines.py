"""Finds the line of a question, or of a field of it, in the bank's file."""

import re

from content.source_location import SourceLocation
from content.yaml_source import Document, Field

PART = re.compile(r"[^.\[\]]+")


def location_of(source: Document, question: str, field: str) -> SourceLocation:
    """Returns the line of a field, such as `options[2].why`; of the entry around it where the field is missing.

    An empty `question` means the bank as a whole.
    """
    of_list = bool(question) or field.startswith("questions[")
    return source.location((*_question(source, question), *_parts(field, of_list=of_list)))


def _question(source: Document, name: str) -> Field:
    """Returns the path of the first question with that id."""
    entries = source.value(("questions",)) if name else []
    return next((("questions", str(at)) for at, entry in enumerate(entries) if str(entry["id"]) == name), ())


def _parts(field: str, *, of_list: bool) -> Field:
    """Splits `options[2].why` into a path. Lists are counted from 1; in `objectives[2]` of a bank, 2 is a name."""
    parts = PART.findall(field)
    return tuple(str(int(part) - 1) if of_list and part.isdecimal() else part for part in parts)
