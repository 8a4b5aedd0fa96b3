"""Every change of what learners did in mock interviews."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from course.interview.model import InterviewQuestion
from course.models import LONGEST_INTERVIEW_ANSWER, InterviewAttempt


class BadInterviewAnswer(Exception):
    """The text is no answer that can be kept; the message says what is allowed."""


class NoSuchInterview(LookupError):
    """The attempt does not exist any more: it was deleted meanwhile, as in another tab."""


@transaction.atomic
def begin(lesson: str, learner: str) -> InterviewAttempt:
    """Begins an attempt, or the newest one anew in which nothing was answered: a second click begins no other."""
    begun = InterviewAttempt.objects.select_for_update().filter(lesson=lesson, learner=learner, answers={})
    attempt = begun.order_by("-begun_at").first() or InterviewAttempt(lesson=lesson, learner=learner)
    attempt.begun_at = now()
    attempt.save()
    return attempt


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
    """Keeps an answer; the text is "" for one given aloud. What was ticked stays. Raises NoSuchInterview."""
    _change(attempt, question, text=text)


def tick(attempt: InterviewAttempt, question: InterviewQuestion, *, keys: Collection[str]) -> None:
    """Keeps which points of the rubric the learner says they made; others than the rubric's are left out.

    Raises NoSuchInterview.
    """
    _change(attempt, question, points=sorted(question.keys & set(keys)))


@transaction.atomic
def _change(attempt: InterviewAttempt, question: InterviewQuestion, **changes: Any) -> None:
    """Changes what is stored of one question, in the row as it is now."""
    row = InterviewAttempt.objects.select_for_update().filter(pk=attempt.pk).first()
    if row is None:
        raise NoSuchInterview
    before = row.answers.get(question.id, {"text": "", "points": None})
    row.answers[question.id] = {**before, **changes}
    row.save(update_fields=["answers"])


def delete(attempt: InterviewAttempt) -> None:
    attempt.delete()
