"""Reads attempts, answers and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone

from quiz.attempts.feedback import QuestionFeedback, feedback_on
from quiz.attempts.selection import History
from quiz.bank.loader import bank_of
from quiz.bank.model import Bank, Question
from quiz.models import Answer, Attempt, AttemptPace, Purpose, Review


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
    """Returns the learner's progress in one lesson's check, by one query."""
    checks = Attempt.objects.filter(learner=learner, lesson=lesson, purpose=Purpose.CHECK)
    attempts = list(checks.defer("questions").order_by("-started_at"))
    return Progress(
        open=next((attempt for attempt in attempts if not attempt.is_committed), None),
        finished=tuple(attempt for attempt in attempts if attempt.is_committed),
    )


def open_check(*, learner: str, lesson: str) -> Attempt | None:
    """Returns the learner's unfinished check of that lesson, of which there is at most one."""
    return Attempt.objects.filter(learner=learner, lesson=lesson, purpose=Purpose.CHECK, committed_at=None).first()


def open_attempt_to_protect(*, learner: str, lesson: str, question: str) -> Attempt | None:
    """Returns an unfinished attempt that the reasons of the question could help with: a check, or any that asks it."""
    unfinished = Attempt.objects.filter(learner=learner, lesson=lesson, committed_at=None)
    return next((each for each in unfinished if not each.is_practice or each.asks(question)), None)


def other_pace(attempt: Attempt) -> AttemptPace | None:
    """Returns the other way to answer an attempt; None once it has an answer, which cannot be asked for again."""
    if attempt.answers.exists():
        return None
    return AttemptPace.TOGETHER if attempt.is_singly else AttemptPace.SINGLY


def states(*, learner: str) -> Mapping[str, State]:
    """Returns the state of each lesson whose check the learner began, by one query."""
    found: dict[str, State] = {}
    for attempt in Attempt.objects.filter(learner=learner, purpose=Purpose.CHECK).defer("questions"):
        if attempt.has_passed:
            found[attempt.lesson] = State.COMPLETED
        else:
            found.setdefault(attempt.lesson, State.STARTED)
    return found


def attempt_of(*, learner: str, attempt_id: UUID) -> Attempt:
    """Returns the learner's own attempt. Raises Attempt.DoesNotExist for anybody else's too."""
    return Attempt.objects.get(pk=attempt_id, learner=learner)


def answer_of(*, learner: str, answer_id: int) -> Answer:
    """Returns the learner's own answer. Raises Answer.DoesNotExist for anybody else's too."""
    return Answer.objects.select_related("attempt").get(pk=answer_id, attempt__learner=learner)


def feedback_of(attempt: Attempt) -> tuple[QuestionFeedback, ...]:
    """Returns the feedback on each answered question of the attempt, as it was when graded."""
    answers = {answer.question: answer for answer in attempt.answers.all()}
    asked = enumerate(attempt.asked(), start=1)
    return tuple(feedback_on(each, number, answers[each.id]) for number, each in asked if each.id in answers)


def unanswered(attempt: Attempt) -> dict[int, Question]:
    """Returns the questions without an answer, by their numbers."""
    known = set(attempt.answers.values_list("question", flat=True))
    return {number: each for number, each in enumerate(attempt.asked(), start=1) if each.id not in known}


def needing_review(attempt: Attempt) -> tuple[Question, ...]:
    """Returns the questions that were missed or only guessed, as they were asked."""
    wanted = {answer.question for answer in attempt.answers.all() if answer.needs_review}
    return tuple(each for each in attempt.asked() if each.id in wanted)


def history(*, learner: str, lesson: str) -> History:
    """Returns what this learner has answered of the lesson before, in any attempt."""
    answers = Answer.objects.filter(attempt__learner=learner, attempt__lesson=lesson)
    rows = answers.values("question").annotate(times=Count("pk"), last=Max("attempt__started_at"))
    return {row["question"]: (row["times"], row["last"].timestamp()) for row in rows}


def due(*, learner: str, lesson: str = "") -> Mapping[str, list[str]]:
    """Returns the ids of the questions due for review, longest due first, by lesson. Takes one query.

    Leaves out questions that have left their bank, and lessons whose check is open: practice would show its keys.
    """
    checks = Attempt.objects.filter(
        learner=OuterRef("learner"), lesson=OuterRef("lesson"), purpose=Purpose.CHECK, committed_at=None
    )
    reviews = Review.objects.filter(~Exists(checks), learner=learner, due_at__lte=timezone.now()).order_by("due_at")
    found: dict[str, list[str]] = {}
    for review in reviews.filter(lesson=lesson) if lesson else reviews:
        if _contains(bank_of(review.lesson), review.question):
            found.setdefault(review.lesson, []).append(review.question)
    return found


def _contains(bank: Bank | None, question: str) -> bool:
    return bank is not None and any(each.id == question for each in bank.questions)
