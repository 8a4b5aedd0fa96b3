"""Describes what is wrong in the files that authors write."""

from collections.abc import Iterable
from dataclasses import dataclass

from content.source_location import SourceLocation


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
