"""Describes what is wrong in the files that authors write."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from content.source_location import SourceLocation

Source = TypeVar("Source")
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a file, with its line."""

    location: SourceLocation
    text: str

    def __str__(self) -> str:
        return f"{self.location}: {self.text}"


class ContentError(ValueError):
    """Content that must not be shown. `problems` is all that is wrong in it, each once, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def load_each(load: Callable[[Source], Loaded], sources: Iterable[Source], problems: list[Problem]) -> list[Loaded]:
    """Returns what `load` makes of each source, and adds what is wrong with the others to `problems`."""
    loaded = []
    for source in sources:
        try:
            loaded.append(load(source))
        except ContentError as error:
            problems += error.problems
    return loaded
