"""The form in which a run is chosen: the settings of the schema as fields, and as an address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from sandbox.definitions.faults import BadFault, Fault, parse_fault
from sandbox.definitions.model import Saga
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import (
    BOTH,
    DEFAULTS,
    MAX_FAULTS,
    SETTINGS,
    InvalidValue,
    RunSettings,
    Setting,
)
from sandbox.definitions.terms import ExperimentPage, Guarantee, Measure, Style
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import compile_plan, plan_of
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.fault_reach import check_known
from sandbox.form_fields import SettingField, named, too_much, with_defaults
from sandbox.labs.experiments import ExperimentsAt, shown_experiment
from sandbox.labs.model import Experiment
from sandbox.settings_checks import (
    check_settings,
    kinds_of_fault_at,
    places_of,
    with_applicable_faults,
    with_valid_values,
)

EXPERIMENTS_HERE = ExperimentsAt(ExperimentPage.SETUP)
# The names of the fields for predictions begin so. They are no part of the page's address.
PREDICT = "predict-"
# The name of the fields for the guarantees that are on. As settings, and in the address, are those that are off.
GUARANTEE = "guarantee"
# Forms send these along, which are no settings: the place that is open, the fault that is chosen there, and the token.
OTHER_FIELDS = {GUARANTEE, "at", "kind", *Measure, "nth", "csrfmiddlewaretoken"}


class SetupForm(forms.Form):
    """The settings of a run, as the page's address and its form hold them.

    `dropped` are faults that were left out because they do not fit what was chosen last; `unknown` are the names of
    what was given and is no setting. `left` is the saga that was chosen and cannot run in the style that was. With a
    `refusal`, the form is not valid.
    """

    data: QueryDict
    dropped: tuple[Fault, ...] = ()
    unknown: tuple[str, ...] = ()
    left: Saga | None = None
    refusal: str = ""
    prediction: Mapping[str, str] = {}

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        settings = {**SETTINGS, "fail": _refusals_of(str(data.get("saga", "")))}
        self.fields.update({name: SettingField(one, DEFAULTS[name]) for name, one in settings.items()})

    @classmethod
    def filled(cls, given: QueryDict) -> "SetupForm":
        """Returns the form with what was given, and the defaults for the rest. Names that are no settings are left out.

        What is longer or more than anybody can choose, and faults that no saga can have, are left out and refused,
        since every link of the page repeats every fault. Where the saga cannot run in the style, another is chosen.
        """
        known = _known_of(given)
        excess = too_much(known)
        chosen = _filled_in(QueryDict() if excess else known)
        left = _move_to_the_style(chosen)
        placed, problem = readable_faults(chosen.getlist("fault"), plan_of(with_valid_values(_lists(chosen))))
        chosen.setlist("fault", placed)
        form = cls(chosen)
        form.refusal, form.left = excess or problem, left
        form.prediction = predicted(known)
        form.unknown = tuple(name for name in given if name not in known)
        return form

    @classmethod
    def strict(cls, given: QueryDict) -> "SetupForm":
        """Returns the form, refused with anything that is no setting, or where the saga cannot run in the style."""
        form = cls.filled(given)
        form.refusal = form.refusal or _stranger(form.unknown) or _misfit(form.left, str(form.data["style"]))
        return form

    @classmethod
    def fitted(cls, given: QueryDict, *, changed: str = "") -> "SetupForm":
        """Returns the form with what was given, without what does not fit what was `changed` last."""
        filled = cls.filled(_without_style(given) if changed == "saga" else given)
        chosen = filled.with_valid_values
        fitting = with_applicable_faults(chosen)
        data = filled.data.copy()
        data["style"], data["fail"] = chosen.style, chosen.fail
        data.setlist("fault", list(map(str, fitting.fault)))
        if not any(data["at"] in group for group in places_of(chosen)):
            data["at"] = ""
        form = cls(data)
        form.refusal, form.left, form.unknown = filled.refusal, filled.left, filled.unknown
        form.dropped = tuple(fault for fault in chosen.fault if fault not in fitting.fault)
        return form

    @classmethod
    def showing(cls, settings: RunSettings) -> "SetupForm":
        """Returns the form in which these settings are chosen."""
        return cls(_filled_in(QueryDict(urlencode(settings.pairs()))))

    def address(self, **changes: str | list[str]) -> str:
        """Returns the settings, with these changes, as the query of the page's address."""
        data = self.data.copy()
        for name, value in changes.items():
            data.setlist(name, [value] if isinstance(value, str) else value)
        return urlencode([(name, value) for name, values in data.lists() for value in values if value])

    @property
    def problem(self) -> str:
        """Says what is wrong with the settings, in a line."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    @cached_property
    def with_valid_values(self) -> RunSettings:
        """Returns the settings to draw: the default for each that is not allowed."""
        return with_valid_values(_lists(self.data))

    @cached_property
    def settings(self) -> RunSettings:
        """Returns what was chosen. Only for a form without errors."""
        chosen = RunSettings(**{name: self.cleaned_data[name] for name in SETTINGS})
        return chosen if shown_experiment(chosen) else evolve(chosen, experiment="")

    @property
    def shows(self) -> Experiment | None:
        """Returns the experiment that was asked for, as long as these are its settings."""
        return shown_experiment(self.with_valid_values)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Returns the faults that are placed."""
        return self.with_valid_values.fault

    def with_fault(self, fault: Fault) -> "SetupForm":
        """Returns the form with that fault placed, instead of one of its kind at its place, and no place open."""
        data = self.data.copy()
        others = [one for one in self.faults if (one.at, one.kind) != (fault.at, fault.kind)]
        data.setlist("fault", list(map(str, (*others, fault))))
        data["at"] = ""
        return type(self)(data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            raise forms.ValidationError(self.refusal)
        name = cleaned.get("experiment")
        if name and name not in EXPERIMENTS_HERE:
            self.add_error("experiment", f"“{name}” is unknown; use one of {', '.join(EXPERIMENTS_HERE)}.")
        return cleaned

    def can_start(self) -> bool:
        """Tells whether a run could start like this, and adds an error if not. Simulates a run that has faults."""
        if self.is_valid():
            try:
                check_settings(self.settings, self.prediction)
                if self.data["at"]:
                    kinds_of_fault_at(self.settings, str(self.data["at"]))
            except InvalidValue as error:
                self.add_error(None, str(error))
        return not self.errors


def _known_of(given: QueryDict) -> QueryDict:
    """Returns the settings and the other fields of forms, without what somebody else has put into the address."""
    known = QueryDict(mutable=True)
    for name, values in given.lists():
        if name in SETTINGS or name in OTHER_FIELDS or name.startswith(PREDICT):
            known.setlist(name, values)
    return known


def _refusals_of(saga: str) -> Setting:
    """Returns the setting that says which step is refused, with the steps of that saga."""
    if saga not in SAGA:
        return SETTINGS["fail"]
    return replace(SETTINGS["fail"], options={s.name: s.refusal.reason for s in SAGA[saga].refusable if s.refusal})


def _filled_in(given: QueryDict) -> QueryDict:
    chosen = with_defaults(given, DEFAULTS)
    chosen["at"] = given.get("at", "")
    if GUARANTEE in given:
        chosen.setlist("without", [one for one in Guarantee if one not in given.getlist(GUARANTEE)])
    return chosen


def _move_to_the_style(chosen: QueryDict) -> Saga | None:
    """Chooses the first saga that can run in the style, and returns the one that cannot; None where it can."""
    saga, style = SAGA.get(str(chosen["saga"])), chosen["style"]
    able = next((one for one in SAGA.values() if style in one.styles), None)
    if saga is None or able is None or style in saga.styles:
        return None
    chosen["saga"] = able.name
    return saga


def _stranger(names: Sequence[str]) -> str:
    are = "is no setting" if len(names) == 1 else "are no settings"
    return f"{named(names)} {are}; use any of {', '.join(SETTINGS)}." if names else ""


def _misfit(saga: Saga | None, style: str) -> str:
    """Says why that saga cannot run in that style, "" without a saga."""
    try:
        if saga:
            compile_plan(saga, Style(style))
    except InvalidValue as error:
        return str(error)
    return ""


def _without_style(given: QueryDict) -> QueryDict:
    """Returns what was given, without a style in which the saga cannot run."""
    saga = SAGA.get(str(given.get("saga")))
    rest = given.copy()
    if saga and given.get("style") not in (*saga.styles, BOTH):
        rest.pop("style", None)
    return rest


def _lists(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in data.lists()}


def readable_faults(given: Iterable[str], plan: Plan) -> tuple[list[str], str]:
    """Returns the faults that some saga can have, and what is wrong with the rest in a sentence, "" if nothing is."""
    faults = [fault for fault in dict.fromkeys(given) if fault]
    if len(faults) > MAX_FAULTS:
        return [], f"{len(faults)} faults are too many; place at most {MAX_FAULTS}."
    readable, problem = [], ""
    for text in faults:
        try:
            check_known(plan, parse_fault(text))
            readable.append(text)
        except BadFault as error:
            problem = problem or str(error)
    return readable, problem


def predicted(given: QueryDict) -> dict[str, str]:
    """Returns the answers to the questions before a run, by the questions' names."""
    answers = ((name.removeprefix(PREDICT), str(value)) for name, value in given.items() if name.startswith(PREDICT))
    return {name: value for name, value in answers if value}
