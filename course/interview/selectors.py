"""Reads the interviews that a learner took."""

from uuid import UUID

from django.db.models import QuerySet

from course.models import InterviewAttempt


def attempts_at(lesson: str, learner: str) -> QuerySet[InterviewAttempt]:
    """Returns the learner's attempts at a lesson's interview, the newest first."""
    return InterviewAttempt.objects.filter(learner=learner, lesson=lesson).order_by("-begun_at")


def attempt_of(learner: str, pk: UUID) -> InterviewAttempt | None:
    """Returns the attempt if it is the learner's."""
    return InterviewAttempt.objects.filter(pk=pk, learner=learner).first()
