from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.records import Weight
from course.selectors import compiled, current_course, find_lesson, terms_in_use


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "course/index.html", {"course": current_course(), "weights": Weight})


@require_safe
def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    place = find_lesson(slug)
    if place is None:
        raise Http404(f"The course has no lesson called “{slug}”. The course outline lists every lesson there is.")
    context = {"place": place, "lesson": place.lesson, "course": current_course(), "body": compiled(place.lesson.body)}
    return render(request, "course/lesson.html", context)


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "course/glossary.html", {"terms": terms_in_use()})
