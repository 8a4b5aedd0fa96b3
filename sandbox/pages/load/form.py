"""The form in which a load is chosen."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from sandbox.definitions.registry import QUEUES
from sandbox.definitions.terms import ExperimentPage, Style
from sandbox.form_fields import one_of, several, too_much
from sandbox.labs.experiments import Experiment, ExperimentsAt
from sandbox.services import MAX_LOAD, InvalidValue, LoadSettings, swift_sagas

DEFAULTS = LoadSettings()
EXPERIMENTS_HERE = ExperimentsAt(ExperimentPage.LOAD_LAB)


class LoadForm(forms.Form):
    """The settings of a load, as its form and its address name them."""

    saga = one_of((saga.name for saga in swift_sagas()), label="Saga")
    style = several(Style, label="Who coordinates?")
    count = forms.IntegerField(
        label="Orders in each style",
        min_value=1,
        max_value=MAX_LOAD,
        error_messages={
            "required": f"Enter a whole number of orders, 1 to {MAX_LOAD}.",
            "invalid": f"Enter a whole number of orders, 1 to {MAX_LOAD}.",
            "min_value": f"Start at least 1 order, at most {MAX_LOAD}.",
            "max_value": f"Start at most {MAX_LOAD} orders in each style.",
        },
    )
    helped = one_of(QUEUES, label="A second process for", required=False)
    experiment = one_of(EXPERIMENTS_HERE, label="Experiment", required=False)

    data: QueryDict
    refusal: str = ""

    @classmethod
    def filled(cls, given: QueryDict) -> "LoadForm":
        """Returns the form with what was given; the defaults where nothing was, or more than anybody can choose."""
        chosen = QueryDict(mutable=True)
        chosen.update(
            {"saga": DEFAULTS.saga, "count": str(DEFAULTS.count), "helped": DEFAULTS.helped, "experiment": ""}
        )
        chosen.setlist("style", list(DEFAULTS.styles))
        refusal = too_much(given)
        for name in () if refusal else cls.base_fields:
            if name in given:
                chosen.setlist(name, given.getlist(name))
        form = cls(chosen)
        form.refusal = refusal
        return form

    @classmethod
    def of(cls, settings: Mapping[str, str | tuple[str, ...]]) -> "LoadForm":
        """Returns the form with these settings, and the defaults for the rest."""
        return cls.filled(QueryDict(urlencode(settings, doseq=True)))

    @property
    def shows(self) -> Experiment | None:
        """Returns the experiment that was asked for, as long as these are its settings."""
        found = EXPERIMENTS_HERE.get(str(self.data["experiment"]))
        return found if found and self.of({**found.settings, "experiment": found.name}).data == self.data else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            raise forms.ValidationError(self.refusal)
        if not self.errors:
            try:
                self.settings().check()
            except InvalidValue as error:
                raise forms.ValidationError(f"{error}.") from error
        return cleaned

    def settings(self) -> LoadSettings:
        """Returns what was chosen. Only for a form without errors."""
        chosen = self.cleaned_data
        styles = tuple(dict.fromkeys(chosen["style"]))
        return LoadSettings(saga=chosen["saga"], styles=styles, count=chosen["count"], helped=chosen["helped"])
