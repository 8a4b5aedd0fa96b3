"""A sitting: its questions together or singly, what is answered, and the result."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from learners.request import LearnerRequest
from quiz.attempts.feedback import calibration, to_read_again
from quiz.attempts.question_form import blank, blank_sheet, missing
from quiz.attempts.selectors import marked, open_check, unanswered
from quiz.attempts.services import SittingUnavailable, commit_answers
from quiz.attempts.submission import Submission, TamperedAnswerError, read_replies, read_reply
from quiz.bank.model import Question
from quiz.models import MOST_CHARACTERS, Attempt
from quiz.views.access import own_attempt, sent, sitting_unavailable


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """What comes next of the attempt: all its questions, its first open one, or once all are answered the result."""
    attempt = own_attempt(request, attempt_id)
    if attempt.is_committed:
        return _result(request, attempt, is_late=request.method == "POST" and not _is_sent_again(request, attempt))
    if request.method == "POST":
        return _commit_all(request, attempt)
    return _go_on(attempt) if attempt.is_singly else _ask_all(request, attempt)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: LearnerRequest, attempt_id: UUID, number: int) -> HttpResponse:
    """One question of an attempt that asks them singly: a POST answers it for good, then it stands there marked."""
    attempt = own_attempt(request, attempt_id)
    if not 1 <= number <= attempt.question_count:
        raise _no_question(request, attempt, number)
    if not attempt.is_singly:
        return _elsewhere(request, attempt)
    open_ones = unanswered(attempt)
    if number in open_ones and request.method == "POST":
        return _commit_one(request, attempt, number, open_ones[number])
    if number in open_ones:
        return _ask_one(request, attempt, number, open_ones[number])
    return redirect(_marked_at(attempt, number)) if request.method == "POST" else _show_marked(request, attempt, number)


def _no_question(request: LearnerRequest, attempt: Attempt, number: int) -> Exception:
    text = f"This sitting has questions 1 to {attempt.question_count}; there is no question {number}."
    return BadRequest(f"{text} Nothing was graded.") if request.method == "POST" else Http404(text)


def _elsewhere(request: LearnerRequest, attempt: Attempt) -> HttpResponse:
    """For a sitting that is sent as a whole."""
    if request.method == "POST" and not attempt.is_committed:
        raise BadRequest("The answers of this sitting are sent all at once. Nothing was graded.")
    return redirect("quiz:attempt", attempt.pk)


def _marked_at(attempt: Attempt, number: int) -> str:
    return reverse("quiz:question", args=[attempt.pk, number]) + "#marked"


def _ask_all(
    request: LearnerRequest, attempt: Attempt, submissions: dict[str, Submission] | None = None
) -> HttpResponse:
    questions = blank_sheet(attempt.asked(), submissions)
    lacking = missing(questions)
    context = {"attempt": attempt, "questions": questions, "missing": lacking}
    return render(request, "quiz/questions.html", context, status=422 if lacking else 200)


def _commit_all(request: LearnerRequest, attempt: Attempt) -> HttpResponse:
    if attempt.is_singly:
        raise BadRequest("This sitting is answered one question at a time. Nothing was graded.")
    try:
        submissions = read_replies(attempt.asked(), sent(request))
    except TamperedAnswerError as error:
        raise BadRequest(str(error)) from error
    if any(reply.trouble for reply in submissions.values()):
        return _ask_all(request, attempt, submissions)
    return _commit(request, attempt, submissions, then=reverse("quiz:attempt", args=[attempt.pk]) + "#result")


def _commit(
    request: LearnerRequest, attempt: Attempt, submissions: dict[str, Submission], *, then: str
) -> HttpResponse:
    picks = {name: reply.picks for name, reply in submissions.items()}
    confidence = {name: reply.confidence for name, reply in submissions.items()}
    try:
        commit_answers(attempt=attempt, picks=picks, confidence=confidence)
    except SittingUnavailable as why:
        return sitting_unavailable(request, attempt.lesson, why)
    return redirect(then)


def _go_on(attempt: Attempt) -> HttpResponse:
    """To the first open question, which has an address of its own: so the way back leads to it, or to its reasons."""
    if number := next(iter(unanswered(attempt)), None):
        return redirect("quiz:question", attempt.pk, number)
    return redirect("quiz:attempt", attempt.pk)  # answered to the end elsewhere, a moment ago


def _ask_one(
    request: LearnerRequest, attempt: Attempt, number: int, question: Question, reply: Submission | None = None
) -> HttpResponse:
    asked = blank(question, number, reply)
    context = {"attempt": attempt, "question": asked, "answered": attempt.answers.count()}
    return render(request, "quiz/question.html", context, status=422 if asked.trouble else 200)


def _commit_one(request: LearnerRequest, attempt: Attempt, number: int, question: Question) -> HttpResponse:
    try:
        reply = read_reply(question, number, sent(request))
    except TamperedAnswerError as error:
        raise BadRequest(str(error)) from error
    if not (reply.trouble or reply.confidence):
        reply = Submission(
            reply.picks, trouble="Say how sure you are, by one of the three buttons.", places=reply.places
        )
    if reply.trouble:
        return _ask_one(request, attempt, number, question, reply)
    return _commit(request, attempt, {question.id: reply}, then=_marked_at(attempt, number))


def _show_marked(request: LearnerRequest, attempt: Attempt, number: int) -> HttpResponse:
    questions = {each.number: each for each in marked(attempt)}
    context = {
        "attempt": attempt,
        "question": questions[number],
        "answered": len(questions),
        "longest": MOST_CHARACTERS,
    }
    return render(request, "quiz/answered.html", context)


def _is_sent_again(request: LearnerRequest, attempt: Attempt) -> bool:
    """Whether the form holds just what was graded: a second click, or a page that was loaded anew."""
    try:
        submissions = read_replies(attempt.asked(), sent(request))
    except TamperedAnswerError:
        return False
    kept = {answer.question: tuple(answer.picks) for answer in attempt.answers.all()}
    return kept == {name: reply.picks for name, reply in submissions.items()}


def _result(request: LearnerRequest, attempt: Attempt, *, is_late: bool = False) -> HttpResponse:
    """`is_late` says that other answers came after those that were graded."""
    questions = marked(attempt)
    by_urgency = sorted(questions, key=lambda each: each.urgency)
    may_practise = open_check(learner=request.learner, lesson=attempt.lesson) is None
    context = {
        "attempt": attempt,
        "questions": by_urgency,
        "is_sorted": by_urgency != list(questions),
        "is_late": is_late,
        "read_again": to_read_again(questions),
        "calibration": calibration(questions),
        "needing_review": may_practise and sum(each.needs_review for each in questions),
        "longest": MOST_CHARACTERS,
    }
    return render(request, "quiz/result.html", context)
