"""Asks the question at the end of a section of a lesson, in its place by htmx, or on a page of its own."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from learners.request import LearnerRequest
from quiz.attempts.question_form import blank
from quiz.attempts.selectors import open_attempt_to_protect
from quiz.attempts.self_check import mark, self_check_of
from quiz.attempts.submission import Submission, TamperedAnswerError, read_submission
from quiz.bank.loader import is_being_fixed
from quiz.bank.model import Bank, Question, self_check_id
from quiz.views.access import bank_for, being_fixed, form_values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def self_check(request: LearnerRequest, lesson: str, section: str) -> HttpResponse:
    """Shows the question; a POST marks an answer. While an attempt is open that this could help, says so instead."""
    if is_being_fixed(lesson):
        return being_fixed(request, lesson)
    bank = bank_for(lesson)
    number, question = _asked(bank, section)
    if unfinished := open_attempt_to_protect(learner=request.learner, lesson=lesson, question=question.id):
        return _show(request, bank, section, {"unfinished": unfinished})
    if request.method != "POST":
        return _show(request, bank, section, {"question": blank(question, number)})
    submission = _submission(request, question, number)
    if submission.trouble:
        return _show(request, bank, section, {"question": blank(question, number, submission)})
    return _show(request, bank, section, {"feedback": mark(question, number, submission)})


def _asked(bank: Bank, section: str) -> tuple[int, Question]:
    if found := self_check_of(bank, section):
        return found
    raise Http404("The lesson asks no question there; it may have been moved. Open the lesson again.")


def _submission(request: LearnerRequest, question: Question, number: int) -> Submission:
    try:
        return read_submission(question, number, form_values(request))
    except TamperedAnswerError as error:
        raise BadRequest(str(error)) from error


def _show(request: LearnerRequest, bank: Bank, section: str, shown: dict[str, Any]) -> HttpResponse:
    """Renders what is shown, for htmx as the self-check that takes the place of the one that was asked for it.

    htmx puts only what has status 200 into the page. Where to is in the response, so that the closed line stays short.
    """
    context = {"bank": bank, "lesson": bank.lesson, "section": section, "anchor": self_check_id(section), **shown}
    if request.htmx:
        opened = render(request, "quiz/self_check/_opened.html", context)
        return reswap(retarget(opened, "closest .self-check"), "outerHTML")
    is_incomplete = "question" in shown and bool(shown["question"].trouble)
    return render(request, "quiz/self_check/page.html", context, status=422 if is_incomplete else 200)
