"""The rooms that the knowledge check links to, and a saga engine, as small as they can be."""

from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from tests.quiz.fixtures import reason_text

COMPENSATIONS = ["refund-customer", "release-inventory", "cancel-order"]


def trace(**_):
    return COMPENSATIONS


def trace_that_runs_forwards(**_):
    return list(reversed(COMPENSATIONS))


def trace_that_knows_nothing(*, saga="order", **_):
    raise ValueError(f"no saga named {saga!r}")


def no_runs(learner):
    return []


def _own(name, **more):
    texts = [("first", True), ("other", False), ("third", False)]
    options = [
        {
            "id": f"{name}-{text}",
            "text": f"The {text} undo",
            "why": reason_text(f"{text} reason of {name}"),
            "right": right,
        }
        for text, right in texts
    ]
    row = {"id": name, "version": 1, "asks": "fact", "options": options, "started_at": "2026-05-01T12:30:00+00:00"}
    addresses = {"address": f"/sandbox/runs/{name}/?at=7", "before": f"/sandbox/runs/{name}/?at=6"}
    return {**row, **addresses, "prompt": f"You ran {name}. What was undone?", **more}


def two_runs(learner):
    """What can be asked about two runs, and two questions that nobody can answer."""
    short = _own("short")
    return [
        _own("mine"),
        _own("yours"),
        _own("blank", prompt=""),
        {**short, "options": short["options"][:1]},
    ]


def _page(request, **_):
    return HttpResponse("a page of another room")


def _lesson(request, slug):
    source = (
        "{% load quiz_tags %}{% lesson_state slug as state %}[{{ state }}]{% knowledge_check slug %}{% due_card slug %}"
    )
    return HttpResponse(engines["django"].from_string(source).render({"slug": slug}, request))


_course = [path("", _page, name="index"), path("<slug:slug>/", _lesson, name="lesson")]
_sandbox = [path("", _page, name="setup"), path("start/", _page, name="start"), path("runs/", _page, name="runs")]

handler400 = "infra.error_pages.bad_request"
handler404 = "infra.error_pages.not_found"
urlpatterns = [
    path("", _page, name="home"),
    path("lessons/", include((_course, "course"))),
    path("check/", include("quiz.urls")),
    path("sandbox/", include((_sandbox, "sandbox"))),
]
