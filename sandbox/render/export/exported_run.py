"""A run as an export renders it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import fold


@dataclass(frozen=True)
class ExportedRun:
    """A run as of the newest of its `facts`; it has `count` of them by now.

    `recall_plan` returns its plan, or raises: only exports that draw something need one. `stylesheet` is that of
    pictures.
    """

    run_id: str
    facts: tuple[Fact, ...]
    count: int
    recall_plan: Callable[[], Plan]
    stylesheet: str = ""

    @cached_property
    def plan(self) -> Plan:
        return self.recall_plan()

    @cached_property
    def board(self) -> Board:
        return fold(self.plan, self.facts)
