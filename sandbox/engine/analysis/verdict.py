"""The verdict on an ended run in short, for lists of runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class Verdict:
    """The names of the invariants that a run broke, and of the steps that were undone in it.

    `undone` is None where nothing can be said of the run: its saga is no longer what it was, or a bug ended it.
    """

    broken: tuple[str, ...] = ()
    undone: tuple[str, ...] | None = None

    def dump(self) -> dict[str, Any]:
        """Returns the verdict as JSON."""
        return {"broken": list(self.broken), "undone": None if self.undone is None else list(self.undone)}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Returns the verdict that `dump` gave."""
        return cls(tuple(data["broken"]), None if data["undone"] is None else tuple(data["undone"]))


def verdict_of(record: RunRecord) -> Verdict:
    """Returns the verdict on an ended run; an empty one where a bug of the sandbox ended it."""
    if record.board.sandbox_failure:
        return Verdict()
    return Verdict(tuple(finding.invariant.name for finding in broken(judge(record))), record.board.compensations)
