"""A run's page as its rows tell it: the only place of the page that reads the database."""

import uuid
from dataclasses import replace
from functools import reduce

from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import advance
from sandbox.models import Run
from sandbox.pages.run.fragments import Fragment, RenderedPage, live_fragments
from sandbox.pages.run.queues import queues
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.text.idle_reason import IdleReason, why
from sandbox.runtime.diagnostics import runtime_snapshot_of
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import UnknownSaga as UnknownSaga
from sandbox.selectors import RecordedRun, recorded_run, require_defined, settings_of


def snapshot_after(earlier: RunSnapshot, run: Run) -> RunSnapshot:
    """The run's page as of now, made from an earlier one and the facts since."""
    new = read_facts(run.pk, after=earlier.board.seq)
    board = reduce(advance, new, earlier.board)
    findings = recorded_run(run).findings if board.is_ended else ()
    return replace(earlier, board=board, facts=earlier.facts + new, findings=findings, is_moment=False)


def snapshot_of(run: Run) -> RunSnapshot:
    """The run's page as of now. Raises Outdated when its saga is defined otherwise by now."""
    return snapshot_in(recorded_run(run))


def snapshot_in(recorded: RecordedRun) -> RunSnapshot:
    """The run's page as its story tells it. Raises Outdated when its saga is defined otherwise by now."""
    require_defined(recorded)
    run = recorded.run
    return RunSnapshot(
        run_id=str(run.pk),
        saga=run.saga,
        style=run.style,
        refused=run.refused,
        settings=settings_of(run),
        order=recorded.record.order,
        board=recorded.board,
        facts=recorded.record.facts,
        findings=recorded.findings if recorded.board.is_ended else (),
        prediction=tuple(run.prediction.items()),
    )


def idle_reason_of(run_id: uuid.UUID | str, board: Board) -> IdleReason:
    """Why nothing is happening now in the run with that board."""
    return why(board, runtime_snapshot_of(uuid.UUID(str(run_id)), board.plan.actors[1:]))


def live_fragments_of(page: RenderedPage) -> tuple[Fragment, ...]:
    """Why nothing is happening in the run, and what the broker holds, as its page says it until it has ended."""
    if page.is_ended:
        return live_fragments()
    board = page.snapshot.board
    signs = runtime_snapshot_of(uuid.UUID(page.snapshot.run_id), board.plan.actors[1:])
    shelves = queues(board, page.snapshot.facts, signs)
    counts = ((one.actor, one.ready or 0, one.taken or 0) for one in shelves if one.ready is not None)
    return live_fragments(why(board, signs), tuple(counts))
