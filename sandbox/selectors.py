"""Reads runs, and says who may see or change them."""

import uuid
from dataclasses import dataclass

from sandbox.definitions.terms import ENDED
from sandbox.engine.analysis.invariants import Finding, judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.analysis.verdict import Verdict
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board
from sandbox.models import Run
from sandbox.runtime.storage import records
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import plan_of_run


class NoSuchRun(LookupError):
    """Raised for a run that does not exist or belongs to another learner; the two look the same from outside."""


def run_for(learner: str, run_id: uuid.UUID) -> Run:
    """Returns the run if it is the learner's own, from the command line, or shared. Raises NoSuchRun."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None or not may_see(run, learner):
        raise NoSuchRun(
            f"There is no run {run_id} among yours: it does not exist any more, or it belongs to another learner "
            "who has not shared it."
        )
    return run


def own_run_for(learner: str, run_id: uuid.UUID) -> Run:
    """Returns the run if it is the learner's own or from the command line. Raises NoSuchRun."""
    run = run_for(learner, run_id)
    if not belongs_to(run, learner):
        raise NoSuchRun(f"Run {run_id} is shared with you to look at; only the learner who started it can change it.")
    return run


# The columns that say who may see a run, for who reads no others: another one cannot be read later in an async view.
RIGHTS = ("learner", "shared", "start_key")


def may_see(run: Run, learner: str) -> bool:
    """Returns whether the learner may look at the run."""
    return run.shared or run.is_recording or belongs_to(run, learner)


def belongs_to(run: Run, learner: str) -> bool:
    """Returns whether the learner may change the run. Everybody may change one from the command line.

    Nobody may change a recording.
    """
    return str(run.learner) == learner or (run.learner is None and not run.is_recording)


def is_kept_by(run: Run, learner: str) -> bool:
    """Returns whether the learner started the run, and so may name, share, explain and delete it."""
    return str(run.learner) == learner


def runs_of(learner: str, *, newest: int = 10) -> list[Run]:
    """Returns the learner's newest runs, newest first, without those of a load."""
    return list(Run.objects.filter(learner=learner, load=None).order_by("-started_at")[:newest])


def facts_of(run: Run) -> tuple[Fact, ...]:
    """Returns the facts of the run's journal."""
    return read_facts(run.pk)


def comparisons_of(run: Run, learner: str) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Returns the pairs that were started side by side with this run in them, the first run of each first.

    Leaves out those whose other run the learner may not see.
    """
    begun = [(run.pk, other.pk) for other in run.comparisons.all() if may_see(other, learner)]
    return (
        [(run.compared_with.pk, run.pk), *begun] if run.compared_with and may_see(run.compared_with, learner) else begun
    )


@dataclass(frozen=True)
class RecordedRun:
    """A run with its record, read from journal and ledgers."""

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
    """Returns the run with all that is recorded so far. Raises UnknownSaga when its saga is gone."""
    return RecordedRun(run, records.read_record(run))


def require_defined(recorded: RecordedRun) -> None:
    """Raises UnknownSaga unless the saga still has every step and account that the run's facts name."""
    records.require_defined(recorded.record)


def defined_plan(run: Run, facts: tuple[Fact, ...]) -> Plan:
    """Returns the plan of the run with these facts. Raises UnknownSaga when its saga is no longer what it was."""
    record = RunRecord(plan_of_run(run), run.run_settings, facts, ())
    records.require_defined(record)
    return record.plan


def verdict_on(run: Run) -> Verdict | None:
    """Returns the verdict on a run, None while it goes on. One that the clock has not stored yet is read now."""
    if run.status not in ENDED:
        return None
    return records.read_verdict(run) if run.verdict is None else Verdict.load(run.verdict)
