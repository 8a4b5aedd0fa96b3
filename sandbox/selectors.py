"""What can be asked of runs: reads only."""

import uuid
from dataclasses import dataclass

from sandbox.definitions.registry import SERVICE
from sandbox.engine.analysis.invariants import Finding, judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.messages import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board
from sandbox.models import Run
from sandbox.runtime.storage.journal import read_entries, read_facts
from sandbox.runtime.storage.runs import UnknownSaga, plan_of_run


class NoSuchRun(LookupError):
    """There is no such run, or it belongs to another learner; the two look the same from outside."""


def run_for(learner: str, run_id: uuid.UUID) -> Run:
    """The run, if this learner may see it: her own, one from the command line, or a shared one. Raises NoSuchRun."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None or not may_see(run, learner):
        raise NoSuchRun(
            f"There is no run {run_id} among yours. Runs can be seen only by the learner who started them, "
            "unless they are shared."
        )
    return run


def own_run_for(learner: str, run_id: uuid.UUID) -> Run:
    """The run, if this learner may change it: her own, or one from the command line. Raises NoSuchRun."""
    run = run_for(learner, run_id)
    if not belongs_to(run, learner):
        raise NoSuchRun(f"Run {run_id} is shared with you to look at; only the learner who started it can change it.")
    return run


def may_see(run: Run, learner: str) -> bool:
    """Whether the learner may look at the run."""
    return run.shared or belongs_to(run, learner)


def belongs_to(run: Run, learner: str) -> bool:
    """Whether the learner may do with the run as she likes. One from the command line is everybody's."""
    return run.learner is None or str(run.learner) == learner


def is_kept_by(run: Run, learner: str) -> bool:
    """Whether the run is this learner's alone: hers to name, to share, to explain and to throw away."""
    return str(run.learner) == learner


def runs_of(learner: str, *, newest: int = 10) -> list[Run]:
    """The learner's newest runs, newest first, without those of a load."""
    return list(Run.objects.filter(learner=learner, load=None).order_by("-started_at")[:newest])


def facts_of(run: Run) -> tuple[Fact, ...]:
    """The run's journal, as it was recorded."""
    return read_facts(run.pk)


def comparisons_of(run: Run, learner: str) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The pairs that were started side by side and of which the run is one, the first of each first.

    Those whose other run the learner may not see are left out.
    """
    begun = [(run.pk, other.pk) for other in run.comparisons.all() if may_see(other, learner)]
    return (
        [(run.compared_with.pk, run.pk), *begun] if run.compared_with and may_see(run.compared_with, learner) else begun
    )


@dataclass(frozen=True)
class RecordedRun:
    """A run as its journal tells it."""

    run: Run
    record: RunRecord

    @property
    def plan(self) -> Plan:
        return self.record.plan

    @property
    def board(self) -> Board:
        return self.record.board

    @property
    def findings(self) -> tuple[Finding, ...]:
        return judge(self.record)


def recorded_run(run: Run) -> RecordedRun:
    """Everything that is recorded of a run so far. Raises UnknownSaga when its saga is gone."""
    facts, entries = read_facts(run.pk), read_entries(run.pk)
    return RecordedRun(run, RunRecord(plan_of_run(run), run.run_settings, facts, entries))


def require_defined(story: RecordedRun) -> None:
    """Raises UnknownSaga unless the saga still has every step and account that the run's facts tell of."""
    saga, facts = story.plan.saga, story.record.facts
    steps = {step.name for step in saga.steps}
    accounts = {(name, account.name) for name in saga.services for account in SERVICE[name].accounts}
    postings = [fact.posting for fact in facts if fact.posting]
    moved = {(p.service, account) for p in postings for account in (p.source, p.target)}
    if not (moved <= accounts and {fact.step for fact in facts if fact.step} <= steps):
        raise UnknownSaga
