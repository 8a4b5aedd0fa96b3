"""Shows and takes learners' reports of problems with a question."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from learners.request import LearnerRequest
from quiz.attempts.services import BadReport, report_problem
from quiz.models import MAX_REPORT_LENGTH, Answer
from quiz.views.access import own_answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: LearnerRequest, answer_id: int) -> HttpResponse:
    """Shows the form for a report, and the reports made so far; a POST makes one."""
    answer = own_answer(request, answer_id)
    if request.method != "POST":
        return _show(request, answer)
    text = request.POST.get("text", "")
    try:
        report_problem(answer=answer, text=text)
    except BadReport as error:
        return _show(request, answer, text=text, trouble=str(error))
    return _show(request, answer) if request.htmx else redirect("quiz:report", answer.pk)


def _show(request: LearnerRequest, answer: Answer, *, text: str = "", trouble: str = "") -> HttpResponse:
    attempt = answer.attempt
    asked = next(each for each in attempt.asked() if each.id == answer.question)
    context = {
        "attempt": attempt,
        "answer": answer.pk,
        "prompt": asked.prompt,
        "reports": () if trouble else answer.reports.order_by("made_at"),
        "text": text,
        "trouble": trouble,
        "longest": MAX_REPORT_LENGTH,
    }
    template = "quiz/_report.html" if request.htmx else "quiz/report.html"
    return render(request, template, context, status=422 if trouble else 200)
