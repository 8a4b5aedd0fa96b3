"""Reads YAML with the line of each field, and with the line at which reading failed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import Reader, ReaderError

from content.problems import ContentError, Problem
from content.source_location import SourceLocation

# The loader in C reads a bank in a tenth of the time, and every start reads all of them.
FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The path of a field. An item of a list is named by its number from 0: ("questions", "0", "prompt").
Field = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file: its plain values, the line of each field, and the fields that are given more than once."""

    file: Path
    values: Any
    lines: Mapping[Field, int]
    duplicates: tuple[tuple[Field, int], ...]

    def location(self, field: Field = ()) -> SourceLocation:
        """Returns the line of a field; of the entry around it where the field is missing."""
        around = (field[:end] for end in range(len(field), 0, -1))
        return SourceLocation(self.file, next((self.lines[each] for each in around if each in self.lines), 1))

    def value(self, field: Field) -> Any:
        """Returns the value of a field; None where there is none."""
        value = self.values
        for part in field:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            else:
                return None
        return value


def read_text(file: Path) -> str:
    """Returns the text of a file, without the byte order mark that some editors put first.

    Raises ContentError for a file that is missing or not written in UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ContentError([Problem(SourceLocation(file, line), "is not written in UTF-8")]) from error
    except OSError as error:
        raise ContentError([Problem(SourceLocation(file, 1), f"cannot be read: {error.strerror}")]) from error


def read_document(file: Path) -> Document:
    """Parses the YAML in a file. Raises ContentError with the line at which reading stopped."""
    return parse_document(file, read_text(file))


def parse_document(file: Path, text: str, *, first: int = 1) -> Document:
    """Parses the YAML of a text that begins on line `first` of the file. Raises ContentError as above."""
    try:
        values, fields = _read(text)
    except _Unreadable as error:
        raise ContentError([Problem(SourceLocation(file, first + error.line - 1), error.why)]) from error
    placed = [(field, first + line - 1) for field, line in fields]
    return Document(file, values, dict(reversed(placed)), tuple(_duplicates_in(placed)))


# What to write instead, by the words of YAML.
HINTS = {
    "mapping values are not allowed": "put a text in quotes that contains a colon followed by a space",
    "cannot start any token": "put a text in quotes that begins with @, % or `, and indent by spaces, not by tabs",
}


def _explained(problem: str) -> str:
    """Returns YAML's own words for what is wrong, and what to write instead where that is known."""
    hint = next((hint for words, hint in HINTS.items() if words in problem), "")
    return f"{problem}; {hint}" if hint else problem


class _Unreadable(ValueError):
    """Raised for a text that cannot be read: why, and the line at which reading stopped, counted from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


class _Loader(FAST_LOADER):  # type: ignore[misc, valid-type]
    """Gives the line of values that are not what they look like, such as the day 2026-13-01, and of endless ones.

    Keeps names of fields as they are written, also those that YAML takes for something else, such as `on`.
    """

    def construct_object(self, node: yaml.Node, deep: bool = True) -> Any:
        try:
            return super().construct_object(node, deep=True)
        except (ValueError, LookupError, AttributeError) as error:
            kind = node.tag.rpartition(":")[2]
            why = f"{str(node.value)[:40]!r} is not a possible value (of the kind {kind!r}); a text needs quotes"
            raise yaml.constructor.ConstructorError(None, None, why, node.start_mark) from error

    def construct_mapping(self, node: yaml.Node, deep: bool = True) -> dict[str, Any]:
        return {_name(key): self.construct_object(value) for key, value in node.value}


def _name(key: yaml.Node) -> str:
    if not isinstance(key, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(None, None, "a field has a name of several parts", key.start_mark)
    return str(key.value)


def _read(text: str) -> tuple[Any, list[tuple[Field, int]]]:
    """Returns the values of a text, and the line of every field. Raises _Unreadable."""
    with _as_unreadable(text):
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return None, []
            return loader.construct_document(root), list(_fields_in(root, ()))
        finally:
            loader.dispose()


@contextmanager
def _as_unreadable(text: str) -> Iterator[None]:
    """Turns every error of reading the text into _Unreadable, with a line."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark, last = error.problem_mark or error.context_mark, text.count("\n") + 1
        raise _Unreadable(
            min(mark.line + 1, last) if mark else 1, _explained(error.problem or "is not YAML")
        ) from error
    except ReaderError as error:
        # Its own position counts characters or bytes, depending on the reader.
        found = Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise _Unreadable(line, f"holds the control character #x{error.character:02x}") from error
    except yaml.YAMLError as error:
        raise _Unreadable(1, str(error)) from error
    except RecursionError as error:
        raise _Unreadable(1, "holds things in things too deeply to be read") from error


def _duplicates_in(fields: list[tuple[Field, int]]) -> Iterator[tuple[Field, int]]:
    """Yields each field that is given more than once, with the line where it is given again."""
    seen: Counter[Field] = Counter()
    for field, line in fields:
        seen[field] += 1
        if seen[field] == 2:
            yield field, line


def _fields_in(node: yaml.Node, at: Field) -> Iterator[tuple[Field, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = (*at, str(key.value))
            yield name, key.start_mark.line + 1
            yield from _fields_in(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            name = (*at, str(number))
            yield name, value.start_mark.line + 1
            yield from _fields_in(value, name)
