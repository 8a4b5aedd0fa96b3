"""The types of invariants and of their violations."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.definitions.model import Saga
from sandbox.engine.analysis.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class Violation:
    """Says how an invariant was broken, and by which fact, where one did."""

    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Invariant:
    """A property that every run must keep. `check` returns a Violation, or None.

    An invariant that `needs_end` is judged only once the saga is settled. It `applies` to a saga only if some run
    could break it.
    """

    name: str
    title: str
    check: Callable[[RunRecord], Violation | None]
    needs_end: bool = False
    applies: Callable[[Saga], bool] = lambda saga: True
