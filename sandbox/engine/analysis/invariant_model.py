"""What an invariant is, and what breaking one is."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.definitions.model import Saga
from sandbox.engine.analysis.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class Violation:
    """How a law was broken, and the fact that broke it where one did."""

    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise. `check` returns a Violation, or None when nothing breaks it.

    What `needs_end` can only be judged once the saga is settled, and is not broken before. A saga that it does
    not apply to would keep it whatever happened, and is not judged by it.
    """

    name: str
    title: str
    check: Callable[[RunRecord], Violation | None]
    needs_end: bool = False
    applies: Callable[[Saga], bool] = lambda saga: True
