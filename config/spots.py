"""Where in a file something stands, told as compilers do: `course/lessons/basics/outbox.md:12`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
# The one in C reads a bank in a tenth of the time, and every start reads all of them.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Field = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A line of a file, counted from 1. Files of the project are named from its root."""

    file: Path
    line: int

    def __str__(self) -> str:
        file = self.file.resolve()
        return f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}:{self.line}"


def lines_of(text: str) -> dict[Field, int]:
    """The line of every field in a YAML text, the first at line 1: `("questions", "0", "prompt")`.

    A place in a list is named by its number from 0. Raises yaml.YAMLError for what is not YAML.
    """
    root = yaml.compose(text, Loader=LOADER)
    return {} if root is None else dict(reversed(list(_fields(root, ()))))


def given_twice(text: str) -> list[tuple[Field, int]]:
    """Fields that a YAML text gives more than once, each with the line of its second place."""
    root = yaml.compose(text, Loader=LOADER)
    seen: Counter[Field] = Counter()
    found = []
    for field, line in () if root is None else _fields(root, ()):
        seen[field] += 1
        if seen[field] == 2:
            found.append((field, line))
    return found


def _fields(node: yaml.Node, at: Field) -> Iterator[tuple[Field, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = (*at, str(key.value))
            yield name, key.start_mark.line + 1
            yield from _fields(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            name = (*at, str(number))
            yield name, value.start_mark.line + 1
            yield from _fields(value, name)
