"""Says how far a learner came in a mock interview, by what they ticked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.interview.model import Interview, InterviewQuestion, RubricPoint, Seniority


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """A question with what the learner did: `text` is "" where they answered aloud.

    `ticked` are the keys of the points that they said; None until they have compared.
    """

    question: InterviewQuestion
    is_answered: bool
    text: str
    ticked: frozenset[str] | None

    @property
    def is_compared(self) -> bool:
        return self.ticked is not None

    @property
    def rubric(self) -> list[tuple[Seniority, list[tuple[RubricPoint, bool]]]]:
        """Returns the points of each level, and whether each is ticked."""
        ticked = self.ticked or frozenset()
        return [
            (seniority, [(point, point.key in ticked) for point in self.question.points_of(seniority)])
            for seniority in Seniority
        ]

    @property
    def missed(self) -> list[RubricPoint]:
        """Returns the points that they did not say; none before they have compared."""
        return [] if self.ticked is None else [one for one in self.question.points if one.key not in self.ticked]


@dataclass(frozen=True, slots=True)
class LevelScore:
    """How many of the points of one level were said, in the questions that were compared."""

    seniority: Seniority
    said: int
    total: int

    @property
    def is_full(self) -> bool:
        return self.said == self.total

    @property
    def in_words(self) -> str:
        count = f"all {self.total}" if self.is_full else f"{self.said} of {self.total}"
        return f"{count} {self.seniority.label.lower()} points"


def records_of(interview: Interview, answers: Mapping[str, Any]) -> tuple[QuestionRecord, ...]:
    """Returns a record of each question, from what is stored of an attempt."""
    return tuple(_record(question, answers.get(question.id)) for question in interview.questions)


def _record(question: InterviewQuestion, stored: Mapping[str, Any] | None) -> QuestionRecord:
    if stored is None:
        return QuestionRecord(question, False, "", None)
    points = stored["points"]
    return QuestionRecord(question, True, stored["text"], None if points is None else frozenset(points))


def scores(records: tuple[QuestionRecord, ...]) -> list[LevelScore]:
    """Returns the score of each level."""
    compared = [record for record in records if record.is_compared]
    counted = ((level, [record.question.points_of(level) for record in compared]) for level in Seniority)
    missed = [point for record in compared for point in record.missed]
    totals = ((level, sum(map(len, points))) for level, points in counted)
    return [
        LevelScore(level, total - sum(point.seniority is level for point in missed), total) for level, total in totals
    ]


def summarised(records: tuple[QuestionRecord, ...]) -> str:
    """Says the level that was reached: every full level, and how far the next one came."""
    compared = sum(record.is_compared for record in records)
    if not compared:
        return "nothing compared yet"
    reached = scores(records)
    first_open = next((at for at, score in enumerate(reached) if not score.is_full), len(reached) - 1)
    words = [score.in_words for score in reached[: first_open + 1]]
    said = f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
    where = "" if compared == len(records) else f", in {compared} of {len(records)} questions"
    return f"{said}{where}"
