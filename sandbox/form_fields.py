"""What comes from outside: form fields whose errors say what is allowed, and numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy

# Of any number in an address or a form.
MOST_DIGITS = 9
# Of any name or value of a setting, in characters, and of all values together: what is chosen is short, and not much.
LONGEST_VALUE, MOST_VALUES = 100, 100


def too_much(given: QueryDict) -> str:
    """What makes settings longer or more than anybody can choose, in a sentence; empty for any that can be read."""
    pairs = [(name, value) for name, values in given.lists() for value in values]
    if len(pairs) > MOST_VALUES:
        return f"There are {len(pairs)} values; at most {MOST_VALUES} are read."
    for name, value in pairs:
        if max(len(name), len(value)) > LONGEST_VALUE:
            what = f"The value of “{name}”" if len(name) <= LONGEST_VALUE else "A name"
            return f"{what} has {max(len(name), len(value))} characters; at most {LONGEST_VALUE} are read."
    return ""


def whole_number(given: str, *, least: int = 0, most: int | None = None) -> int | None:
    """The whole number that was given; None where it is none, has more than MOST_DIGITS digits, or is out of range."""
    if not given.isdecimal() or len(given) > MOST_DIGITS:
        return None
    number = int(given)
    return number if number >= least and (most is None or number <= most) else None


def one_of(names: Iterable[str], **options: Any) -> forms.ChoiceField:
    """A choice whose error names what is allowed. The names of a table are looked up whenever a form is filled in."""
    allowed = names if isinstance(names, Mapping) else tuple(names)
    unknown = lazy(lambda: f"“%(value)s” is unknown; use one of {', '.join(allowed)}.", str)()
    return forms.ChoiceField(
        choices=lambda: [(name, name) for name in allowed], error_messages={"invalid_choice": unknown}, **options
    )


class MultipleValues(forms.MultipleChoiceField):
    """Any number of values; which are allowed may be left to whoever uses them."""

    def valid_value(self, value: str) -> bool:
        return not self.choices or super().valid_value(value)

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


def several(names: Iterable[str] = (), **options: Any) -> forms.MultipleChoiceField:
    """Any of these, or none."""
    allowed = tuple(names)
    unknown = f"“%(value)s” is unknown; use any of {', '.join(allowed)}."
    return MultipleValues(
        choices=[(name, name) for name in allowed],
        required=False,
        error_messages={"invalid_choice": unknown},
        **options,
    )
