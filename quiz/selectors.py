"""What is read about attempts."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from quiz.models import Attempt
from quiz.sheet import MarkedQuestion, marked_sheet


class State(StrEnum):
    """How far a learner is with a lesson's check."""

    UNTOUCHED = ""
    STARTED = "started"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Standing:
    """A learner's attempts at one lesson's check: the open one, and the finished ones, newest first."""

    open: Attempt | None
    finished: tuple[Attempt, ...]

    @property
    def best(self) -> Attempt | None:
        return max(self.finished, key=_share, default=None)

    @property
    def state(self) -> State:
        if any(attempt.has_passed for attempt in self.finished):
            return State.COMPLETED
        return State.STARTED if self.open or self.finished else State.UNTOUCHED


def _share(attempt: Attempt) -> Fraction:
    return Fraction(attempt.right_count or 0, attempt.question_count)


def standing(*, learner: str, lesson: str) -> Standing:
    """Where the learner stands; one query."""
    attempts = list(Attempt.objects.filter(learner=learner, lesson=lesson).defer("questions").order_by("-started_at"))
    return Standing(
        open=next((attempt for attempt in attempts if not attempt.is_committed), None),
        finished=tuple(attempt for attempt in attempts if attempt.is_committed),
    )


def attempt_of(*, learner: str, attempt_id: UUID) -> Attempt:
    """The learner's own attempt. Raises Attempt.DoesNotExist for anybody else's, as for none at all."""
    return Attempt.objects.get(pk=attempt_id, learner=learner)


def marked(attempt: Attempt) -> tuple[MarkedQuestion, ...]:
    """The committed attempt with picks, marks and reasons, all as they stood when it was graded."""
    answers = list(attempt.answers.all())
    picks = {answer.question: answer.picks for answer in answers}
    return marked_sheet(attempt.asked(), picks, {answer.question: answer.is_right for answer in answers})
