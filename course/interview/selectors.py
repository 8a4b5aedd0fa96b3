"""Reads the interviews that a learner took."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from course.models import InterviewAttempt


def attempts_at(lesson: str, learner: str) -> QuerySet[InterviewAttempt]:
    """Returns the learner's attempts at a lesson's interview, the newest first."""
    return InterviewAttempt.objects.filter(learner=learner, lesson=lesson).order_by("-begun_at")


def attempts_left_over(current: Collection[str], learner: str) -> QuerySet[InterviewAttempt]:
    """Returns the learner's attempts at interviews of lessons other than the `current` ones, the newest first."""
    return InterviewAttempt.objects.filter(learner=learner).exclude(lesson__in=current).order_by("-begun_at")


def attempt_of(learner: str, pk: UUID) -> InterviewAttempt | None:
    """Returns the attempt if it is the learner's."""
    return InterviewAttempt.objects.filter(pk=pk, learner=learner).first()
