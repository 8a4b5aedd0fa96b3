"""A run's page as its rows tell it: the only place of the page that reads the database."""

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
from sandbox.runtime.storage.runs import UnknownSaga as UnknownSaga
from sandbox.selectors import RecordedRun, recorded_run, require_defined


def snapshot_after(earlier: RunSnapshot, run: Run) -> RunSnapshot:
    """Returns the run's page as of now, made from an earlier one and the facts since."""
    new = read_facts(run.pk, after=earlier.board.seq)
    entries = read_entries(run.pk, after=earlier.board.seq) if any(fact.posting for fact in new) else ()
    now = replace(
        earlier,
        board=reduce(advance, new, earlier.board),
        facts=earlier.facts + new,
        entries=earlier.entries + entries,
        findings=(),
        is_moment=False,
    )
    return replace(now, findings=judge(now.record)) if now.board.is_ended else now


def snapshot_of(run: Run) -> RunSnapshot:
    """Returns the run's page as of now. Raises UnknownSaga when its saga is defined otherwise by now."""
    return snapshot_in(recorded_run(run))


def snapshot_in(recorded: RecordedRun) -> RunSnapshot:
    """Returns the run's page as it was recorded. Raises UnknownSaga when its saga is defined otherwise by now."""
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
    """Why nothing is happening now in the run with that board."""
    return idle_reason(board, runtime_snapshot_of(uuid.UUID(str(run_id)), board.plan.actors[1:]))


def live_fragments_of(page: RenderedPage) -> tuple[Fragment, ...]:
    """Why nothing is happening in the run, and what the broker holds, as its page says it until it has ended."""
    if page.is_ended:
        return live_fragments()
    board = page.snapshot.board
    runtime = runtime_snapshot_of(uuid.UUID(page.snapshot.run_id), board.plan.actors[1:])
    shelves = queues(board, page.snapshot.facts, runtime)
    counts = ((one.actor, one.ready or 0, one.taken or 0) for one in shelves if one.ready is not None)
    return live_fragments(idle_reason(board, runtime), tuple(counts))
