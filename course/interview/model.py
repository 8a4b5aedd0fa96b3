"""Describes a mock interview as frozen data, read from the `interview.yaml` of its lesson."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.db.models.enums import TextChoices

from content.source_location import SourceLocation


class Seniority(TextChoices):
    """The levels for which engineers are interviewed; each expects what those before it do, and more."""

    MID = "mid", "Mid"
    SENIOR = "senior", "Senior"
    STAFF = "staff", "Staff"


@dataclass(frozen=True, slots=True)
class RubricPoint:
    """Something that an interviewer hopes to hear. `paragraph` is the anchor of the lesson where it is explained."""

    seniority: Seniority
    text: str
    paragraph: str
    location: SourceLocation

    @property
    def key(self) -> str:
        """What a tick refers to. It changes with the words, since a tick is about these."""
        return sha256(self.text.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """A question with its rubric. `experiment` names one that shows the answer; `location` is where it is named."""

    id: str
    prompt: str
    experiment: str
    points: tuple[RubricPoint, ...]
    location: SourceLocation

    def points_of(self, seniority: Seniority) -> tuple[RubricPoint, ...]:
        return tuple(point for point in self.points if point.seniority is seniority)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(point.key for point in self.points)


@dataclass(frozen=True, slots=True)
class Interview:
    """The questions of a lesson's mock interview, in the order in which they are asked. `lesson` is its slug."""

    lesson: str
    questions: tuple[InterviewQuestion, ...]

    def find(self, question: str) -> InterviewQuestion | None:
        """Returns the question with that id."""
        return next((one for one in self.questions if one.id == question), None)

    def after(self, question: InterviewQuestion) -> Iterator[InterviewQuestion]:
        """Yields the questions that follow."""
        yield from self.questions[self.questions.index(question) + 1 :]
