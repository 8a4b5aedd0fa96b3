"""What a run's page is rendered from."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from sandbox.definitions.model import Order
from sandbox.definitions.terms import Guarantee, Pace, Style
from sandbox.engine.analysis.invariants import Finding
from sandbox.engine.analysis.local_views import LocalView, local_views
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.handling import entries_of, opening_entries, openings
from sandbox.engine.execution.messages import Fact
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.board import Board
from sandbox.engine.simulation.fault_reach import applicable
from sandbox.render.text.sequence_rows import Row, rows

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RunSnapshot:
    """A run as of the newest of its `facts`. `findings` are there once it has ended; `prediction` was there before.

    It `is_moment` when others came since: then it says what happened just then, instead of what is waited for.
    """

    run_id: str
    saga: str
    style: str
    refused: str
    settings: Pairs
    order: Order
    board: Board
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    is_moment: bool = False
    prediction: Pairs = ()

    @property
    def key(self) -> tuple[str, int, bool]:
        """The run and the fact, and how it is looked at: what is shown of them never changes."""
        return self.run_id, self.board.seq, self.is_moment

    @property
    def tag(self) -> str:
        """What tells this run's ids from those of another on the same page."""
        return f"run-{self.run_id[-6:]}"

    @property
    def address(self) -> str:
        """Where the run's page is."""
        return reverse("sandbox:run", args=[self.run_id])

    @property
    def pace(self) -> Pace:
        """How fast messages travel now."""
        return self.board.pace

    @property
    def is_moving(self) -> bool:
        """Whether something will happen without the learner."""
        return any(not delivery.held for delivery in self.board.in_flight)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the sequence diagram."""
        return rows(self.board, self.facts)

    @cached_property
    def local_views(self) -> tuple[LocalView, ...]:
        """What each actor believes of the order."""
        return local_views(self.board.plan, self.facts)

    @cached_property
    def record(self) -> RunRecord:
        """What is known of the run; the entries in all ledgers are those that the facts tell of."""
        opened = openings(self.board.plan, self.order, self.refused or None)
        entries = (*opening_entries(opened), *entries_of(self.facts))
        return RunRecord(self.board.plan, self.order, self.facts, entries, self.without)

    @property
    def without(self) -> frozenset[Guarantee]:
        """The guarantees that are switched off."""
        return frozenset(Guarantee(value) for name, value in self.settings if name == "without")

    @property
    def other_styles(self) -> tuple[tuple[Style, Pairs], ...]:
        """The styles to compare this run with, each with its settings; a fault that it cannot have is left out."""
        styles = [style for style in self.board.plan.saga.styles if style != self.style]
        return tuple((style, self._settings_in(style)) for style in styles)

    def _settings_in(self, style: Style) -> Pairs:
        faults = [value for name, value in self.settings if name == "fault"]
        plan = compile_plan(self.board.plan.saga, style, timeouts=Guarantee.TIMEOUTS not in self.without)
        fit = applicable(plan, faults, order=self.order, refused=self.refused, without=self.without)
        kept = (side_by_side for side_by_side in self.settings if side_by_side[0] != "fault" or side_by_side[1] in fit)
        return tuple((name, str(style) if name == "style" else value) for name, value in kept)
