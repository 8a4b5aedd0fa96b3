"""Two runs side by side, and the difference between them."""

import re
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sandbox import selectors
from sandbox.frames import View, parts_of
from sandbox.models import Run
from sandbox.render.difference import difference, headings
from sandbox.views.access import seen_run

PANES = ("first", "second")
SHOWN = ("headline", "topology", "steps")
# What names, or points at, another element of the same page.
NAMED = re.compile(r'(?<=[ ])(id|for|aria-labelledby)="([^"]+)"|(href="|url\()#')
LABELLED = re.compile(r'(?<=[ ]aria-label=")')


@require_safe
def twins(request: HttpRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Any two runs of one saga that the learner may see; for htmx only what can have changed."""
    one, other = seen_run(request, first), seen_run(request, second)
    problem = _incomparable(one, other)
    if problem:
        told = {"title": "These two cannot be compared", "text": problem}
        return render(request, "problem.html", told, status=400)
    try:
        context = _beside(one, other)
    except selectors.Outdated as error:
        gone = {"title": "This run is from another time", "text": str(error)}
        return render(request, "problem.html", gone, status=410)
    template = "_twins.html" if request.htmx else "twin.html"  # type: ignore[attr-defined]
    return render(request, f"sandbox/{template}", context)


def _incomparable(one: Run, other: Run) -> str:
    if one.pk == other.pk:
        return "A run beside itself shows no difference; the address has to name two runs."
    if one.saga != other.saga:
        return f"One is a run of {one.saga}, the other of {other.saga}. Two runs of the same saga can be compared."
    return ""


def _beside(one: Run, other: Run) -> dict[str, Any]:
    stories = [selectors.story_of(run) for run in (one, other)]
    views = [selectors.view_of(story.run, upto=story.board.seq) for story in stories]
    names = headings(stories[0].plan.style, stories[1].plan.style)
    asked = [_asked(story) for story in stories]
    return {
        "saga": stories[0].plan.saga,
        "panes": [_pane(*each) for each in zip(PANES, names, views, asked, strict=True)],
        "asked": asked[0] if asked[0] == asked[1] else "",
        "difference": difference(stories[0].evidence, stories[1].evidence),
        "are_over": all(story.board.is_ended for story in stories),
        "are_moving": any(view.is_moving for view in views),
    }


def _asked(story: selectors.Story) -> str:
    """What was to go wrong in a run, and what else was chosen for it."""
    refused = next((step.refusal for step in story.plan.saga.refusable if step.name == story.run.refused), None)
    chosen = [refused.reason if refused else "", selectors.asked_of(story.run)]
    return ", ".join(filter(None, chosen)) or "nothing made to fail"


def _pane(ident: str, name: str, view: View, asked: str) -> dict[str, Any]:
    parts = parts_of(view)
    return {
        "ident": ident,
        "name": name,
        "asked": asked,
        "view": view,
        "parts": [_apart(parts[region].html, ident, name) for region in SHOWN],
    }


def _apart(html: str, ident: str, name: str) -> str:
    """The part with names of its own, since the other pane has the same parts."""
    html = NAMED.sub(lambda found: _renamed(ident, *found.groups()), html)
    return LABELLED.sub(f"{name}: ", html)


def _renamed(ident: str, attribute: str | None, names: str, pointer: str | None) -> str:
    if pointer:
        return f"{pointer}#{ident}-"
    own = " ".join(f"{ident}-{name}" for name in names.split())
    if attribute == "aria-labelledby":
        own = f"{ident}-title {own}"
    return f'{attribute}="{own}"'
