"""Two runs side by side, and the difference between them."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sandbox import selectors
from sandbox.bench.form import IN_PLACE
from sandbox.fields import whole_number
from sandbox.frames.pair import pair_of
from sandbox.frames.parts import page_of
from sandbox.frames.view import Pairs
from sandbox.models import Run
from sandbox.render.difference import difference
from sandbox.services import BOTH, TWINS
from sandbox.views.access import seen_run


@require_safe
def twins(request: HttpRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Any two runs of one saga that the learner may see, as of now or of moment `at`; for htmx the difference only."""
    one, other = seen_run(request, first), seen_run(request, second)
    problem = _incomparable(one, other)
    if problem:
        told = {"title": "These two cannot be compared", "text": problem}
        return render(request, "problem.html", told, status=400)
    try:
        context = beside(request, one, other)
    except selectors.Outdated as error:
        gone = {"title": "This run is from another time", "text": str(error)}
        return render(request, "problem.html", gone, status=410)
    if IN_PLACE in request.GET and not context["are_over"]:
        return HttpResponse(status=204)  # a figure of a lesson shows the difference when both have ended
    template = "_difference.html" if request.htmx else "twin.html"  # type: ignore[attr-defined]
    return render(request, f"sandbox/{template}", context, status=400 if context["problem"] else 200)


def _incomparable(one: Run, other: Run) -> str:
    if one.pk == other.pk:
        return "A run beside itself shows no difference; the address has to name two runs."
    if one.saga != other.saga:
        return f"One is a run of {one.saga}, the other of {other.saga}. Two runs of the same saga can be compared."
    return ""


def beside(request: HttpRequest, one: Run, other: Run) -> dict[str, Any]:
    """All that is shown of two runs, and of the difference between them. Raises Outdated."""
    stories = [selectors.story_of(run) for run in (one, other)]
    pages = [page_of(selectors.view_in(story)) for story in stories]
    views = [page.view for page in pages]
    at, latest = request.GET.get("at", ""), sum(len(view.facts) for view in views)
    moment = whole_number(at, least=1, most=latest)
    present = list(map(selectors.now_of, pages))
    address = reverse("sandbox:twins", args=[one.pk, other.pk])
    pair = pair_of(pages, at=moment, token=get_token(request), present=present, address=address)
    told = difference(stories[0].evidence, stories[1].evidence)
    asked = [selectors.asked_of(run) or "nothing made to fail" for run in (one, other)]
    return {
        "saga": stories[0].plan.saga,
        "pair": pair,
        "panes": list(zip(told.headings, pair.panes, asked, _may_steer(request, one, other), strict=True)),
        "asked": asked[0] if asked[0] == asked[1] else "",
        "again": (again := _both(one, other)),
        "bench": f"{reverse('sandbox:bench')}?{urlencode(again)}",
        "difference": told,
        "are_over": all(story.board.is_ended for story in stories),
        "are_moving": any(view.is_moving for view in views) and not pair.is_past,
        "experiment": selectors.experiment_of(one, other),
        "in_place": IN_PLACE in request.GET,
        "difference_id": f"difference-{views[0].tag}" if IN_PLACE in request.GET else "difference",
        "problem": _no_moment(at, latest) if at and moment is None else "",
    }


def _both(one: Run, other: Run) -> Pairs:
    """How to run both again, where they are the same order in the two styles that can be asked for at once."""
    if {one.style, other.style} != set(TWINS):
        return ()
    settings, others = (_as_both(selectors.settings_of(run)) for run in (one, other))
    return settings if _but_pace(settings) == _but_pace(others) else ()


def _as_both(settings: Pairs) -> Pairs:
    return tuple((name, BOTH if name == "style" else value) for name, value in settings)


def _but_pace(settings: Pairs) -> Pairs:
    """The settings without what changes when one of the runs is paused."""
    return tuple(pair for pair in settings if pair[0] != "pace")


def _no_moment(at: str, latest: int) -> str:
    return f"“{at[:40]}” is no moment of these runs; they have 1 to {latest} so far. This is how they stand now."


def _may_steer(request: HttpRequest, *runs: Run) -> list[bool]:
    return [selectors.belongs_to(run, request.learner) for run in runs]  # type: ignore[attr-defined]
