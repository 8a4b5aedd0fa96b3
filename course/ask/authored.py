"""Reads what authors add for questions: `ask.yaml` beside a lesson, and one beside all of them.

also_asked_as: words in which learners ask, by the beginning of the passage that answers them
not_covered: neighbouring topics, and questions about them, that the lesson has no answer to
suggested: questions that the page offers
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from content.lesson_files import ASK, lessons
from content.problems import ContentError, Problem
from content.schema import AuthoredEntry, Texts, validate
from content.source_location import SourceLocation
from content.suggest import suggest
from content.yaml_source import read_document
from course.ask.passages import Passage


class AskEntry(AuthoredEntry):
    """An `ask.yaml`."""

    also_asked_as: dict[str, Texts] = {}
    not_covered: Texts = ()
    suggested: Texts = ()


@dataclass(frozen=True, slots=True)
class AskedAs:
    """Words in which learners ask for a passage, which `beginning` finds."""

    beginning: str
    lines: tuple[str, ...]
    location: SourceLocation


@dataclass(frozen=True, slots=True)
class Authored:
    """An `ask.yaml`; `lesson` is the slug of the lesson beside it, "" for all lessons."""

    lesson: str
    also_asked_as: tuple[AskedAs, ...] = ()
    not_covered: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()


def read_all(root: Path) -> tuple[Authored, ...]:
    """Reads every `ask.yaml` below `root`. Raises ContentError with everything that is wrong, in any file."""
    files = {"": root / ASK, **{folder.name: folder / ASK for folder in lessons(root)}}
    found: list[Authored] = []
    problems: list[Problem] = []
    for lesson, file in files.items():
        if file.exists():
            try:
                found.append(_read(lesson, file))
            except ContentError as error:
                problems += error.problems
    if problems:
        raise ContentError(problems)
    return tuple(found)


def _read(lesson: str, file: Path) -> Authored:
    document = read_document(file)
    entry = validate(AskEntry, document)
    asked = (
        AskedAs(beginning, lines, document.location(("also_asked_as", beginning)))
        for beginning, lines in entry.also_asked_as.items()
    )
    return Authored(lesson, tuple(asked), entry.not_covered, entry.suggested)


def passage_of(asked: AskedAs, passages: Mapping[str, Passage]) -> Passage | None:
    """Returns the one of these passages, by their texts, that begins so; None where none does, or several do."""
    found = [passage for text, passage in passages.items() if text.startswith(asked.beginning)]
    return found[0] if len(found) == 1 else None


def orphans(authored: Authored, passages: Mapping[str, Passage]) -> Iterator[Problem]:
    """Yields a problem for each beginning that finds no passage, or several."""
    for asked in authored.also_asked_as:
        found = [text for text in passages if text.startswith(asked.beginning)]
        if len(found) != 1:
            hint = suggest(asked.beginning, {text[: len(asked.beginning)] for text in passages})
            what = f"begins {len(found)} passages; write more of its words" if found else f"begins no passage{hint}"
            yield Problem(asked.location, f"also_asked_as: {asked.beginning!r} {what}")
