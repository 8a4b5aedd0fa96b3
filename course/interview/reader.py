"""Reads the `interview.yaml` of each lesson that has one."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from content.last_valid import LastValid
from content.lesson_files import INTERVIEW, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError, Problem, load_each
from content.schema import AtLeastOne, AuthoredEntry, Name, Text, validate
from content.suggest import suggest
from content.yaml_source import Document, Field, read_document
from course.interview.model import Interview, InterviewQuestion, RubricPoint, Seniority

FEWEST_POINTS, MOST_POINTS = 2, 4


class PointEntry(AuthoredEntry):
    """A point of a rubric."""

    text: Text
    paragraph: Text


class InterviewQuestionEntry(AuthoredEntry):
    """A question of an `interview.yaml`, with a rubric for each level."""

    id: Name
    prompt: Text
    experiment: Text
    mid: AtLeastOne[PointEntry]
    senior: AtLeastOne[PointEntry]
    staff: AtLeastOne[PointEntry]

    def points_of(self, seniority: Seniority) -> tuple[PointEntry, ...]:
        points: tuple[PointEntry, ...] = getattr(self, seniority)
        return points


class InterviewEntry(AuthoredEntry):
    """An `interview.yaml`."""

    questions: AtLeastOne[InterviewQuestionEntry]


def interviews() -> Mapping[str, Interview]:
    """Returns every interview by its lesson, from the current files; while one is wrong, as before (`LastValid`)."""
    root = lessons_root()
    return _interviews(root, fingerprint_of(files_of_lessons(root, INTERVIEW)))


def read_interviews(root: Path) -> Mapping[str, Interview]:
    """Reads every interview below `root`. Raises ContentError with everything that is wrong, in any file."""
    problems: list[Problem] = []
    found = load_each(_read, files_of_lessons(root, INTERVIEW), problems)
    if problems:
        raise ContentError(problems)
    return {interview.lesson: interview for interview in found}


_interviews = LastValid(read_interviews)


def unknown_paragraphs(interview: Interview, anchors: Collection[str]) -> Iterator[Problem]:
    """Yields a problem for each point that names none of these anchors of the lesson."""
    for question in interview.questions:
        for point in question.points:
            if point.paragraph not in anchors:
                hint = suggest(point.paragraph, anchors)
                text = f"question {question.id!r}: paragraph: the lesson has no anchor #{point.paragraph}{hint}"
                yield Problem(point.location, text)


def _read(file: Path) -> Interview:
    source = read_document(file)
    entries = validate(InterviewEntry, source).questions
    questions = tuple(_question(entry, ("questions", str(at)), source) for at, entry in enumerate(entries))
    if problems := list(_misfits(entries, source)):
        raise ContentError(problems)
    return Interview(file.parent.name, questions)


def _question(entry: InterviewQuestionEntry, field: Field, source: Document) -> InterviewQuestion:
    points = (
        RubricPoint(seniority, point.text, point.paragraph, source.location((*field, seniority, str(at), "paragraph")))
        for seniority in Seniority
        for at, point in enumerate(entry.points_of(seniority))
    )
    return InterviewQuestion(
        entry.id, entry.prompt, entry.experiment, tuple(points), source.location((*field, "experiment"))
    )


def _misfits(entries: tuple[InterviewQuestionEntry, ...], source: Document) -> Iterator[Problem]:
    """Yields problems of values that are valid, but do not fit the others."""
    ids = Counter(entry.id for entry in entries)
    for at, entry in enumerate(entries):
        field = ("questions", str(at))
        if ids[entry.id] > 1:
            yield Problem(source.location((*field, "id")), f"question {entry.id!r} has the id of another one")
        for seniority, text in _misfits_in(entry):
            yield Problem(source.location((*field, seniority)), f"question {entry.id!r}: {seniority} {text}")


def _misfits_in(entry: InterviewQuestionEntry) -> Iterator[tuple[Seniority, str]]:
    """Yields each level with too few or too many points, and each with a point that is there twice."""
    texts = Counter(point.text for seniority in Seniority for point in entry.points_of(seniority))
    for seniority in Seniority:
        points = entry.points_of(seniority)
        if not FEWEST_POINTS <= len(points) <= MOST_POINTS:
            yield seniority, f"needs {FEWEST_POINTS} to {MOST_POINTS} points, and has {len(points)}"
        for point in points:
            if texts[point.text] > 1:
                yield seniority, f"has a point that is there twice: {point.text!r}"
