"""Checks of input: form fields whose errors say what is allowed, whole numbers, and limits of length."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy

# The longest number in an address or a form that is parsed.
MAX_DIGITS = 9
# The longest name or value of a setting, in characters, and the most values together.
MAX_LENGTH, MAX_VALUES = 100, 100


def too_much(given: QueryDict) -> str:
    """Returns a sentence that says what is too long or too many, or "" if nothing is."""
    pairs = [(name, value) for name, values in given.lists() for value in values]
    if len(pairs) > MAX_VALUES:
        return f"There are {len(pairs)} values; at most {MAX_VALUES} are read."
    for name, value in pairs:
        if max(len(name), len(value)) > MAX_LENGTH:
            what = f"The value of “{name}”" if len(name) <= MAX_LENGTH else "A name"
            return f"{what} has {max(len(name), len(value))} characters; at most {MAX_LENGTH} are read."
    return ""


def whole_number(given: str, *, least: int = 0, most: int | None = None) -> int | None:
    """Returns the whole number, or None if it is none, has more than MAX_DIGITS digits, or is out of range."""
    if not given.isdecimal() or len(given) > MAX_DIGITS:
        return None
    number = int(given)
    return number if number >= least and (most is None or number <= most) else None


def one_of(names: Iterable[str], **options: Any) -> forms.ChoiceField:
    """Returns a choice field whose error names what is allowed. The names of a mapping are read at each use."""
    allowed = names if isinstance(names, Mapping) else tuple(names)
    unknown = lazy(lambda: f"“%(value)s” is unknown; use one of {', '.join(allowed)}.", str)()
    return forms.ChoiceField(
        choices=lambda: [(name, name) for name in allowed], error_messages={"invalid_choice": unknown}, **options
    )


class MultipleValues(forms.MultipleChoiceField):
    """Any number of values. Without choices, any value is valid."""

    def valid_value(self, value: str) -> bool:
        return not self.choices or super().valid_value(value)

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


def several(names: Iterable[str] = (), **options: Any) -> forms.MultipleChoiceField:
    """Returns a field for any number of these names."""
    allowed = tuple(names)
    unknown = f"“%(value)s” is unknown; use any of {', '.join(allowed)}."
    return MultipleValues(
        choices=[(name, name) for name in allowed],
        required=False,
        error_messages={"invalid_choice": unknown},
        **options,
    )
