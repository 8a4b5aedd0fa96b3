"""Reads YAML as people write it: its values, the line of each field, and the line of what cannot be read."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import Reader, ReaderError

# The one in C takes a tenth of the time, and every start reads all banks.
FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"

Field = tuple[str, ...]


class Unreadable(ValueError):
    """A text cannot be read; `line`, counted from 1, is where reading stopped, and `why` is the reason."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


class Loader(FAST):  # type: ignore[misc, valid-type]
    """Gives a line to values that YAML cannot construct, such as the day 2026-13-01, and to recursive ones."""

    def construct_object(self, node: yaml.Node, deep: bool = True) -> Any:
        try:
            return super().construct_object(node, deep=True)
        except (ValueError, LookupError, AttributeError) as error:
            kind = node.tag.rpartition(":")[2]
            why = f"{str(node.value)[:40]!r} is not a possible value (of the kind {kind!r}); a text needs quotes"
            raise yaml.constructor.ConstructorError(None, None, why, node.start_mark) from error


def text_of(file: Path) -> str:
    """Returns a file's text, without a byte order mark. Raises Unreadable when it is not there, or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(error.object.count(b"\n", 0, error.start) + 1, "is not written in UTF-8") from error
    except OSError as error:
        raise Unreadable(1, f"cannot be read: {error.strerror}") from error


def values_of(text: str) -> Any:
    """Returns the plain values in a YAML text. Raises Unreadable."""
    with _as_unreadable(text):
        return yaml.load(text, Loader=Loader)  # noqa: S506  derived from a safe one


def lines_of(text: str) -> dict[Field, int]:
    """Returns the line of every field in a YAML text: `{("questions", "0", "prompt"): 3}`.

    Items of a list are named by their numbers from 0; lines are counted from 1. Raises Unreadable.
    """
    return dict(reversed(_fields(text)))


def given_twice(text: str) -> list[tuple[Field, int]]:
    """Returns fields that a YAML text has more than once, each with the line of the second. Raises Unreadable."""
    seen: Counter[Field] = Counter()
    found = []
    for field, line in _fields(text):
        seen[field] += 1
        if seen[field] == 2:
            found.append((field, line))
    return found


def no_text(text: str) -> list[tuple[str, int]]:
    """Returns names of outermost fields that YAML does not take for text, such as `on`, each with its line.

    Raises Unreadable.
    """
    root = _root(text)
    keys = (key for key, _ in root.value) if isinstance(root, yaml.MappingNode) else ()
    return [(str(key.value), key.start_mark.line + 1) for key in keys if key.tag != TEXT]


@contextmanager
def _as_unreadable(text: str) -> Iterator[None]:
    """Turns every way in which reading the text can fail into Unreadable, with a line."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark, last = error.problem_mark or error.context_mark, text.count("\n") + 1
        raise Unreadable(min(mark.line + 1, last) if mark else 1, error.problem or "is not YAML") from error
    except ReaderError as error:
        # Its own position counts characters or bytes, depending on the reader.
        found = Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise Unreadable(line, f"holds the control character #x{error.character:02x}") from error
    except yaml.YAMLError as error:
        raise Unreadable(1, str(error)) from error
    except RecursionError as error:
        raise Unreadable(1, "holds things in things too deeply to be read") from error


def _root(text: str) -> yaml.Node | None:
    with _as_unreadable(text):
        return yaml.compose(text, Loader=FAST)


def _fields(text: str) -> list[tuple[Field, int]]:
    root = _root(text)
    with _as_unreadable(text):
        return [] if root is None else list(_within(root, ()))


def _within(node: yaml.Node, at: Field) -> Iterator[tuple[Field, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = (*at, str(key.value))
            yield name, key.start_mark.line + 1
            yield from _within(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            name = (*at, str(number))
            yield name, value.start_mark.line + 1
            yield from _within(value, name)
