"""Where in its file a question, or a field of it, stands."""

import re

from content.source_location import SourceLocation
from content.yaml_source import Document, Field

PART = re.compile(r"[^.\[\]]+")


def location_of(source: Document, question: str, field: str) -> SourceLocation:
    """The place of a field, such as `options[2].why`; of what is around it where it is missing.

    An empty `question` means the bank as a whole.
    """
    return source.location((*_question(source, question), *_parts(field, of_list=bool(question))))


def _question(source: Document, name: str) -> Field:
    """Where the first question of that id stands."""
    entries = source.value(("questions",)) if name else []
    return next((("questions", str(at)) for at, entry in enumerate(entries) if str(entry["id"]) == name), ())


def _parts(field: str, *, of_list: bool) -> Field:
    """`options[2].why` as a path. In a list people count from 1; in a bank's `objectives[2]` the 2 is a name."""
    parts = PART.findall(field)
    return tuple(str(int(part) - 1) if of_list and part.isdecimal() else part for part in parts)
