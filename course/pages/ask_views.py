"""Answers questions about a lesson, and lists those of a learner."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from course.ask import services
from course.ask.answers import LessonAnswer, answer_to
from course.ask.model_answer import is_configured, sentences
from course.ask.services import BadQuestion, TooManyQuestions
from course.library import current_course, find_lesson
from course.model import LessonInContext
from course.models import LONGEST_QUESTION, LearnerQuestion, Rating
from learners.request import LearnerRequest

TOO_MANY = "That was a lot of questions in a short time. Wait a minute and ask again; your question is in the box."


# A lesson's page is cached for all readers, so its form holds no token. A form of another site is told by its origin,
# and would come without the learner's cookie anyway (SameSite=Lax).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: LearnerRequest, slug: str) -> HttpResponse:
    """Shows the box alone; a POST answers a question, and says with 422 or 429 why it does not."""
    found = _lesson(slug)
    if request.method != "POST":
        return _box(request, found, text=request.GET.get("q", "")[:LONGEST_QUESTION])
    _require_own_origin(request)
    text = request.POST.get("question", "")
    try:
        question = services.clean(text)
        services.count_question(request.learner, request.META["REMOTE_ADDR"])
    except BadQuestion as error:
        return _box(request, found, text=text, problem=str(error), status=422)
    except TooManyQuestions:
        return _box(request, found, text=text, problem=TOO_MANY, status=429)
    answer = answer_to(question, slug, request.learner)
    kept = services.keep(request.learner, slug, question, answer.result)
    return _show(request, kept, answer) if request.htmx else redirect("course:question", kept.pk)


@require_safe
def question(request: LearnerRequest, pk: UUID) -> HttpResponse:
    """Shows a question of the learner's with its answer, found in the lesson as it is now."""
    return _answer(request, _own(request, pk))


@require_safe
def model_answer(request: LearnerRequest, pk: UUID) -> HttpResponseBase:
    """Streams what a language model makes of the passages, a line of JSON for each sentence; nothing without one.

    Says with 429 that it was asked too often.
    """
    kept = _own(request, pk)
    _lesson(kept.lesson)  # may have been renamed meanwhile
    answer = answer_to(kept.text, kept.lesson, request.learner)
    may_answer = _may_use_model(answer)
    if may_answer:
        try:
            services.count_model_answer(request.learner, request.META["REMOTE_ADDR"])
        except TooManyQuestions:
            return HttpResponse(status=429)

    async def lines() -> AsyncIterator[str]:
        if may_answer:
            async for one in sentences(kept.text, answer.quotes):
                yield json.dumps({"text": one.text, "cites": one.cites}) + "\n"

    response = StreamingHttpResponse(lines(), content_type="application/x-ndjson")
    response["Content-Encoding"] = "identity"  # parts compressed one by one: browsers read only the first
    return response


def _may_use_model(answer: LessonAnswer) -> bool:
    """Returns whether a model may answer: not while the learner is being asked about one of the lessons themselves."""
    return bool(is_configured() and answer.quotes and not answer.open_checks)


@require_POST
def rate(request: LearnerRequest, pk: UUID) -> HttpResponse:
    """Takes what the learner says of the answer: a `rating`, or that the question be passed on to the authors."""
    try:
        kept = _rated(request, pk)
    except Http404:  # deleted on another page meanwhile
        if request.htmx:
            return render(request, "course/ask/_gone.html", status=410)
        raise
    if not request.htmx:
        return redirect("course:question", kept.pk)
    answer = answer_to(kept.text, kept.lesson, request.learner)
    return render(request, "course/ask/_rating.html", _context(kept, answer))


def _rated(request: LearnerRequest, pk: UUID) -> LearnerQuestion:
    """Rates a question or passes it on, and returns it as it is then. Raises Http404."""
    kept, given = _own(request, pk), request.POST.get("rating", "")
    _lesson(kept.lesson)  # may have been renamed meanwhile
    if given in Rating:
        services.rate(kept, Rating(given))
    if "pass-on" in request.POST:
        services.pass_on(kept)
    return _own(request, pk)


@require_safe
def questions(request: LearnerRequest) -> HttpResponse:
    """Lists what the learner has asked, the newest first."""
    asked = LearnerQuestion.objects.filter(learner=request.learner).order_by("-asked_at")
    lessons = {lesson.slug: lesson for lesson in current_course().lessons}
    listed = [(one, lessons.get(one.lesson)) for one in asked]
    return render(request, "course/ask/questions.html", {"questions": listed})


@require_POST
def delete(request: LearnerRequest, pk: UUID) -> HttpResponse:
    services.delete(_own(request, pk))
    return redirect("course:questions")


@require_POST
def delete_all(request: LearnerRequest) -> HttpResponse:
    services.delete_all(request.learner)
    return redirect("course:questions")


def _lesson(slug: str) -> LessonInContext:
    if found := find_lesson(slug):
        return found
    raise Http404(f"The course has no lesson called “{slug}”. The course outline lists every lesson there is.")


def _own(request: LearnerRequest, pk: UUID) -> LearnerQuestion:
    if found := LearnerQuestion.objects.filter(pk=pk, learner=request.learner).first():
        return found
    raise Http404("You have no such question; it may have been deleted.")


def _require_own_origin(request: LearnerRequest) -> None:
    origin, host = request.headers.get("Origin"), request.get_host()
    if origin and origin not in (f"http://{host}", f"https://{host}", *settings.CSRF_TRUSTED_ORIGINS):
        raise PermissionDenied


def _box(
    request: LearnerRequest, found: LessonInContext, *, text: str, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"lesson": found.lesson, "text": text, "problem": problem, "longest": LONGEST_QUESTION}
    if not request.htmx:
        return render(request, "course/ask/ask.html", context, status=status)
    return retarget(render(request, "course/ask/_problem.html", context, status=status), "#ask-problem")


def _answer(request: LearnerRequest, kept: LearnerQuestion) -> HttpResponse:
    _lesson(kept.lesson)  # may have been renamed meanwhile
    return _show(request, kept, answer_to(kept.text, kept.lesson, request.learner))


def _show(request: LearnerRequest, kept: LearnerQuestion, answer: LessonAnswer) -> HttpResponse:
    template = "course/ask/_answer.html" if request.htmx else "course/ask/answer.html"
    return render(request, template, _context(kept, answer))


def _context(kept: LearnerQuestion, answer: LessonAnswer) -> dict[str, Any]:
    return {
        "lesson": _lesson(kept.lesson).lesson,
        "question": kept,
        "answer": answer,
        "ratings": Rating.choices,
        "model_address": reverse("course:model-answer", args=[kept.pk]) if _may_use_model(answer) else "",
        "longest": LONGEST_QUESTION,
    }
