"""Runs in a figure of a lesson: what is started there is shown there."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from sandbox import selectors
from sandbox.bench.form import IN_PLACE
from sandbox.frames.pane import Pane
from sandbox.frames.parts import page_of
from sandbox.models import Run
from sandbox.views.twins import beside


def is_in_place(request: HttpRequest) -> bool:
    """Whether a figure asks, which shows the answer itself."""
    return bool(request.htmx) and IN_PLACE in request.POST  # type: ignore[attr-defined]


def complaint(problem: str) -> HttpResponse:
    """Why nothing was started, for the figure to say."""
    return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")


def run_in_place(request: HttpRequest, run: Run) -> HttpResponse:
    """One run, live."""
    now = page_of(selectors.view_of(run))
    pane = Pane(now, now, get_token(request), present=selectors.now_of(now))
    return render(request, "sandbox/_figure_run.html", {"pane": pane})


def both_in_place(request: HttpRequest, one: Run, other: Run) -> HttpResponse:
    """Two runs side by side, live; the difference between them comes when both have ended."""
    return render(request, "sandbox/_figure_both.html", beside(request, one, other))
