"""What the learner can choose before a run. The choices are the registry's entries."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Pace, Style
from sandbox.services import MAX_QUANTITY, BadRequest, Settings

DEFAULTS = Settings()


def one_of(names: Iterable[str], **options: Any) -> forms.ChoiceField:
    """A choice whose error names what is allowed."""
    allowed = tuple(names)
    unknown = f"“%(value)s” is unknown; use one of {', '.join(allowed)}."
    return forms.ChoiceField(
        choices=[(name, name) for name in allowed], error_messages={"invalid_choice": unknown}, **options
    )


def steps_that_can_fail() -> tuple[str, ...]:
    """The names of all steps that can be refused, in any saga."""
    return tuple(dict.fromkeys(step.name for saga in SAGA.values() for step in saga.refusable))


class BenchForm(forms.Form):
    """The settings of a run, as they stand in the bench's address and in its form."""

    saga = one_of(SAGA, label="Saga")
    style = one_of(Style, label="Who coordinates?")
    fail = one_of(steps_that_can_fail(), label="What goes wrong?", required=False)
    pace = one_of(Pace, label="How fast?")
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

    @classmethod
    def filled(cls, given: QueryDict) -> "BenchForm":
        """The form with what was given, and the defaults for the rest."""
        chosen = {
            "saga": DEFAULTS.saga,
            "style": DEFAULTS.style,
            "fail": DEFAULTS.refused,
            "pace": DEFAULTS.pace,
            "quantity": DEFAULTS.quantity,
        }
        return cls({**chosen, **{name: given[name] for name in chosen if name in given}})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.settings().check()
            except BadRequest as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned

    def settings(self) -> Settings:
        """What was chosen. Only for a form without errors."""
        chosen = self.cleaned_data
        return Settings(
            saga=chosen["saga"],
            style=chosen["style"],
            refused=chosen["fail"],
            pace=chosen["pace"],
            quantity=chosen["quantity"],
        )
