"""Form fields whose errors say what is allowed."""

from collections.abc import Iterable
from typing import Any

from django import forms


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
