from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.library import compile_body, current_course, find_lesson, terms_in_use
from course.model import Weight
from course.pages.page_cache import cached_response
from learners.request import LearnerRequest


@require_safe
def index(request: LearnerRequest) -> HttpResponseBase:
    course = current_course()
    return cached_response(request, "course/index.html", {"course": course, "weights": Weight}, version=course.version)


@require_safe
def lesson(request: LearnerRequest, slug: str) -> HttpResponseBase:
    course, found = current_course(), find_lesson(slug)
    if found is None:
        raise Http404(f"The course has no lesson called “{slug}”. The course outline lists every lesson there is.")
    context = {
        "lesson_in_context": found,
        "lesson": found.lesson,
        "course": course,
        "body": compile_body(found.lesson.body),
    }
    return cached_response(request, "course/lesson.html", context, version=course.version)


@require_safe
def glossary(request: LearnerRequest) -> HttpResponseBase:
    course = current_course()  # first, so that terms that change meanwhile are not cached as those of the new version
    return cached_response(request, "course/glossary.html", {"terms": terms_in_use()}, version=course.version)


@require_safe
def sitemap(request: LearnerRequest) -> HttpResponseBase:
    """Lists every page of the course for search engines, with the day on which each lesson was last reviewed."""
    context = {"lessons": current_course().lessons}
    return render(request, "course/sitemap.xml", context, content_type="application/xml")
