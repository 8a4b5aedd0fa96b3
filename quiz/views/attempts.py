"""Shows an attempt's questions, together or one by one, takes its answers, and shows the result."""

from dataclasses import replace
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from learners.request import LearnerRequest
from quiz.attempts.feedback import calibration, paragraphs_to_read_again
from quiz.attempts.question_form import blank, blank_questions, incomplete_questions
from quiz.attempts.selectors import feedback_of, open_check, unanswered
from quiz.attempts.services import AttemptUnavailable, commit_answers
from quiz.attempts.submission import Submission, TamperedAnswerError, read_submission, read_submissions
from quiz.bank.model import Question
from quiz.models import MAX_REPORT_LENGTH, Attempt
from quiz.views.access import attempt_unavailable, form_values, own_attempt


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """Shows all questions of an attempt, or its first open one, or the result once all are answered."""
    attempt = own_attempt(request, attempt_id)
    if attempt.is_committed:
        return _result(request, attempt, is_late=request.method == "POST" and not _is_resubmission(request, attempt))
    if request.method == "POST":
        return _commit_all(request, attempt)
    return _redirect_to_open_question(attempt) if attempt.is_singly else _ask_all(request, attempt)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: LearnerRequest, attempt_id: UUID, number: int) -> HttpResponse:
    """Shows one question of an attempt that asks them one by one, or its feedback. A POST answers it for good."""
    attempt = own_attempt(request, attempt_id)
    if not 1 <= number <= attempt.asked_count:
        raise _no_question(request, attempt, number)
    open_questions = unanswered(attempt)
    if not attempt.is_singly or (attempt.is_committed and number in open_questions):
        return _redirect_to_attempt(request, attempt)
    if number in open_questions and request.method == "POST":
        return _commit_one(request, attempt, number, open_questions[number])
    if number in open_questions:
        return _ask_one(request, attempt, number, open_questions[number])
    return (
        redirect(_feedback_address(attempt, number))
        if request.method == "POST"
        else _show_feedback(request, attempt, number)
    )


def _no_question(request: LearnerRequest, attempt: Attempt, number: int) -> Exception:
    text = f"This attempt has questions 1 to {attempt.asked_count}; there is no question {number}."
    return BadRequest(f"{text} Nothing was graded.") if request.method == "POST" else Http404(text)


def _redirect_to_attempt(request: LearnerRequest, attempt: Attempt) -> HttpResponse:
    """Redirects from a question's address to that of an attempt whose answers are sent all at once."""
    if request.method == "POST" and not attempt.is_committed:
        raise BadRequest("The answers of this attempt are sent all at once. Nothing was graded.")
    return redirect("quiz:attempt", attempt.pk)


def _feedback_address(attempt: Attempt, number: int) -> str:
    return reverse("quiz:question", args=[attempt.pk, number]) + "#marked"


def _ask_all(
    request: LearnerRequest, attempt: Attempt, submissions: dict[str, Submission] | None = None
) -> HttpResponse:
    questions = blank_questions(attempt.asked(), submissions)
    incomplete = incomplete_questions(questions)
    context = {"attempt": attempt, "questions": questions, "missing": incomplete}
    return render(request, "quiz/questions.html", context, status=422 if incomplete else 200)


def _commit_all(request: LearnerRequest, attempt: Attempt) -> HttpResponse:
    if attempt.is_singly:
        raise BadRequest("This attempt is answered one question at a time. Nothing was graded.")
    try:
        submissions = read_submissions(attempt.asked(), form_values(request))
    except TamperedAnswerError as error:
        raise BadRequest(str(error)) from error
    if any(submission.trouble for submission in submissions.values()):
        return _ask_all(request, attempt, submissions)
    return _commit(request, attempt, submissions, then=reverse("quiz:attempt", args=[attempt.pk]) + "#result")


def _commit(
    request: LearnerRequest, attempt: Attempt, submissions: dict[str, Submission], *, then: str
) -> HttpResponse:
    picks = {name: submission.picks for name, submission in submissions.items()}
    confidence = {name: submission.confidence for name, submission in submissions.items()}
    given = {name: submission.given for name, submission in submissions.items()}
    try:
        commit_answers(attempt=attempt, picks=picks, confidence=confidence, given=given)
    except AttemptUnavailable as why:
        return attempt_unavailable(request, attempt.lesson, why)
    return redirect(then)


def _redirect_to_open_question(attempt: Attempt) -> HttpResponse:
    """Redirects to the first open question. It has its own address, so that the browser can go back to it."""
    if number := next(iter(unanswered(attempt)), None):
        return redirect("quiz:question", attempt.pk, number)
    return redirect("quiz:attempt", attempt.pk)  # the last one was answered in another tab a moment ago


def _ask_one(
    request: LearnerRequest, attempt: Attempt, number: int, question: Question, submission: Submission | None = None
) -> HttpResponse:
    asked = blank(question, number, submission)
    context = {"attempt": attempt, "question": asked, "answered": attempt.answers.count()}
    return render(request, "quiz/question.html", context, status=422 if asked.trouble else 200)


def _commit_one(request: LearnerRequest, attempt: Attempt, number: int, question: Question) -> HttpResponse:
    try:
        submission = read_submission(question, number, form_values(request))
    except TamperedAnswerError as error:
        raise BadRequest(str(error)) from error
    if not (submission.trouble or submission.confidence):
        submission = replace(submission, trouble="Say how sure you are, by one of the three buttons.")
    if submission.trouble:
        return _ask_one(request, attempt, number, question, submission)
    return _commit(request, attempt, {question.id: submission}, then=_feedback_address(attempt, number))


def _show_feedback(request: LearnerRequest, attempt: Attempt, number: int) -> HttpResponse:
    questions = {each.number: each for each in feedback_of(attempt)}
    context = {
        "attempt": attempt,
        "question": questions[number],
        "answered": len(questions),
        "longest": MAX_REPORT_LENGTH,
    }
    return render(request, "quiz/answered.html", context)


def _is_resubmission(request: LearnerRequest, attempt: Attempt) -> bool:
    """Returns whether the form holds just what was graded: a second click, or a page that was reloaded."""
    try:
        submissions = read_submissions(attempt.asked(), form_values(request))
    except TamperedAnswerError:
        return False
    kept = {answer.question: (tuple(answer.picks), answer.given) for answer in attempt.answers.all()}
    return kept == {name: (submission.picks, submission.given) for name, submission in submissions.items()}


def _result(request: LearnerRequest, attempt: Attempt, *, is_late: bool = False) -> HttpResponse:
    """Renders the result. `is_late` says that other answers came after those that were graded."""
    questions = feedback_of(attempt)
    by_urgency = sorted(questions, key=lambda each: each.urgency)
    may_practise = open_check(learner=request.learner, lesson=attempt.lesson) is None
    context = {
        "attempt": attempt,
        "questions": by_urgency,
        "is_sorted": by_urgency != list(questions),
        "is_late": is_late,
        "unanswered": attempt.asked_count - len(questions),
        "read_again": paragraphs_to_read_again(questions),
        "calibration": calibration(questions),
        "needing_review": may_practise and sum(each.needs_review for each in questions),
        "longest": MAX_REPORT_LENGTH,
    }
    return render(request, "quiz/result.html", context)
