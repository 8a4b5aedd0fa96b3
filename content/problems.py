"""What is wrong in the files that authors write, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass

from content.source_location import SourceLocation


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a file, and where."""

    location: SourceLocation
    text: str

    def __str__(self) -> str:
        return f"{self.location}: {self.text}"


class ContentError(ValueError):
    """Content that must not be shown, and everything found wrong in it, each once, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))
