"""What the bench shows beside its form: the plan that is chosen, and the learner's runs."""

from collections.abc import ItemsView, Mapping
from typing import Any

from django.http import QueryDict

from sandbox.definitions.model import Preset, Saga, Unit
from sandbox.definitions.registry import PRESET, SAGA, SERVICE, title
from sandbox.definitions.terms import Guarantee, Pace, Style, UndoOrder
from sandbox.engine.analysis.predictions import Question, asked
from sandbox.models import Run
from sandbox.pages.history.run_list import Row
from sandbox.pages.plan_figure import figure_of, plan_pictures
from sandbox.pages.setup.fault_palette import chips, hidden, hotspots_of, palette_of
from sandbox.pages.setup.form import SetupForm, predicted, sensible
from sandbox.render.text.fault_words import fault_in_words
from sandbox.services import BOTH, RunSettings


def _stock(saga: Saga) -> int | None:
    """How many items an order can take, where the saga has a stock."""
    accounts = (SERVICE[step.service].account(step.source) for step in saga.steps)
    return next((account.opening for account in accounts if account.unit is Unit.ITEM), None)


GUARANTEES = {
    Guarantee.OUTBOX: "messages are committed with the work that sends them",
    Guarantee.INBOX: "a second copy of a message is recognised",
    Guarantee.LATE_ACK: "a message is acknowledged only when it is handled",
    Guarantee.TIMEOUTS: "somebody notices when an answer does not come",
}
UNDO_ORDERS = {
    UndoOrder.SEQUENTIAL: "One after the other, last step first",
    UndoOrder.PARALLEL: "All at once",
}
STYLES = {
    BOTH: "The same order, the same fault, in both styles at once: then see what differs.",
    Style.CHOREOGRAPHY: "Services react to each other's events. Nobody is in charge.",
    Style.ORCHESTRATION: "An orchestrator commands each step and hears every reply.",
    Style.HYBRID: "Orchestrated, with a part inside that is choreographed.",
}
STYLE_TITLES = {BOTH: "both, side by side"}
PACES = {
    Pace.FOLLOW: "Slow enough to follow",
    Pace.STEP: "Step by step: you deliver each message",
    Pace.FAST: "Full speed",
}


def setup_context(
    form: SetupForm, runs: list[Run], *, placed: str = "", trouble: str = "", given: QueryDict
) -> dict[str, Any]:
    """Everything that the bench's template needs. A choice that makes no sense shows the default plan.

    `placed` is the fault that was placed just now; `trouble` is why what was `given` could not be.
    """
    settings = sensible(form.data)
    saga = SAGA[settings.saga]
    return {
        "form": form,
        "experiment": form.shows,
        "questions": _questions(settings, predicted(given)),
        "presets": _presets(settings),
        "sagas": SAGA.values(),
        "styles": [(style, STYLE_TITLES.get(style, style), STYLES[style]) for style in (BOTH, *saga.styles)],
        "faults": chips(form, placed),
        "dropped": [fault_in_words(fault) for fault in form.dropped],
        "palette": palette_of(form, settings, trouble, given),
        "hidden": hidden(form),
        "groups": zip(("Steps", "Actors", "Messages"), settings.places, strict=True),
        "guarantees": GUARANTEES.items(),
        "chosen_without": form["without"].value(),
        "undo_orders": UNDO_ORDERS.items(),
        "paces": PACES.items(),
        "stock": _stock(saga),
        "refusals": [(s.name, s.refusal.reason, title(s.service)) for s in saga.refusable if s.refusal],
        "runs": list(map(Row, runs)),
        "also": [(one.plan, plan_pictures(one.plan, name=f"also-{one.style}")) for one in settings.each[1:]],
        **figure_of(settings.plan, name="plan", places=hotspots_of(form, settings)),
    }


def _questions(settings: RunSettings, given: Mapping[str, str]) -> list[tuple[Question, ItemsView[str, str], str]]:
    """What can be predicted, with its options and what was answered; an answer that is none of them is forgotten."""
    plans = (each.plan for each in settings.each)
    return [(one, options.items(), given.get(one.name, "")) for one, options in asked(*plans)]


def _presets(settings: RunSettings) -> list[tuple[Preset, str, bool]]:
    """Each preset with its address, and whether its settings are those that are chosen."""
    forms = ((preset, SetupForm.of(preset.settings)) for preset in PRESET.values())
    return [(preset, form.address(), sensible(form.data) == settings) for preset, form in forms]
