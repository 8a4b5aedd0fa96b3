from mimetypes import guess_type

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.interview.reader import interviews
from course.library import compile_body, current_course, find_lesson, terms_in_use
from course.model import Weight
from course.pages.page_cache import cached_response
from course.summary.reader import summaries
from learners.request import LearnerRequest


@require_safe
def index(request: LearnerRequest) -> HttpResponseBase:
    course = current_course()
    context = {"course": course, "weights": Weight}
    progress = settings.OUTLINE_PROGRESS
    return cached_response(request, "course/index.html", context, version=course.version, progress=progress)


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
        "interview": interviews().get(slug),
        "summary": summaries().get(slug),
    }
    return cached_response(request, "course/lesson.html", context, version=course.version)


@require_safe
def picture(request: HttpRequest, slug: str, digest: str, name: str) -> HttpResponseBase:
    """Sends a picture that a lesson shows. Its address changes with it, so browsers may keep it for ever."""
    found = find_lesson(slug)
    pictures = {(each.digest, each.name): each for each in found.lesson.pictures} if found else {}
    if (digest, name) not in pictures:
        raise Http404(f"No lesson shows the picture “{name}” under this address. Open the lesson again.")
    kind, _ = guess_type(name)
    response = HttpResponse(pictures[digest, name].file.read_bytes(), content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def glossary(request: LearnerRequest) -> HttpResponseBase:
    course = current_course()  # first, so that terms that change meanwhile are not cached as those of the new version
    return cached_response(request, "course/glossary.html", {"terms": terms_in_use()}, version=course.version)


@require_safe
def sitemap(request: LearnerRequest) -> HttpResponseBase:
    """Lists every page of the course for search engines, with the day on which each lesson was last reviewed."""
    context = {"lessons": current_course().lessons}
    return render(request, "course/sitemap.xml", context, content_type="application/xml")
