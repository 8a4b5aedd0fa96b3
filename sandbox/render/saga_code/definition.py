"""Writes a saga as the Python expression that defines it here: the records of `sandbox.definitions.model`."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any

from sandbox.definitions.model import Saga

WIDTH = 88
INDENT = " " * 4


def definition(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the definition. Fields that have their default value are left out."""
    return {f"{saga.name.replace('-', '_')}.py": f"{_written(saga, 0, 0)}\n"}


def no_limits(_: Saga) -> tuple[str, ...]:
    """Returns what the own definition cannot say of a saga: nothing."""
    return ()


def _written(value: Any, depth: int, used: int) -> str:
    """Returns the value as an expression, over several lines where one that begins after `used` letters is too long."""
    if not (is_dataclass(value) or isinstance(value, tuple)):
        return _plain(value)
    head, arguments = ("", [("", one) for one in value]) if isinstance(value, tuple) else _call(value)
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    line = f"{head}({', '.join(name + _written(one, 0, -WIDTH * WIDTH) for name, one in arguments)}{comma})"
    if len(INDENT) * depth + used + len(line) <= WIDTH:
        return line
    inner = INDENT * (depth + 1)
    lines = [f"{inner}{name}{_written(one, depth + 1, len(name) + 1)},\n" for name, one in arguments]
    return f"{head}(\n{''.join(lines)}{INDENT * depth})"


def _plain(value: Any) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return f'"{value}"' if isinstance(value, str) and '"' not in value else repr(value)


def _call(record: Any) -> tuple[str, list[tuple[str, Any]]]:
    """Returns the record's class, and the arguments that make it."""
    given = [(field, getattr(record, field.name)) for field in fields(record)]
    arguments = [
        (f"{field.name}=", value) for field, value in given if _default(field) is MISSING or value != _default(field)
    ]
    return type(record).__name__, arguments


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
