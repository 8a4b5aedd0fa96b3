"""The mock interview: its start, its questions one by one, and what was missed."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.interview import services
from course.interview.model import Interview, InterviewQuestion
from course.interview.outcome import QuestionRecord, records_of, scores, summarised
from course.interview.reader import interviews
from course.interview.selectors import attempt_of, attempts_at, attempts_left_over
from course.interview.services import BadInterviewAnswer, NoSuchInterview
from course.library import find_lesson
from course.model import Lesson
from course.models import LONGEST_INTERVIEW_ANSWER, InterviewAttempt
from learners.request import LearnerRequest

DELETED = "There is no such interview of yours; perhaps it was deleted."


@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: LearnerRequest, slug: str) -> HttpResponse:
    """Shows what is asked and the learner's attempts; a POST begins another one.

    Of an interview that was taken out of the course, it shows the attempts that are left, to be read and deleted.
    """
    left_over = attempts_left_over(_lessons_with_interview(), request.learner)
    if request.method != "POST" and any(one.lesson == slug for one in left_over):
        return render(request, "course/interview/left_over.html", {"left_over": left_over})
    lesson, found = _interview(slug)
    if request.method == "POST":
        return redirect("course:interview-question", services.begin(slug, request.learner).pk, found.questions[0].id)
    attempts = [(one, records_of(found, one.answers)) for one in attempts_at(slug, request.learner)]
    context = {
        "lesson": lesson,
        "interview": found,
        "attempts": [(one, summarised(records)) for one, records in attempts],
        "left_over": left_over,
        "next": next(((one, _open_record(records)) for one, records in attempts[:1]), None),
    }
    return render(request, "course/interview/interview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: LearnerRequest, pk: UUID, name: str) -> HttpResponse:
    """Asks a question, and shows its rubric once it is answered; a POST answers it, or says with 422 why not."""
    attempt, found, asked = _asked(request, pk, name)
    if request.method != "POST":
        return _show(request, attempt, found, asked)
    text = request.POST.get("answer", "")
    try:
        is_aloud = "aloud" in request.POST and not text.strip()  # what was written is kept all the same
        services.answer(attempt, asked, text="" if is_aloud else services.clean(text))
    except BadInterviewAnswer as error:
        return _show(request, attempt, found, asked, text=text, problem=str(error))
    except NoSuchInterview as error:
        raise Http404(DELETED) from error
    return redirect("course:interview-question", pk, name)


@require_POST
def points(request: LearnerRequest, pk: UUID, name: str) -> HttpResponse:
    """Takes what the learner ticked, and goes on to the next question that is open, or to the outcome."""
    attempt, found, asked = _asked(request, pk, name)
    if name in attempt.answers:
        try:
            services.tick(attempt, asked, keys=request.POST.getlist("point"))
        except NoSuchInterview as error:
            raise Http404(DELETED) from error
    compared = {one.question.id for one in records_of(found, attempt.answers) if one.is_compared}
    following = next((one for one in found.after(asked) if one.id not in compared), None)
    if following:
        return redirect("course:interview-question", pk, following.id)
    return redirect("course:interview-outcome", pk)


@require_safe
def outcome(request: LearnerRequest, pk: UUID) -> HttpResponse:
    """Says how far the learner came, and lists what they missed with where to read it."""
    attempt = _own(request, pk)
    if attempt.lesson not in _lessons_with_interview():
        return redirect("course:interview", attempt.lesson)
    lesson, found = _interview(attempt.lesson)
    records = records_of(found, attempt.answers)
    context = {
        "attempt": attempt,
        "lesson": lesson,
        "records": records,
        "scores": scores(records),
        "summarised": summarised(records),
        "is_compared": any(one.is_compared for one in records),
        "missed": [one for one in records if one.missed],
        "open": _open_record(records),
    }
    return render(request, "course/interview/outcome.html", context)


@require_POST
def delete(request: LearnerRequest, pk: UUID) -> HttpResponse:
    attempt = _own(request, pk)
    services.delete(attempt)
    has_page = attempt.lesson in _lessons_with_interview() or attempts_at(attempt.lesson, request.learner).exists()
    return redirect("course:interview", attempt.lesson) if has_page else redirect("course:index")


def _lessons_with_interview() -> list[str]:
    return [slug for slug in interviews() if find_lesson(slug)]


def _interview(slug: str) -> tuple[Lesson, Interview]:
    found, questions = find_lesson(slug), interviews().get(slug)
    if found and questions:
        return found.lesson, questions
    raise Http404(f"The course has no mock interview for “{slug}”. The course outline lists every lesson there is.")


def _own(request: LearnerRequest, pk: UUID) -> InterviewAttempt:
    if attempt := attempt_of(request.learner, pk):
        return attempt
    raise Http404(DELETED)


def _asked(request: LearnerRequest, pk: UUID, name: str) -> tuple[InterviewAttempt, Interview, InterviewQuestion]:
    attempt = _own(request, pk)
    _, found = _interview(attempt.lesson)
    if asked := found.find(name):
        return attempt, found, asked
    raise Http404(f"The interview has no question “{name}”; perhaps it was renamed. Begin the interview again.")


def _open_record(records: tuple[QuestionRecord, ...]) -> QuestionRecord | None:
    """Returns the first question that has not been compared."""
    return next((one for one in records if not one.is_compared), None)


def _show(
    request: LearnerRequest,
    attempt: InterviewAttempt,
    found: Interview,
    asked: InterviewQuestion,
    *,
    text: str = "",
    problem: str = "",
) -> HttpResponse:
    lesson, _ = _interview(attempt.lesson)
    records = records_of(found, attempt.answers)
    number = found.questions.index(asked)
    context = {
        "attempt": attempt,
        "lesson": lesson,
        "records": records,
        "record": records[number],
        "number": number + 1,
        "following": next(found.after(asked), None),
        "text": text,
        "problem": problem,
        "longest": LONGEST_INTERVIEW_ANSWER,
    }
    return render(request, "course/interview/question.html", context, status=422 if problem else 200)
