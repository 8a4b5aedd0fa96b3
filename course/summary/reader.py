"""Reads the `summary.yaml` of each lesson that has one, and takes what it names from the lesson."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.last_valid import LastValid
from content.lesson_files import SUMMARY, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError, Problem, load_each
from content.schema import AtLeastOne, AuthoredEntry, Text, validate
from content.source_location import SourceLocation
from content.suggest import suggest
from content.yaml_source import read_document
from course.summary.blocks import Block, BlockKind


class SummaryPartEntry(AuthoredEntry):
    """A part of the lesson: the first of its kind below the heading with that anchor, or the one with that anchor."""

    take: BlockKind
    at: Text


class SummarySectionEntry(AuthoredEntry):
    """A section of the summary."""

    title: Text
    parts: AtLeastOne[SummaryPartEntry]


class SummaryEntry(AuthoredEntry):
    """A `summary.yaml`."""

    sections: AtLeastOne[SummarySectionEntry]


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A block of the lesson that the summary takes. `location` is where it is named."""

    kind: BlockKind
    anchor: str
    location: SourceLocation

    def find(self, blocks: Sequence[Block]) -> Block | None:
        """Returns the block of these that is meant."""
        return next((one for one in blocks if one.kind is self.kind and self.anchor in one.anchors), None)


@dataclass(frozen=True, slots=True)
class SummarySection:
    """A title and the parts below it."""

    title: str
    parts: tuple[SummaryPart, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a summary holds. `lesson` is the slug of its lesson."""

    lesson: str
    sections: tuple[SummarySection, ...]


def summaries() -> Mapping[str, Summary]:
    """Returns every summary by its lesson, from the current files; while one is wrong, as before (`LastValid`)."""
    root = lessons_root()
    return _summaries(root, fingerprint_of(files_of_lessons(root, SUMMARY)))


def read_summaries(root: Path) -> Mapping[str, Summary]:
    """Reads every summary below `root`. Raises ContentError with everything that is wrong, in any file."""
    problems: list[Problem] = []
    found = load_each(_read, files_of_lessons(root, SUMMARY), problems)
    if problems:
        raise ContentError(problems)
    return {summary.lesson: summary for summary in found}


_summaries = LastValid(read_summaries)


def missing_parts(summary: Summary, blocks: Sequence[Block], anchors: Collection[str]) -> Iterator[Problem]:
    """Yields a problem for each part that the lesson with these blocks and anchors does not have."""
    for part in (part for section in summary.sections for part in section.parts):
        if part.anchor not in anchors:
            text = f"at: the lesson has no anchor #{part.anchor}{suggest(part.anchor, anchors)}"
            yield Problem(part.location, text)
        elif not part.find(blocks):
            yield Problem(part.location, f"at: the lesson has no {part.kind} at #{part.anchor} or below that heading")


def _read(file: Path) -> Summary:
    source = read_document(file)
    sections = tuple(
        SummarySection(
            section.title,
            tuple(
                SummaryPart(part.take, part.at, source.location(("sections", str(at), "parts", str(nth), "at")))
                for nth, part in enumerate(section.parts)
            ),
        )
        for at, section in enumerate(validate(SummaryEntry, source).sections)
    )
    return Summary(file.parent.name, sections)
