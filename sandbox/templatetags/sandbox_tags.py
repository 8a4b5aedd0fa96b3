"""Template tags with which other rooms show figures and experiments of the sandbox."""

import json
import time
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from learners.request import LearnerRequest
from sandbox.definitions.registry import saga_named, title
from sandbox.definitions.run_settings import BOTH
from sandbox.definitions.terms import ExperimentPage, Pace, Style
from sandbox.engine.plan.compiler import plan_named
from sandbox.labs.experiments import experiments
from sandbox.labs.model import Experiment, Lab, address_of
from sandbox.pages.lab.path import path_of
from sandbox.pages.plan_figure import figure_of
from sandbox.render.export.formats import EXPORTS, ExportFormat
from sandbox.render.text.format import clock as format_clock
from sandbox.render.text.format import seconds
from sandbox.render.text.words import STYLE_NAMES

register = template.Library()


@register.inclusion_tag("sandbox/figure/_diagram.html")
def saga_diagram(saga: str, style: str, fail: str = "") -> dict[str, Any]:
    """Shows a figure of the plan of `saga` in `style` that can be played, and played with `fail` refused.

    Raises ValueError for unknown names.
    """
    plan, chosen = plan_named(saga, style), {"saga": saga, "style": style}
    plays = [("Play it", chosen)]
    if fail:
        plays.append((f"Play it: {_reason(saga, fail)}", {**chosen, "fail": fail}))
    return {**figure_of(plan, name=f"{saga}-{style}"), **_played(f"{saga}-{style}", plays)}


@register.inclusion_tag("sandbox/figure/_both_styles.html")
def both_styles(saga: str, fail: str = "") -> dict[str, Any]:
    """Shows a figure that plays the same order in both styles, and then what differs. Raises ValueError as above."""
    reason = _reason(saga, fail) if fail else ""
    play = ("Play both", {"saga": saga, "style": BOTH, "fail": fail})
    played = _played(f"both-styles-{saga}-{fail or 'completed'}", [play])
    return {"saga": saga_named(saga), "reason": reason, **played}


def _reason(saga: str, fail: str) -> str:
    """Returns why that step is refused, in the business's words. Raises ValueError with the steps that can be."""
    reasons = {step.name: step.refusal.reason for step in saga_named(saga).steps if step.refusal}
    if fail not in reasons:
        raise ValueError(f"{fail!r} cannot be refused in {saga}; use one of {', '.join(reasons)}")
    return reasons[fail]


def _played(figure: str, plays: list[tuple[str, dict[str, str]]]) -> dict[str, Any]:
    """Returns what a figure needs to be played: its name, what each button sends, the setup page for the first."""
    (_, first), *_ = plays
    sent = [(label, json.dumps({**chosen, "pace": Pace.FOLLOW})) for label, chosen in plays]
    return {"figure": figure, "plays": sent, "setup": address_of(ExperimentPage.SETUP, first)}


@register.simple_tag
def experiment(name: str, *, button: bool = False) -> SafeString:
    """Links to the settings that show what a lesson claims; as a `button` where it is the one thing to do.

    Raises ValueError, naming the valid ones, for an unknown one.
    """
    known = experiments()
    if name not in known:
        raise ValueError(f"unknown experiment {name!r}; use one of {', '.join(known)}")
    found, looks = known[name], "experiment button" if button else "experiment"
    title = f"Lab: {found.title}" if isinstance(found, Lab) else found.title
    return format_html('<a class="{}" href="{}">{}</a>', looks, found.address, title)


@register.inclusion_tag("sandbox/lab/_card.html", takes_context=True)
def lab_card(context: Context) -> dict[str, Any]:
    """Shows how far the learner is on the path through the labs, and the next one."""
    request: LearnerRequest = context["request"]
    return {"path": path_of(request.known_learner, now=time.time())}


@register.filter
def is_lab(experiment: Experiment) -> bool:
    """Tells whether an experiment is a lab, which has a page of its own."""
    return isinstance(experiment, Lab)


@register.simple_tag
def exports_of(run_id: uuid.UUID, at: int | None = None, *, drawn: bool = True) -> list[tuple[ExportFormat, str]]:
    """Returns each format in which the run can be exported, with its address; `at` is the fact that it is as of.

    Without those that are `drawn` by the rules of its saga, if that is not what it was.
    """
    moment = f"?at={at}" if at else ""
    return [
        (one, reverse(f"sandbox:{one.name}", args=[run_id]) + moment) for one in EXPORTS if drawn or not one.needs_plan
    ]


LOOKS: dict[str, Any] = {"class": "lucide", "aria_hidden": "true"}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Returns the icon of that name, next to words that say the same. Cached: drawing one takes as long as a region."""
    return mark_safe(lucide(name, size=24, **LOOKS))  # noqa: S308  the package's own markup


@register.filter
def actor_title(actor: str) -> str:
    """Returns the actor's name as people read it."""
    return title(actor)


@register.filter
def style_name(style: str) -> str:
    """Returns the style with its article."""
    return STYLE_NAMES[Style(style)]


@register.filter
def words(status: str) -> str:
    """Writes a status as words: IN_PROGRESS becomes "in progress"; a step that is only scheduled has not started."""
    return "not started" if status == "SCHEDULED" else status.replace("_", " ").lower()


@register.filter
def duration(value: float) -> str:
    """Writes a number of seconds in words."""
    return seconds(value)


@register.filter
def clock(value: float) -> str:
    """Writes a time since a run's start."""
    return format_clock(value)


@register.filter
def since(moment: float, earlier: float) -> float:
    """Returns the seconds from the earlier moment to this one."""
    return moment - earlier


@register.filter
def of(table: Mapping[str, Any], key: str) -> Any:
    """Returns what the table has under that key."""
    return table.get(key, ())
