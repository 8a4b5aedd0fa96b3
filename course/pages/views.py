from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.library import compiled, current_course, find_lesson, terms_in_use
from course.model import Weight
from course.pages.page_cache import answer


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    course = current_course()
    return answer(request, "course/index.html", {"course": course, "weights": Weight}, version=course.version)


@require_safe
def lesson(request: HttpRequest, slug: str) -> HttpResponseBase:
    course, place = current_course(), find_lesson(slug)
    if place is None:
        raise Http404(f"The course has no lesson called “{slug}”. The course outline lists every lesson there is.")
    context = {"place": place, "lesson": place.lesson, "course": course, "body": compiled(place.lesson.body)}
    return answer(request, "course/lesson.html", context, version=course.version)


@require_safe
def glossary(request: HttpRequest) -> HttpResponseBase:
    course = current_course()  # first, so that terms that change meanwhile are not kept as those of the new version
    return answer(request, "course/glossary.html", {"terms": terms_in_use()}, version=course.version)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every page of the course for search engines, with the day on which a lesson was last gone over."""
    context = {"lessons": current_course().lessons}
    return render(request, "course/sitemap.xml", context, content_type="application/xml")
