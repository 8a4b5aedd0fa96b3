"""Builds what a lab's page shows, in each phase of it."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.middleware.csrf import get_token
from django.urls import reverse

from learners.request import LearnerRequest
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import DEFAULTS, SETTINGS
from sandbox.labs.debrief import fill
from sandbox.labs.hints import hints_of
from sandbox.labs.model import Lab
from sandbox.models import LabAttempt
from sandbox.pages.lab.path import path_of
from sandbox.pages.lab.progress import LabPhase, LabProgress
from sandbox.pages.load.context import load_context
from sandbox.pages.run import snapshot_reader
from sandbox.pages.run.fragments import rendered_page
from sandbox.pages.run.panel import Panel, panel_at
from sandbox.render.text.format import clock
from sandbox.render.text.words import settings_in_words
from sandbox.services import MAX_REFLECTION

# How many hints a lab has.
MAX_HINTS = 3

# The phases as the page's steps name them.
STEPS = {
    LabPhase.PREDICT: "Predict",
    LabPhase.RUN: "Run",
    LabPhase.EXPLAIN: "Explain",
    LabPhase.COMPARE: "Compare",
}


@dataclass(frozen=True, slots=True)
class LabPanel:
    """A run of the lab, live, under its name; "" for a single one."""

    name: str
    panel: Panel


def lab_context(
    request: LearnerRequest,
    lab: Lab,
    progress: LabProgress | None,
    *,
    problem: str = "",
    given: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns all that the page needs: without an attempt, the questions and what was `given` to them so far."""
    context = {
        **path_context(request, lab),
        "lab": lab,
        "set_up": _set_up(lab),
        "problem": problem,
    }
    return (
        context
        | (talk_context(lab, progress) if progress else _before(lab, given or {}))
        | _runs(request, lab, progress)
    )


def path_context(request: LearnerRequest, lab: Lab) -> dict[str, Any]:
    """Returns the learner's path, the lab's place on the first path, 0 for none, and what follows."""
    path = path_of(request.known_learner, now=time.time())
    place = next((at for at, row in enumerate(path.first, start=1) if row.lab.name == lab.name), 0)
    return {"path": path, "place": place, "next_lab": path.after(lab)}


def _steps(phase: LabPhase, attempt: LabAttempt | None = None) -> list[tuple[str, str]]:
    """Returns the words of each step, and whether it is "done", "skipped", the "current" one, or "" for one to come."""
    order, skipped = list(LabPhase), set(_skipped(attempt)) if attempt else set()
    passed = {one: "skipped" if one in skipped else "done" for one in order[: order.index(phase)]}
    return [(words, "current" if one is phase else passed.get(one, "")) for one, words in STEPS.items()]


def _skipped(attempt: LabAttempt) -> Iterator[LabPhase]:
    """Yields what the learner chose to leave out; without a sentence of their own there was nothing to compare."""
    if not attempt.prediction:
        yield LabPhase.PREDICT
    if attempt.judgement == LabAttempt.Judgement.SKIPPED:
        yield from (LabPhase.EXPLAIN, LabPhase.COMPARE)


def _set_up(lab: Lab) -> list[tuple[str, str]]:
    """Returns the name of each run, and its settings in words."""
    names = lab.run_names or ("",)
    if lab.is_load:
        return [(name, f"{lab.settings.get('count', '')} orders at once") for name in names]
    return [
        (name or run.style.capitalize(), settings_in_words(run) or "nothing goes wrong")
        for name, run in zip(names, lab.runs, strict=True)
    ]


def _before(lab: Lab, given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "phase": LabPhase.PREDICT,
        "steps": _steps(LabPhase.PREDICT),
        "questions": [(str(at), one, given.get(str(at), "")) for at, one in enumerate(lab.predictions)],
        "saga": SAGA[lab.runs[0].saga],
        "words": _words(lab),
        "hints": [] if lab.is_load else _hints(lab),
    }


