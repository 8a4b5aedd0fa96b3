"""What the learner can choose before a run. The choices are the registry's entries."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import ExperimentPage, Guarantee, Pace, Style, UndoOrder
from sandbox.engine.execution.faults import BadFault
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.fault_reach import check_known
from sandbox.form_fields import one_of, several, too_much, whole_number
from sandbox.labs.experiments import Experiment, ExperimentsAt
from sandbox.services import BOTH, MAX_FAULTS, MAX_QUANTITY, BadRequest, RunSettings

DEFAULTS = RunSettings()
EXPERIMENTS_HERE = ExperimentsAt(ExperimentPage.BENCH)


def steps_that_can_fail() -> tuple[str, ...]:
    """The names of all steps that can be refused, in any saga."""
    return tuple(dict.fromkeys(step.name for saga in SAGA.values() for step in saga.refusable))


def sensible(data: QueryDict) -> RunSettings:
    """The settings that were given, each where it makes sense, and the default where not. Faults are taken as given."""
    saga = SAGA.get(str(data["saga"]), SAGA[DEFAULTS.saga])
    return RunSettings(
        saga=saga.name,
        style=str(data["style"]) if data["style"] in (*saga.styles, BOTH) else DEFAULTS.style,
        refused=str(data["fail"]) if data["fail"] in {step.name for step in saga.refusable} else DEFAULTS.refused,
        undo=str(data["undo"]) if data["undo"] in set(UndoOrder) else DEFAULTS.undo,
        quantity=whole_number(str(data["quantity"]), least=1, most=MAX_QUANTITY) or DEFAULTS.quantity,
        without=tuple(str(one) for one in data.getlist("without") if one in set(Guarantee)),
        faults=tuple(dict.fromkeys(str(fault) for fault in data.getlist("fault") if fault)),
    )


def readable_faults(given: Iterable[str], plan: Plan) -> tuple[list[str], str]:
    """Those of the faults that some saga can have, and what is wrong with the rest, in a sentence; "" if nothing is."""
    faults = [fault for fault in dict.fromkeys(given) if fault]
    if len(faults) > MAX_FAULTS:
        return [], f"{len(faults)} faults are too many; place at most {MAX_FAULTS}."
    readable, complaint = [], ""
    for fault in faults:
        try:
            check_known(plan, fault)
            readable.append(fault)
        except BadFault as error:
            complaint = complaint or str(error)
    return readable, complaint


def fault_written(given: QueryDict) -> str:
    """The fault that was chosen from the palette, as it is written."""
    number, nth = (str(given.get(name, "")).strip() for name in ("number", "nth"))
    return f"{given['at']}:{given['kind']}" + (f"={number}" if number else "") + (f"@{nth}" if nth else "")


# What the form's fields for predictions begin with. They are no part of the bench's address.
PREDICT = "predict-"


def predicted(given: QueryDict) -> dict[str, str]:
    """What was answered to the questions before a run, by their names."""
    answers = ((name.removeprefix(PREDICT), str(value)) for name, value in given.items() if name.startswith(PREDICT))
    return {name: value for name, value in answers if value}


# What forms send along that is no setting: the fault that is chosen from the palette, and what proves a form is ours.
SENT_ALONG = {"kind", "number", "nth", "csrfmiddlewaretoken"}

# What follows of a fault after its place and its kind.
WRITTEN_NUMBERS = re.compile("[=@]")


class SetupForm(forms.Form):
    """The settings of a run, as they stand in the bench's address and in its form."""

    saga = one_of(SAGA, label="Saga")
    style = one_of((*Style, BOTH), label="Who coordinates?")
    fail = one_of(steps_that_can_fail(), label="What goes wrong?", required=False)
    pace = one_of(Pace, label="How fast?")
    undo = one_of(UndoOrder, label="How is it undone?")
    fault = several(label="Faults")
    without = several(Guarantee, label="Guarantees switched off")
    quantity = forms.IntegerField(
        label="Items",
        min_value=1,
        max_value=MAX_QUANTITY,
        error_messages={
            "required": f"Enter a whole number of items, 1 to {MAX_QUANTITY}.",
            "invalid": f"Enter a whole number of items, 1 to {MAX_QUANTITY}.",
            "min_value": f"Order at least 1 item, at most {MAX_QUANTITY}.",
            "max_value": f"Order at most {MAX_QUANTITY} items.",
        },
    )

    at = forms.CharField(label="Place of a fault", required=False)
    experiment = one_of(EXPERIMENTS_HERE, label="Experiment", required=False)

    data: QueryDict
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    refusal: str = ""
    prediction: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def filled(cls, given: QueryDict) -> "SetupForm":
        """The form with what was given, and the defaults for the rest; with anything `unknown` it is not valid.

        Nor with a `refusal`: what is longer or more than anybody can choose, and faults that no saga can have, are left
        out, since every fault stands in every link of the page.
        """
        chosen = QueryDict(mutable=True)
        chosen.update(
            {
                "saga": DEFAULTS.saga,
                "style": DEFAULTS.style,
                "fail": DEFAULTS.refused,
                "pace": DEFAULTS.pace,
                "quantity": str(DEFAULTS.quantity),
                "undo": DEFAULTS.undo,
                "at": "",
                "experiment": "",
            }
        )
        excess = too_much(given)
        if excess:
            given = QueryDict()
        for name in cls.base_fields:
            if name in given:
                chosen.setlist(name, [value for value in given.getlist(name) if value] or [""])
        placed, complaint = readable_faults(chosen.getlist("fault"), sensible(chosen).plan)
        chosen.setlist("fault", placed)
        form = cls(chosen)
        form.refusal = excess or complaint
        form.prediction = predicted(given)
        known = {*cls.base_fields, *SENT_ALONG}
        form.unknown = tuple(name for name in given if name not in known and not name.startswith(PREDICT))
        return form

    @classmethod
    def fitted(cls, given: QueryDict) -> "SetupForm":
        """The form with what was given, less what does not fit what was chosen last; `dropped` are faults of that."""
        filled = cls.filled(given)
        data = filled.data.copy()
        chosen = sensible(data)
        data["style"], data["fail"] = chosen.style, chosen.refused
        kept = chosen.applicable_faults()
        data.setlist("fault", kept)
        if not any(data["at"] in group for group in chosen.places):
            data["at"] = ""
        form = cls(data)
        form.refusal = filled.refusal
        form.dropped = tuple(fault for fault in chosen.faults if fault not in kept)
        return form

    @classmethod
    def of(cls, settings: Mapping[str, str | tuple[str, ...]]) -> "SetupForm":
        """The form with these settings, and the defaults for the rest."""
        return cls.filled(QueryDict(urlencode(settings, doseq=True)))

    @classmethod
    def showing(cls, settings: RunSettings) -> "SetupForm":
        """The form in which these settings are chosen."""
        return cls.of(
            {
                "saga": settings.saga,
                "style": settings.style,
                "fail": settings.refused,
                "pace": settings.pace,
                "quantity": str(settings.quantity),
                "undo": settings.undo,
                "fault": settings.faults,
                "without": settings.without,
            }
        )

    def address(self, **changes: str | list[str]) -> str:
        """The settings, with these changes, as they stand after the question mark of the bench's address."""
        data = self.data.copy()
        for name, value in changes.items():
            data.setlist(name, [value] if isinstance(value, str) else value)
        return urlencode([(name, value) for name, values in data.lists() for value in values if value])

    @property
    def trouble(self) -> str:
        """What is wrong with the settings, in a line."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    @property
    def shows(self) -> Experiment | None:
        """The experiment that was asked for, as long as these are its settings, at whatever pace."""
        found = EXPERIMENTS_HERE.get(str(self.data["experiment"]))
        return found if found and sensible(self.of(found.settings).data) == sensible(self.data) else None

    @property
    def faults(self) -> list[str]:
        """The faults that are placed, as they are written."""
        return [str(fault) for fault in self.data.getlist("fault") if fault]

    def with_fault(self, fault: str) -> "SetupForm":
        """The form with that fault placed, instead of one of its kind at its place, and no place open."""
        data = self.data.copy()
        place = WRITTEN_NUMBERS.split(fault)[0]
        data.setlist("fault", [*(one for one in self.faults if WRITTEN_NUMBERS.split(one)[0] != place), fault])
        data["at"] = ""
        return type(self)(data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            raise forms.ValidationError(self.refusal)
        if self.unknown:
            names = ", ".join(f"“{name}”" for name in self.unknown)
            are = "is no setting" if len(self.unknown) == 1 else "are no settings"
            raise forms.ValidationError(f"{names} {are}; use any of {', '.join(self.base_fields)}.")
        if not self.errors:
            try:
                self.settings().check_each()
                if cleaned["at"]:
                    self.settings().palette(cleaned["at"])
            except BadRequest as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned

    def settings(self) -> RunSettings:
        """What was chosen. Only for a form without errors."""
        chosen = self.cleaned_data
        return RunSettings(
            saga=chosen["saga"],
            style=chosen["style"],
            refused=chosen["fail"],
            pace=chosen["pace"],
            quantity=chosen["quantity"],
            undo=chosen["undo"],
            faults=tuple(dict.fromkeys(chosen["fault"])),
            without=tuple(chosen["without"]),
            prediction=self.prediction,
            experiment=self.shows.name if self.shows else "",
        )
