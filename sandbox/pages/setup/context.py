"""Builds what the setup page shows: the form, the plan that is chosen, and the learner's runs."""

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Preset, Saga, Unit
from sandbox.definitions.registry import PRESET, SAGA, SERVICE, title
from sandbox.definitions.run_settings import BOTH, DEFAULTS, SETTINGS, RunSettings, Setting, Value
from sandbox.engine.analysis.predictions import PredictionQuestion, questions_for
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import plan_of
from sandbox.models import Run
from sandbox.pages.history.run_list import HistoryRow
from sandbox.pages.plan_figure import figure_of, plan_pictures
from sandbox.pages.setup.fault_palette import chips, hidden, hotspots_of, palette_of
from sandbox.pages.setup.form import SetupForm, predicted
from sandbox.render.text.fault_words import fault_in_words
from sandbox.settings_checks import places_of


def _stock(saga: Saga) -> int | None:
    """Returns how many items an order can take, where the saga has a stock."""
    accounts = (SERVICE[step.service].account(step.source) for step in saga.steps)
    return next((account.opening for account in accounts if account.unit is Unit.ITEM), None)


STYLE_TITLES = {BOTH: "both, side by side"}
# Settings with a place of their own on the page; any other is shown among the rest.
WITH_OWN_PLACE = {"saga", "style", "fail", "pace", "quantity", "undo", "fault", "without"}


def setup_context(
    form: SetupForm, runs: list[Run], *, placed: Fault | None = None, problem: str = "", given: QueryDict
) -> dict[str, Any]:
    """Returns everything that the setup page needs. A choice that is not allowed shows the default plan.

    `placed` is the fault that was placed just now; `problem` says why what was `given` could not be.
    """
    settings = form.with_valid_values
    saga = SAGA[settings.saga]
    return {
        "form": form,
        "experiment": form.shows,
        "questions": _questions(settings, predicted(given)),
        "presets": _presets(settings),
        "sagas": SAGA.values(),
        "styles": [(style, STYLE_TITLES.get(style, style), _words("style")[style]) for style in (BOTH, *saga.styles)],
        "faults": chips(form, placed),
        "dropped": [fault_in_words(fault) for fault in form.dropped],
        "palette": palette_of(form, settings, problem, given),
        "hidden": hidden(form),
        "groups": zip(("Steps", "Actors", "Messages"), places_of(settings), strict=True),
        "guarantees": _words("without").items(),
        "undo_orders": _words("undo").items(),
        "paces": _words("pace").items(),
        "chosen": settings,
        "others": _others(settings),
        "stock": _stock(saga),
        "refusals": [(s.name, s.refusal.reason, title(s.service)) for s in saga.refusable if s.refusal],
        "runs": list(map(HistoryRow, runs)),
        "also": [(plan_of(one), plan_pictures(plan_of(one), name=f"also-{one.style}")) for one in settings.each[1:]],
        **figure_of(plan_of(settings), name="plan", hotspots=hotspots_of(form, settings)),
    }


def _questions(
    settings: RunSettings, given: Mapping[str, str]
) -> list[tuple[PredictionQuestion, ItemsView[str, str], str]]:
    """Returns what can be predicted, with its options and the answer given; one that is no option is dropped."""
    plans = map(plan_of, settings.each)
    return [(one, options.items(), given.get(one.name, "")) for one, options in questions_for(*plans)]


def _presets(settings: RunSettings) -> list[tuple[Preset, str, bool]]:
    """Returns each preset with its address, and whether its settings are chosen, at whatever pace."""
    meant = ((preset, RunSettings.from_pairs(preset.settings)) for preset in PRESET.values())
    chosen = evolve(settings, pace=DEFAULTS["pace"], experiment="")
    return [(preset, urlencode(one.pairs()), evolve(one, pace=chosen.pace) == chosen) for preset, one in meant]


def _words(name: str) -> Mapping[str, str]:
    return SETTINGS[name].options


@dataclass(frozen=True, slots=True)
class OtherField:
    """A setting that has no place of its own on the page, and what is chosen."""

    name: str
    setting: Setting
    value: Value

    @property
    def is_several(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def is_optional(self) -> bool:
        """Tells whether none of its options is a choice too."""
        return DEFAULTS[self.name] not in self.setting.options


def _others(settings: RunSettings) -> list[OtherField]:
    return [
        OtherField(name, one, getattr(settings, name))
        for name, one in SETTINGS.items()
        if name not in WITH_OWN_PLACE and not one.by_program
    ]
