"""What is read about attempts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone

from quiz.attempts.feedback import MarkedQuestion, mark
from quiz.attempts.selection import History
from quiz.bank.loader import bank_of
from quiz.bank.model import Bank, Question
from quiz.models import Answer, Attempt, Purpose, Review


class State(StrEnum):
    """How far a learner is with a lesson's check."""

    UNTOUCHED = ""
    STARTED = "started"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Progress:
    """A learner's attempts at one lesson's check: the open one, and the finished ones, newest first. No practice."""

    open: Attempt | None
    finished: tuple[Attempt, ...]

    @property
    def first(self) -> Attempt | None:
        return self.finished[-1] if self.finished else None

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


def progress(*, learner: str, lesson: str) -> Progress:
    """Where the learner stands; one query."""
    checks = Attempt.objects.filter(learner=learner, lesson=lesson, purpose=Purpose.CHECK)
    attempts = list(checks.defer("questions").order_by("-started_at"))
    return Progress(
        open=next((attempt for attempt in attempts if not attempt.is_committed), None),
        finished=tuple(attempt for attempt in attempts if attempt.is_committed),
    )


def open_check(*, learner: str, lesson: str) -> Attempt | None:
    """The learner's check of that lesson that is not over; at most one is."""
    return Attempt.objects.filter(learner=learner, lesson=lesson, purpose=Purpose.CHECK, committed_at=None).first()


def states(*, learner: str) -> Mapping[str, State]:
    """How far the learner is with each lesson whose check they began; one query."""
    found: dict[str, State] = {}
    for attempt in Attempt.objects.filter(learner=learner, purpose=Purpose.CHECK).defer("questions"):
        if attempt.has_passed:
            found[attempt.lesson] = State.COMPLETED
        else:
            found.setdefault(attempt.lesson, State.STARTED)
    return found


def attempt_of(*, learner: str, attempt_id: UUID) -> Attempt:
    """The learner's own attempt. Raises Attempt.DoesNotExist for anybody else's, as for none at all."""
    return Attempt.objects.get(pk=attempt_id, learner=learner)


def answer_of(*, learner: str, answer_id: int) -> Answer:
    """The learner's own answer. Raises Answer.DoesNotExist for anybody else's, as for none at all."""
    return Answer.objects.select_related("attempt").get(pk=answer_id, attempt__learner=learner)


def marked(attempt: Attempt) -> tuple[MarkedQuestion, ...]:
    """What is answered of the attempt, with picks, marks and reasons as they stood when it was graded."""
    answers = {answer.question: answer for answer in attempt.answers.all()}
    asked = enumerate(attempt.asked(), start=1)
    return tuple(mark(each, number, answers[each.id]) for number, each in asked if each.id in answers)


def unanswered(attempt: Attempt) -> dict[int, Question]:
    """The questions that are still open, under their numbers."""
    known = set(attempt.answers.values_list("question", flat=True))
    return {number: each for number, each in enumerate(attempt.asked(), start=1) if each.id not in known}


def needing_review(attempt: Attempt) -> tuple[Question, ...]:
    """What was missed or only guessed, as it was asked."""
    wanted = {answer.question for answer in attempt.answers.all() if answer.needs_review}
    return tuple(each for each in attempt.asked() if each.id in wanted)


def history(*, learner: str, lesson: str) -> History:
    """What this learner has answered of the lesson before, in whatever sitting."""
    answers = Answer.objects.filter(attempt__learner=learner, attempt__lesson=lesson)
    rows = answers.values("question").annotate(times=Count("pk"), last=Max("attempt__started_at"))
    return {row["question"]: (row["times"], row["last"].timestamp()) for row in rows}


def due(*, learner: str, lesson: str = "") -> Mapping[str, list[str]]:
    """The ids of the questions that are due for review, longest due first, under their lessons; one query.

    What has left its bank is left out, and so are lessons whose check is open: practice rests meanwhile.
    """
    checks = Attempt.objects.filter(
        learner=OuterRef("learner"), lesson=OuterRef("lesson"), purpose=Purpose.CHECK, committed_at=None
    )
    reviews = Review.objects.filter(~Exists(checks), learner=learner, due_at__lte=timezone.now()).order_by("due_at")
    found: dict[str, list[str]] = {}
    for review in reviews.filter(lesson=lesson) if lesson else reviews:
        if _holds(bank_of(review.lesson), review.question):
            found.setdefault(review.lesson, []).append(review.question)
    return found


def _holds(bank: Bank | None, question: str) -> bool:
    return bank is not None and any(each.id == question for each in bank.questions)
