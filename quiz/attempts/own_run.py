"""Describes for a page the learner's own run that a question is about."""

from dataclasses import dataclass
from datetime import datetime

from quiz.bank.model import Question


@dataclass(frozen=True)
class OwnRun:
    """The run: when it started, its address at the moment that shows the answer, and at the one before.

    Attempts that were begun earlier do not know when it started or the moment before, and the question `counts`.
    """

    address: str
    before: str
    started_at: datetime | None
    counts: bool


def own_run(question: Question) -> OwnRun | None:
    """Returns the run that the question is about; None where it is about none."""
    if not question.run:
        return None
    started_at = datetime.fromisoformat(question.run_started_at) if question.run_started_at else None
    return OwnRun(question.run, question.run_before, started_at, question.counts)
