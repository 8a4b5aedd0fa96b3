"""Names a line of a file as compilers do: `course/lessons/basics/outbox/lesson.md:12`."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, order=True)
class SourceLocation:
    """A line of a file, counted from 1. Files of the project are named from its root."""

    file: Path
    line: int

    def __str__(self) -> str:
        file = self.file.resolve()
        return f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}:{self.line}"
