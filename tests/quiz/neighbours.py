"""The rooms that the knowledge check links to, and a saga engine, as small as they can be."""

from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

COMPENSATIONS = ["refund-customer", "release-inventory", "cancel-order"]


def trace(*, saga, style, refused, ask):
    return COMPENSATIONS


def trace_that_runs_forwards(*, saga, style, refused, ask):
    return list(reversed(COMPENSATIONS))


def trace_that_knows_nothing(*, saga, style, refused, ask):
    raise ValueError(f"no saga named {saga!r}")


def _page(request, **_):
    return HttpResponse("a page of another room")


def _lesson(request, slug):
    source = "{% load quiz_tags %}{% lesson_state slug as state %}[{{ state }}]{% knowledge_check slug %}"
    return HttpResponse(engines["django"].from_string(source).render({"slug": slug}, request))


_course = [path("", _page, name="index"), path("<slug:slug>/", _lesson, name="lesson")]

handler400 = "config.views.bad_request"
handler404 = "config.views.not_found"
urlpatterns = [
    path("", _page, name="home"),
    path("lessons/", include((_course, "course"))),
    path("check/", include("quiz.urls")),
    path("sandbox/", include(([path("", _page, name="bench")], "sandbox"))),
]
