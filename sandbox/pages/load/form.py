"""The form in which a load is chosen."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from sandbox.definitions.run_settings import InvalidValue
from sandbox.definitions.terms import ExperimentPage
from sandbox.form_fields import SettingField, one_of, too_much, with_defaults
from sandbox.labs.experiments import ExperimentsAt
from sandbox.labs.model import Experiment
from sandbox.load_settings import LOAD_DEFAULTS, LOAD_SETTINGS, LoadSettings

EXPERIMENTS_HERE = ExperimentsAt(ExperimentPage.LOAD_LAB)


class LoadForm(forms.Form):
    """The settings of a load, as the page's address and its form hold them. `settings` needs a form without errors."""

    experiment = one_of(EXPERIMENTS_HERE, label="Experiment", required=False)

    data: QueryDict
    refusal: str = ""
    settings: LoadSettings

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields.update({name: SettingField(one, LOAD_DEFAULTS[name]) for name, one in LOAD_SETTINGS.items()})

    @classmethod
    def filled(cls, given: QueryDict) -> "LoadForm":
        """Returns the form with what was given; the defaults where nothing was, or more than anybody can choose."""
        refusal = too_much(given)
        form = cls(with_defaults(QueryDict() if refusal else given, {**LOAD_DEFAULTS, "experiment": ""}))
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
                self.settings = LoadSettings(**{name: cleaned[name] for name in LOAD_SETTINGS})
            except InvalidValue as error:
                raise forms.ValidationError(f"{error}.") from error
        return cleaned
