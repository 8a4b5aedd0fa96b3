"""The form in which a run is chosen: the settings of the schema as fields, and as an address."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from sandbox.definitions.faults import BadFault, Fault, parse_fault
from sandbox.definitions.run_settings import DEFAULTS, MAX_FAULTS, SETTINGS, InvalidValue, RunSettings
from sandbox.definitions.terms import ExperimentPage
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.fault_reach import check_known
from sandbox.form_fields import SettingField, too_much, with_defaults
from sandbox.labs.experiments import Experiment, ExperimentsAt, shown_experiment
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
# Forms send these along, which are no settings: the place that is open, the fault that is chosen there, and the token.
OTHER_FIELDS = {"at", "kind", "number", "nth", "csrfmiddlewaretoken"}


class SetupForm(forms.Form):
    """The settings of a run, as the page's address and its form hold them.

    `dropped` are faults that were left out because they do not fit what was chosen last. With anything `unknown`, or
    with a `refusal`, the form is not valid.
    """

    data: QueryDict
    dropped: tuple[Fault, ...] = ()
    unknown: tuple[str, ...] = ()
    refusal: str = ""
    prediction: Mapping[str, str] = {}

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields.update({name: SettingField(one, DEFAULTS[name]) for name, one in SETTINGS.items()})

    @classmethod
    def filled(cls, given: QueryDict) -> "SetupForm":
        """Returns the form with what was given, and the defaults for the rest.

        What is longer or more than anybody can choose, and faults that no saga can have, are left out and refused,
        since every link of the page repeats every fault.
        """
        excess = too_much(given)
        chosen = _filled_in(QueryDict() if excess else given)
        placed, problem = readable_faults(chosen.getlist("fault"), plan_of(with_valid_values(_lists(chosen))))
        chosen.setlist("fault", placed)
        form = cls(chosen)
        form.refusal = excess or problem
        form.prediction = predicted(given)
        known = {*SETTINGS, *OTHER_FIELDS}
        form.unknown = tuple(name for name in given if name not in known and not name.startswith(PREDICT))
        return form

    @classmethod
    def fitted(cls, given: QueryDict) -> "SetupForm":
        """Returns the form with what was given, without what does not fit what was chosen last."""
        filled = cls.filled(given)
        chosen = filled.with_valid_values
        fitting = with_applicable_faults(chosen)
        data = filled.data.copy()
        data["style"], data["fail"] = chosen.style, chosen.fail
        data.setlist("fault", list(map(str, fitting.fault)))
        if not any(data["at"] in group for group in places_of(chosen)):
            data["at"] = ""
        form = cls(data)
        form.refusal = filled.refusal
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
        if self.unknown:
            names = ", ".join(f"“{name}”" for name in self.unknown)
            are = "is no setting" if len(self.unknown) == 1 else "are no settings"
            raise forms.ValidationError(f"{names} {are}; use any of {', '.join(SETTINGS)}.")
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


def _filled_in(given: QueryDict) -> QueryDict:
    chosen = with_defaults(given, DEFAULTS)
    chosen["at"] = given.get("at", "")
    return chosen


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


def chosen_fault(given: QueryDict) -> Fault:
    """Returns the fault that was chosen from the palette. Raises BadFault, which says what is allowed."""
    number, nth = (str(given.get(name, "")).strip() for name in ("number", "nth"))
    return parse_fault(f"{given['at']}:{given['kind']}" + (f"={number}" if number else "") + (f"@{nth}" if nth else ""))


def predicted(given: QueryDict) -> dict[str, str]:
    """Returns the answers to the questions before a run, by the questions' names."""
    answers = ((name.removeprefix(PREDICT), str(value)) for name, value in given.items() if name.startswith(PREDICT))
    return {name: value for name, value in answers if value}
