"""A run's page as its rows tell it: the only place of the page that reads the database."""

import uuid
from dataclasses import replace
from functools import reduce

from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import advance
from sandbox.models import Run
from sandbox.pages.run.fragments import Page, Part, parts_now
from sandbox.pages.run.queues import queues
from sandbox.pages.run.snapshot import View
from sandbox.render.text.idle_reason import Why, why
from sandbox.runtime.diagnostics import signs_of
from sandbox.runtime.storage.journal import read_facts
from sandbox.runtime.storage.runs import Outdated as Outdated
from sandbox.selectors import Story, require_defined, settings_of, story_of


def view_after(earlier: View, run: Run) -> View:
    """The run's page as of now, made from an earlier one and the facts since."""
    new = read_facts(run.pk, after=earlier.board.seq)
    board = reduce(advance, new, earlier.board)
    findings = story_of(run).findings if board.is_ended else ()
    return replace(earlier, board=board, facts=earlier.facts + new, findings=findings, is_moment=False)


def view_of(run: Run) -> View:
    """The run's page as of now. Raises Outdated when its saga is defined otherwise by now."""
    return view_in(story_of(run))


def view_in(story: Story) -> View:
    """The run's page as its story tells it. Raises Outdated when its saga is defined otherwise by now."""
    require_defined(story)
    run = story.run
    return View(
        run_id=str(run.pk),
        saga=run.saga,
        style=run.style,
        refused=run.refused,
        settings=settings_of(run),
        order=story.evidence.order,
        board=story.board,
        facts=story.evidence.facts,
        findings=story.findings if story.board.is_ended else (),
        prediction=tuple(run.prediction.items()),
    )


def why_of(run_id: uuid.UUID | str, board: Board) -> Why:
    """Why nothing is happening now in the run with that board."""
    return why(board, signs_of(uuid.UUID(str(run_id)), board.plan.actors[1:]))


def now_of(page: Page) -> tuple[Part, ...]:
    """Why nothing is happening in the run, and what the broker holds, as its page says it until it has ended."""
    if page.is_ended:
        return parts_now()
    board = page.view.board
    signs = signs_of(uuid.UUID(page.view.run_id), board.plan.actors[1:])
    shelves = queues(board, page.view.facts, signs)
    counts = ((one.actor, one.ready or 0, one.taken or 0) for one in shelves if one.ready is not None)
    return parts_now(why(board, signs), tuple(counts))
