"""Starts attempts: the check, the retry of what was missed, and the review of what is due."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from learners.request import LearnerRequest
from quiz.attempts.selectors import needing_review, other_pace, progress
from quiz.attempts.services import AttemptUnavailable, end_attempt, start_attempt, start_retry, start_review
from quiz.bank.grading import PASS_PERCENT, needed
from quiz.bank.loader import is_being_fixed
from quiz.models import AttemptPace
from quiz.views.access import attempt_unavailable, bank_for, being_fixed, own_attempt


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: LearnerRequest, lesson: str) -> HttpResponse:
    """Shows the introduction; a POST starts an attempt, or continues the open one."""
    if is_being_fixed(lesson):
        return being_fixed(request, lesson)
    bank = bank_for(lesson)
    if request.method == "POST":
        return redirect("quiz:attempt", start_attempt(learner=request.learner, bank=bank, pace=_pace(request)).pk)
    count, known = len(bank.objectives), progress(learner=request.learner, lesson=lesson)
    context = {
        "bank": bank,
        "count": count,
        "needed": needed(count),
        "percent": PASS_PERCENT,
        "progress": known,
        "other_pace": known.open and other_pace(known.open),
        "needing_review": known.finished and not known.open and len(needing_review(known.finished[0])),
    }
    return render(request, "quiz/check.html", context)


@require_POST
def end(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """Ends an attempt with the answers that it has, and shows its result."""
    attempt = own_attempt(request, attempt_id)
    end_attempt(attempt=attempt)
    return redirect("quiz:attempt", attempt.pk)


def _pace(request: LearnerRequest) -> AttemptPace | None:
    """Returns the chosen pace, if one is chosen. Raises BadRequest for an unknown one."""
    given = request.POST.get("pace")
    if given is None:
        return None
    if given not in AttemptPace.values:
        raise BadRequest(f"“{given[:40]}” is no way to take the check; use one of {', '.join(AttemptPace.values)}.")
    return AttemptPace(given)


@require_POST
def retry(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """Starts practice of what a finished attempt missed, or continues the open one."""
    attempt = own_attempt(request, attempt_id)
    if is_being_fixed(attempt.lesson):
        return being_fixed(request, attempt.lesson)
    try:
        return redirect("quiz:attempt", start_retry(attempt=attempt, bank=bank_for(attempt.lesson)).pk)
    except AttemptUnavailable as why:
        return attempt_unavailable(request, attempt.lesson, why)


@require_POST
def review(request: LearnerRequest, lesson: str) -> HttpResponse:
    """Starts the review of what is due, or continues the open one."""
    if is_being_fixed(lesson):
        return being_fixed(request, lesson)
    try:
        return redirect("quiz:attempt", start_review(learner=request.learner, bank=bank_for(lesson)).pk)
    except AttemptUnavailable as why:
        return attempt_unavailable(request, lesson, why)
