"""Every change of what learners did in mock interviews."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from course.interview.model import InterviewQuestion
from course.models import LONGEST_INTERVIEW_ANSWER, InterviewAttempt


class BadInterviewAnswer(Exception):
    """The text is no answer that can be kept; the message says what is allowed."""


@transaction.atomic
def begin(lesson: str, learner: str) -> InterviewAttempt:
    """Begins an attempt, in place of those in which nothing was answered."""
    InterviewAttempt.objects.filter(lesson=lesson, learner=learner, answers={}).delete()
    return InterviewAttempt.objects.create(lesson=lesson, learner=learner)


def clean(text: str) -> str:
    """Returns a written answer without space around it. Raises BadInterviewAnswer."""
    answer = text.replace("\r\n", "\n").strip()
    if not answer:
        raise BadInterviewAnswer("Write a few words first, or answer aloud.")
    if len(answer) > LONGEST_INTERVIEW_ANSWER:
        allowed = f"an answer has at most {LONGEST_INTERVIEW_ANSWER:,}"
        raise BadInterviewAnswer(f"That is {len(answer):,} characters; {allowed}.")
    return answer


def answer(attempt: InterviewAttempt, question: InterviewQuestion, *, text: str) -> None:
    """Keeps an answer; the text is "" for one given aloud. What was ticked stays."""
    _change(attempt, question, text=text)


def tick(attempt: InterviewAttempt, question: InterviewQuestion, *, keys: Collection[str]) -> None:
    """Keeps which points of the rubric the learner says they made; others than the rubric's are left out."""
    _change(attempt, question, points=sorted(question.keys & set(keys)))


@transaction.atomic
def _change(attempt: InterviewAttempt, question: InterviewQuestion, **changes: Any) -> None:
    """Changes what is stored of one question, in the row as it is now."""
    row = InterviewAttempt.objects.select_for_update().get(pk=attempt.pk)
    before = row.answers.get(question.id, {"text": "", "points": None})
    row.answers[question.id] = {**before, **changes}
    row.save(update_fields=["answers"])


def delete(attempt: InterviewAttempt) -> None:
    attempt.delete()
