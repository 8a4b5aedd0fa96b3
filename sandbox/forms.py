"""What the learner can choose before a run. The choices are the registry's entries."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Guarantee, Pace, Style, UndoOrder
from sandbox.services import BOTH, MAX_QUANTITY, BadRequest, Settings, check_twins

DEFAULTS = Settings()


def one_of(names: Iterable[str], **options: Any) -> forms.ChoiceField:
    """A choice whose error names what is allowed."""
    allowed = tuple(names)
    unknown = f"“%(value)s” is unknown; use one of {', '.join(allowed)}."
    return forms.ChoiceField(
        choices=[(name, name) for name in allowed], error_messages={"invalid_choice": unknown}, **options
    )


class Several(forms.MultipleChoiceField):
    """Any number of values; which are allowed may be left to whoever uses them."""

    def valid_value(self, value: str) -> bool:
        return not self.choices or super().valid_value(value)

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


def several(names: Iterable[str] = (), **options: Any) -> forms.MultipleChoiceField:
    """Any of these, or none."""
    allowed = tuple(names)
    unknown = f"“%(value)s” is unknown; use any of {', '.join(allowed)}."
    return Several(
        choices=[(name, name) for name in allowed],
        required=False,
        error_messages={"invalid_choice": unknown},
        **options,
    )


def steps_that_can_fail() -> tuple[str, ...]:
    """The names of all steps that can be refused, in any saga."""
    return tuple(dict.fromkeys(step.name for saga in SAGA.values() for step in saga.refusable))


class BenchForm(forms.Form):
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

    data: QueryDict

    @classmethod
    def filled(cls, given: QueryDict) -> "BenchForm":
        """The form with what was given, and the defaults for the rest."""
        chosen = QueryDict(mutable=True)
        chosen.update(
            {
                "saga": DEFAULTS.saga,
                "style": DEFAULTS.style,
                "fail": DEFAULTS.refused,
                "pace": DEFAULTS.pace,
                "quantity": str(DEFAULTS.quantity),
                "undo": DEFAULTS.undo,
            }
        )
        for name in cls.base_fields:
            if name in given:
                chosen.setlist(name, [value for value in given.getlist(name) if value] or [""])
        return cls(chosen)

    @classmethod
    def fitted(cls, given: QueryDict) -> "BenchForm":
        """The form with what was given, less what does not fit the saga and the style that were chosen last."""
        data = cls.filled(given).data.copy()
        saga = SAGA.get(str(data["saga"]), SAGA[DEFAULTS.saga])
        if data["style"] not in (*saga.styles, BOTH):
            data["style"] = DEFAULTS.style
        if data["fail"] not in {step.name for step in saga.refusable}:
            data["fail"] = DEFAULTS.refused
        chosen = Settings(
            saga=saga.name,
            style=str(data["style"]),
            refused=str(data["fail"]),
            faults=tuple(str(fault) for fault in data.getlist("fault") if fault),
        )
        data.setlist("fault", chosen.fitting_faults())
        return cls(data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                settings = self.settings()
                check_twins(settings) if settings.style == BOTH else settings.check()
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
            undo=chosen["undo"],
            faults=tuple(dict.fromkeys(chosen["fault"])),
            without=tuple(chosen["without"]),
        )
