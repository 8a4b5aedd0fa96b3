"""Copies frozen records with some fields changed."""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["evolve"]

Record = TypeVar("Record")

if TYPE_CHECKING:
    # Of this function alone mypy checks which fields a dataclass has, and their types.
    from dataclasses import replace as evolve
else:

    def evolve(record: Record, /, **changes: Any) -> Record:
        """Returns a copy of a frozen dataclass without slots in which these fields are different.

        Raises TypeError for a field that the record does not have. Only fields are copied: a `cached_property` of the
        copy is computed from its own fields. Takes a third of the time of `dataclasses.replace`, which runs
        `__init__`; handling one message makes some thirty copies.
        """
        names = _fields(type(record))
        known, copy = record.__dict__, object.__new__(type(record))
        state = copy.__dict__
        if len(known) == len(names):
            state.update(known)
        else:  # a cached property is stored there as well
            for name in names:
                state[name] = known[name]
        state.update(changes)
        if len(state) != len(names):  # cheaper than comparing the names each time
            unknown = ", ".join(sorted(changes.keys() - names))
            raise TypeError(f"{type(record).__name__} has no field {unknown}; it has {', '.join(sorted(names))}")
        return copy


@cache
def _fields(kind: type) -> frozenset[str]:
    return frozenset(kind.__dataclass_fields__)  # type: ignore[attr-defined]  # only ever a dataclass
