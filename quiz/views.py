"""The pages of the knowledge check: introduction, questions, result."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from quiz.grading import PASS_PERCENT, needed
from quiz.loader import bank_of
from quiz.models import Attempt
from quiz.records import Bank
from quiz.selectors import attempt_of, marked, standing
from quiz.services import commit_answers, start_attempt
from quiz.sheet import Picks, TamperedAnswerError, blank_sheet, read_picks


class LearnerRequest(HttpRequest):
    """A request as the middleware leaves it."""

    learner: str
    htmx: HtmxDetails


def _bank(lesson: str) -> Bank:
    if bank := bank_of(lesson):
        return bank
    raise Http404("This lesson has no knowledge check.")


def _own_attempt(request: LearnerRequest, attempt_id: UUID) -> Attempt:
    try:
        return attempt_of(learner=request.learner, attempt_id=attempt_id)
    except Attempt.DoesNotExist:
        raise Http404("You have no attempt at this address. Attempts can be seen only where they were made.") from None


def _picks(request: LearnerRequest, attempt: Attempt) -> Picks:
    try:
        return read_picks(attempt.asked(), dict(request.POST.lists()))
    except TamperedAnswerError as error:
        raise BadRequest(str(error)) from error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: LearnerRequest, lesson: str) -> HttpResponse:
    """The introduction; a POST starts an attempt, or goes on with the open one."""
    bank = _bank(lesson)
    if request.method == "POST":
        return redirect("quiz:attempt", start_attempt(learner=request.learner, bank=bank).pk)
    count = len(bank.objectives)
    context = {
        "bank": bank,
        "count": count,
        "needed": needed(count),
        "percent": PASS_PERCENT,
        "standing": standing(learner=request.learner, lesson=lesson),
    }
    return render(request, "quiz/check.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """The questions, and once answered the result, at one address."""
    attempt = _own_attempt(request, attempt_id)
    if attempt.is_committed:
        return render(request, "quiz/result.html", {"attempt": attempt, "questions": marked(attempt)})
    if request.method == "POST":
        return _commit(request, attempt)
    return _ask(request, attempt)


def _ask(request: LearnerRequest, attempt: Attempt, picks: Picks | None = None) -> HttpResponse:
    questions = blank_sheet(attempt.asked(), picks)
    missing = [question for question in questions if question.is_missing]
    context = {"attempt": attempt, "questions": questions, "missing": missing}
    return render(request, "quiz/questions.html", context, status=422 if missing else 200)


def _commit(request: LearnerRequest, attempt: Attempt) -> HttpResponse:
    picks = _picks(request, attempt)
    if not all(picks.values()):
        return _ask(request, attempt, picks)
    commit_answers(attempt=attempt, picks=picks)
    return redirect(reverse("quiz:attempt", args=[attempt.pk]) + "#result")
