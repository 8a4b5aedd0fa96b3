"""Checks of input: form fields whose errors say what is allowed, whole numbers, and limits of length."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy

from sandbox.definitions.run_settings import InvalidValue, Setting, Value

# The longest number in an address or a form that is parsed.
MAX_DIGITS = 9
# The longest name or value of a setting, in characters, and the most values together.
MAX_LENGTH, MAX_VALUES = 100, 100
# How much of a name that somebody else chose is repeated, and of how many.
MAX_NAME, MAX_NAMES = 30, 5


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


def named(names: Sequence[str]) -> str:
    """Returns the names in quotes, each shortened, and how many more there are."""
    shown = [f"“{name}”" if len(name) <= MAX_NAME else f"“{name[:MAX_NAME]}…”" for name in names[:MAX_NAMES]]
    return ", ".join(shown) + (f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else "")


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


class SettingField(forms.Field):
    """A field that accepts what the schema allows, and says in its error what that is."""

    widget = forms.SelectMultiple

    def __init__(self, setting: Setting, default: Value) -> None:
        super().__init__(label=setting.label, required=False)
        self.setting, self.default = setting, default

    def clean(self, value: Sequence[str]) -> Any:
        try:
            return self.setting.read(value, self.default)
        except InvalidValue as error:
            raise forms.ValidationError(f"{error}.") from error


def with_defaults(given: QueryDict, defaults: Mapping[str, Value]) -> QueryDict:
    """Returns the settings that were given, in the order of the defaults, with those for the others."""
    chosen = QueryDict(mutable=True)
    for name, default in defaults.items():
        usual = list(default) if isinstance(default, tuple) else [str(default)]
        chosen.setlist(name, given.getlist(name) if name in given else usual)
    return chosen
