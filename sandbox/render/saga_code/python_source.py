"""Pieces of Python source, as a formatter would leave them."""

from textwrap import indent, wrap

from sandbox.definitions.model import Saga

INDENT = " " * 4
UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60}


def call(function: str, *arguments: str, **options: str) -> str:
    """Returns a call with each argument on a line of its own."""
    given = [*arguments, *(f"{name}={value}" for name, value in options.items())]
    return f"{function}(\n{indented(''.join(f'{one},{chr(10)}' for one in given), 1)}\n)"


def indented(source: str, depth: int) -> str:
    """Returns the source, so deep inside other source, without the end of its last line."""
    return indent(source.rstrip("\n"), INDENT * depth)


def timedelta(seconds: float) -> str:
    """Returns the time as a timedelta, in the largest unit in which it is a whole number."""
    unit = next((name for name, size in UNITS.items() if seconds >= size and seconds % size == 0), "seconds")
    return f"timedelta({unit}={seconds / UNITS.get(unit, 1):g})"


def module_docstring(saga: Saga) -> str:
    """Returns what the saga is, as the docstring of a module."""
    lines = wrap(f'"""{saga.title}. {saga.summary}', 85)
    return "\n".join(lines) + ('"""\n' if len(lines) == 1 else '\n"""\n')
