"""The snapshot of a run that its page is rendered from."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from sandbox.definitions.run_settings import Pairs, RunSettings
from sandbox.definitions.terms import Pace, Style
from sandbox.engine.analysis.invariants import Finding
from sandbox.engine.analysis.local_views import LocalView, local_views
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.projection.board import Board
from sandbox.labs.goal_moment import goal_moment
from sandbox.render.diagram.marks import GoalMark, goal_mark
from sandbox.render.diagram.sequence_rows import SequenceRow, rows


@dataclass(frozen=True)
class RunSnapshot:
    """A run as of the newest of its `facts`. There are `findings` once it has ended; the `prediction` came before.

    It `is_past` when more facts came since: then the page says what happened just then, instead of what is waited for.
    """

    run_id: str
    settings: RunSettings
    board: Board
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()
    is_past: bool = False
    prediction: Pairs = ()

    @property
    def key(self) -> tuple[str, int, bool]:
        """Returns what the page depends on, and under which it can be cached for good."""
        return self.run_id, self.board.seq, self.is_past

    @property
    def tag(self) -> str:
        """Returns what makes this run's ids differ from those of another on the same page."""
        return f"run-{self.run_id[-6:]}"

    @property
    def address(self) -> str:
        """Returns where the run's page is."""
        return reverse("sandbox:run", args=[self.run_id])

    @property
    def pace(self) -> Pace:
        """Returns how fast messages travel now."""
        return self.board.pace

    @property
    def is_moving(self) -> bool:
        """Tells whether something will happen without the learner."""
        return any(not delivery.held for delivery in self.board.in_flight)

    @cached_property
    def rows(self) -> tuple[SequenceRow, ...]:
        """Returns the rows of the sequence diagram."""
        return rows(self.board, self.facts)

    @cached_property
    def goal(self) -> GoalMark | None:
        """Returns where a run of a lab has reached its goal; None before, and for any other run."""
        moment = goal_moment(self.record)
        return goal_mark(self.board.plan, self.facts[: moment.fact.seq], moment.word) if moment else None

    @cached_property
    def local_views(self) -> tuple[LocalView, ...]:
        """Returns what each actor believes of the order."""
        return local_views(self.board.plan, self.facts)

    @cached_property
    def record(self) -> RunRecord:
        """Returns what is known of the run; the entries are those of the services' ledgers."""
        record = RunRecord(self.board.plan, self.settings, self.facts, self.entries)
        vars(record)["board"] = self.board  # instead of folding all facts once more
        return record

    @property
    def other_styles(self) -> tuple[Style, ...]:
        """Returns the styles in which the same order can be run to compare it with this one."""
        return tuple(style for style in self.board.plan.saga.styles if style != self.settings.style)
