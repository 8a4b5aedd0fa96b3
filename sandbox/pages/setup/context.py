"""Builds what the setup page shows: the form, the plan that is chosen, and the learner's runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Preset, Unit
from sandbox.definitions.registry import PRESET, SAGA, SERVICE, title
from sandbox.definitions.run_settings import BOTH, DEFAULTS, SETTINGS, RunSettings, Setting, Value
from sandbox.definitions.terms import Guarantee, PresetGroup, Stock, Style
from sandbox.engine.analysis.predictions import QUESTIONS, Options, questions_for
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import plan_of
from sandbox.form_fields import named
from sandbox.models import Run
from sandbox.pages.history.run_list import HistoryRow
from sandbox.pages.plan_figure import figure_of, plan_pictures
from sandbox.pages.setup.fault_palette import chips, hidden, hotspots_of, palette_of
from sandbox.pages.setup.form import SetupForm, predicted
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.text.fault_words import fault_in_words
from sandbox.settings_checks import places_of


def _stock(settings: RunSettings) -> int | None:
    """Returns how many items an order can take, where the saga has a stock and it is not that of just one order."""
    if settings.stock != Stock.OWN:
        return None
    accounts = (SERVICE[step.service].account(step.source) for step in SAGA[settings.saga].steps)
    return next((account.opening for account in accounts if account.unit is Unit.ITEM), None)


STYLE_TITLES = {BOTH: "both, side by side"}
# The width from which on the wide picture of a plan is too small to read beside the form, and the tall one is shown.
BROAD = 1100.0
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
    asked, presets = list(_asked(settings, predicted(given))), _presets(settings)
    return {
        "form": form,
        "left_out": named(form.unknown),
        "experiment": form.shows,
        "asked_first": [one for one in asked if one.text == asked[0].text],
        "asked_more": [one for one in asked if one.text != asked[0].text],
        "answers_for_other_styles": _answers_for_other_styles(predicted(given), asked),
        "presets": [(group, [one for one in presets if one.preset.group is group]) for group in PresetGroup],
        "claimed": next((one.preset for one in presets if one.is_chosen), None),
        "sagas": SAGA.values(),
        "styles": [(style, STYLE_TITLES.get(style, style), words) for style, words in _words("style").items()],
        "faults": chips(form, placed),
        "dropped": [fault_in_words(fault) for fault in form.dropped],
        "palette": palette_of(form, settings, problem, given),
        "hidden": hidden(form),
        "groups": zip(("Steps", "Actors", "Messages"), places_of(settings), strict=True),
        "guarantees": [(one, _plain(one), words, one not in settings.off) for one, words in _words("without").items()],
        "off": [_plain(one) for one in Guarantee if one in settings.off],
        "undo_orders": _words("undo").items(),
        "paces": _words("pace").items(),
        "chosen": settings,
        "others": _others(settings),
        "stock": _stock(settings),
        "refusals": [(s.name, s.refusal.reason, title(s.service)) for s in saga.refusable if s.refusal],
        "runs": list(map(HistoryRow, runs)),
        "is_broad": any(draw(plan_of(one), Shape.WIDE).width > BROAD for one in settings.each),
        "also": [(plan_of(one), plan_pictures(plan_of(one), name=f"also-{one.style}")) for one in settings.each[1:]],
        **figure_of(plan_of(settings), name="plan", hotspots=hotspots_of(form, settings)),
    }


@dataclass(frozen=True, slots=True)
class PredictionField:
    """A question before a run as a field: what can be answered, and what is. Side by side, `style` is its run's."""

    name: str
    text: str
    options: Options
    answer: str
    style: str = ""


def _asked(settings: RunSettings, given: Mapping[str, str]) -> Iterator[PredictionField]:
    """Yields what can be predicted, the most important first; an answer that is no option is dropped."""
    for one, options in questions_for(*map(plan_of, settings.each)):
        for style in [each.style for each in settings.each] if one.by_style else [""]:
            name = one.name_in(style)
            yield PredictionField(name, one.text, options, given.get(name, ""), style if settings.style == BOTH else "")


def _answers_for_other_styles(given: Mapping[str, str], asked: list[PredictionField]) -> list[tuple[str, str]]:
    """Returns the answers for styles that are not chosen, which the form keeps in case they are chosen again."""
    names = {one.name_in(style) for one in QUESTIONS for style in Style} - {one.name for one in asked}
    return [(name, answer) for name, answer in given.items() if name in names]


@dataclass(frozen=True, slots=True)
class OfferedPreset:
    """A preset with its address, and whether its settings are chosen, at whatever pace."""

    preset: Preset
    address: str
    is_chosen: bool


def _presets(settings: RunSettings) -> list[OfferedPreset]:
    chosen = evolve(settings, experiment="")
    return [_offered(one, chosen) for one in PRESET.values()]


def _offered(preset: Preset, chosen: RunSettings) -> OfferedPreset:
    meant = RunSettings.from_pairs(preset.settings)
    return OfferedPreset(preset, urlencode(meant.pairs()), evolve(meant, pace=chosen.pace) == chosen)


def _plain(guarantee: str) -> str:
    return guarantee.replace("-", " ")


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
