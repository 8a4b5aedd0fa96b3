"""Copies frozen records with some fields changed."""

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
        copy = object.__new__(type(record))
        state = copy.__dict__
        state.update(record.__dict__, **changes)
        if len(state) != len(type(record).__dataclass_fields__):
            _keep_only_fields(type(record), state, changes)
        return copy


def _keep_only_fields(kind: Any, state: dict[str, Any], changes: dict[str, Any]) -> None:
    """Removes cached properties, which are stored among the fields. Raises TypeError for an unknown field."""
    names = kind.__dataclass_fields__.keys()
    unknown = ", ".join(sorted(changes.keys() - names))
    if unknown:
        raise TypeError(f"{kind.__name__} has no field {unknown}; it has {', '.join(sorted(names))}")
    for name in state.keys() - names:
        del state[name]
