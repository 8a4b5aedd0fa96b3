"""Reads a run's snapshot from its rows."""

import uuid
from dataclasses import replace
from functools import reduce

from sandbox.engine.analysis.invariants import judge
from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import advance
from sandbox.models import Run
from sandbox.pages.run.fragments import Fragment, RenderedPage, live_fragments
from sandbox.pages.run.queues import queues
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.text.idle_reason import IdleReason, idle_reason
from sandbox.runtime.diagnostics import runtime_snapshot_of
from sandbox.runtime.storage.journal import read_entries, read_facts
from sandbox.selectors import RecordedRun, recorded_run, require_defined


def snapshot_after(earlier: RunSnapshot, run: Run) -> RunSnapshot:
    """Returns the run's snapshot as of now, made from an earlier one and the facts since."""
    new = read_facts(run.pk, after=earlier.board.seq)
    entries = read_entries(run.pk, new) if any(fact.posting for fact in new) else ()
    now = replace(
        earlier,
        board=reduce(advance, new, earlier.board),
        facts=earlier.facts + new,
        entries=earlier.entries + entries,
        findings=(),
        is_past=False,
    )
    return replace(now, findings=judge(now.record)) if now.board.is_ended else now


def snapshot_of(run: Run) -> RunSnapshot:
    """Returns the run's snapshot as of now. Raises UnknownSaga when its saga has been defined otherwise since."""
    return snapshot_in(recorded_run(run))


def snapshot_in(recorded: RecordedRun) -> RunSnapshot:
    """Returns the snapshot of what was recorded. Raises UnknownSaga when its saga has been defined otherwise since."""
    require_defined(recorded)
    return RunSnapshot(
        run_id=str(recorded.run.pk),
        settings=recorded.run.run_settings,
        board=recorded.board,
        facts=recorded.record.facts,
        entries=recorded.record.entries,
        findings=recorded.findings if recorded.board.is_ended else (),
        prediction=tuple(recorded.run.prediction.items()),
    )


def idle_reason_of(run_id: uuid.UUID | str, board: Board) -> IdleReason:
    """Returns why nothing is happening now in the run with that board."""
    return idle_reason(board, runtime_snapshot_of(uuid.UUID(str(run_id)), board.plan.actors[1:]))


def live_fragments_of(page: RenderedPage) -> tuple[Fragment, ...]:
    """Renders why nothing is happening in the run, and what the broker holds; empty once the run has ended."""
    if page.is_ended:
        return live_fragments()
    board = page.snapshot.board
    runtime = runtime_snapshot_of(uuid.UUID(page.snapshot.run_id), board.plan.actors[1:])
    views = queues(board, page.snapshot.facts, runtime)
    counts = ((view.actor, view.ready or 0, view.taken or 0) for view in views if view.ready is not None)
    return live_fragments(idle_reason(board, runtime), tuple(counts))