def _words(lab: Lab) -> dict[str, str]:
    """Returns what the settings of its runs mean: styles, faults, a stock of their own, and guarantees switched off."""
    runs = lab.runs
    style, stock, without = (SETTINGS[name].options for name in ("style", "stock", "without"))
    words = [(run.style.capitalize(), style[run.style]) for run in runs]
    words += [(fault.type.title, fault.type.text) for run in runs for fault in run.fault]
    words += [(f"Stock {run.stock}", f"{stock[run.stock]}.") for run in runs if run.stock != DEFAULTS["stock"]]
    words += [(f"{one.capitalize()}, switched off", f"With it, {without[one]}.") for run in runs for one in run.without]
    return dict(words)


def _hints(lab: Lab) -> list[list[tuple[str, list[str]]]]:
    """Returns what each hint adds to the one before it: sentences of each run, under its name."""
    names = lab.run_names or ("",)
    depths = [hints_of(lab, depth=depth, deepest=MAX_HINTS) for depth in range(MAX_HINTS + 1)]
    return [
        [(name, longer[len(told) :]) for name, told, longer in zip(names, before, after, strict=True)]
        for before, after in pairwise(depths)
    ]


def talk_context(lab: Lab, progress: LabProgress) -> dict[str, Any]:
    """Returns what the page says beside the runs."""
    attempt = progress.attempt
    return {
        "lab": lab,
        "progress": progress,
        "attempt": attempt,
        "phase": progress.phase,
        "steps": _steps(progress.phase, attempt),
        "seen": seen_of(progress),
        "goal": lab.aim.words,
        **_reached(progress),
        "judgements": [one for one in LabAttempt.Judgement if one is not LabAttempt.Judgement.SKIPPED],
        "judged": LabAttempt.Judgement(attempt.judgement).label if attempt.explanation and attempt.judgement else "",
        "longest": MAX_REFLECTION,
        "debrief": fill(lab.debrief, progress.records, progress.load_figures) if _can_tell(progress) else "",
        "is_moving": progress.phase is LabPhase.RUN,
    }


def _can_tell(progress: LabProgress) -> bool:
    """Returns whether the debrief is told by now, and has its figures: its runs are still there."""
    return progress.attempt.explained_at is not None and len(progress.records) == len(progress.lab.runs)


def seen_of(progress: LabProgress) -> str:
    """Returns what the words beside the runs depend on, so that a page asks only for new ones."""
    decided = sum(not one.is_open for one in progress.answers)
    return f"{progress.phase}-{progress.is_reached:d}-{decided}"


def _reached(progress: LabProgress) -> dict[str, Any]:
    """Returns when the goal was reached, and the address of that moment, or that the plan did; nothing before."""
    if (reached := progress.reached_at) is None:
        return {}
    if reached.is_by_plan:
        return {"is_by_plan": True}
    run = progress.runs[reached.run]
    return {
        "reached": clock(reached.seconds),
        "reached_address": f"{reverse('sandbox:run', args=[run.run.pk])}?at={reached.fact.seq}",
    }


def _runs(request: LearnerRequest, lab: Lab, progress: LabProgress | None) -> dict[str, Any]:
    """Returns the live runs; of a load, its figures."""
    if progress is None:
        return {}
    if progress.attempt.load:
        return load_context(progress.attempt.load)
    pages = [rendered_page(snapshot_reader.snapshot_in(recorded)) for recorded in progress.runs]
    token = get_token(request)
    panels = [panel_at(None, page, token, live=snapshot_reader.live_fragments_of(page)) for page in pages]
    names = lab.run_names or ("",)
    return {
        "panels": [LabPanel(name, panel) for name, panel in zip(names, panels, strict=False)],
        "waits": any(step.wait for recorded in progress.runs for step in recorded.plan.saga.steps),
        "both": [recorded.run.pk for recorded in progress.runs] if len(progress.runs) > 1 else [],
    }
