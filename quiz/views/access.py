"""Gives views the bank, attempt or answer that a request may use, or raises Http404."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from learners.request import LearnerRequest
from quiz.attempts.selectors import answer_of, attempt_of
from quiz.bank.loader import bank_of
from quiz.bank.model import Bank
from quiz.models import Answer, Attempt


def bank_for(lesson: str) -> Bank:
    """Returns the lesson's bank. Raises Http404."""
    if bank := bank_of(lesson):
        return bank
    raise Http404("This lesson has no knowledge check.")


def own_attempt(request: LearnerRequest, attempt_id: UUID) -> Attempt:
    """Returns the learner's own attempt. Raises Http404."""
    try:
        return attempt_of(learner=request.learner, attempt_id=attempt_id)
    except Attempt.DoesNotExist:
        raise Http404("You have no attempt at this address. Attempts can be seen only where they were made.") from None


def own_answer(request: LearnerRequest, answer_id: int) -> Answer:
    """Returns the learner's own answer. Raises Http404."""
    try:
        return answer_of(learner=request.learner, answer_id=answer_id)
    except Answer.DoesNotExist:
        raise Http404("You have no answer at this address. Answers can be seen only where they were given.") from None


def form_values(request: LearnerRequest) -> Mapping[str, Sequence[str]]:
    """Returns the submitted form, with all values of each field."""
    return dict(request.POST.lists())


def being_fixed(request: LearnerRequest, lesson: str) -> HttpResponse:
    """Returns a page with status 503 that says that the lesson's check cannot be taken until it is fixed."""
    return render(request, "quiz/being_fixed.html", {"lesson": lesson}, status=503)


def attempt_unavailable(request: LearnerRequest, lesson: str, why: Exception) -> HttpResponse:
    """Returns a page with status 409 that says why the attempt is unavailable, and links to the lesson's check."""
    return render(request, "quiz/attempt_unavailable.html", {"lesson": lesson, "why": str(why)}, status=409)
