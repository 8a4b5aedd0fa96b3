"""The regions of a run's page. A new one is one more entry, and a template of its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import SETTLED, StepKind, StepStatus, Verb
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.analysis.local_views import Belief, knowing_the_flow
from sandbox.engine.analysis.predictions import outcomes
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Arrow, Board
from sandbox.pages.run.ledgers import consistency, ledgers
from sandbox.pages.run.queues import queues
from sandbox.pages.run.snapshot import View
from sandbox.render.diagram.svg import STEP_SIGN, now_in_words
from sandbox.render.diagram.timeline import track
from sandbox.render.text.words import believed, headline, undo_name

# Parts are rendered once for everyone; each page puts its own token in this place.
CSRF_BLANK = "csrf-token-of-this-page"
# Seconds from which on it is worth skipping a wait.
LONG = 2.0
# What the network can do to a message, with a button each; all else that can happen to it is in a list.
NETWORK = {"lost": "Drop", "duplicate": "Duplicate", "out-of-order": "Delay"}


@dataclass(frozen=True)
class Region:
    """One region: what its template needs, and what of a view it is made of, so that it is rendered only anew.

    A `live` one shows how things stand now, whatever moment the page looks at.
    """

    name: str
    context: Callable[[View], dict[str, Any]]
    depends: Callable[[View], tuple[object, ...]] = lambda view: (view.board,)
    live: bool = False

    def html(self, view: View) -> str:
        """The region of that view."""
        context = {"view": view, "board": view.board, "tag": view.tag, "csrf_blank": CSRF_BLANK, **self.context(view)}
        return render_to_string(f"sandbox/run/_{self.name}.html", context)


def _headline(view: View) -> dict[str, Any]:
    moment = view.facts[-1] if view.is_moment else None
    return {"headline": headline(view.board, broken=len(broken(view.findings)), moment=moment)}


def _controls(view: View) -> dict[str, Any]:
    board = view.board
    flying = sorted((arrow for arrow in board.in_flight if arrow.held), key=lambda a: (a.is_timer, a.due))
    return {
        "held": [(arrow, _by_hand(arrow, board.plan)) for arrow in flying],
        "network": NETWORK.items(),
        "dead": [arrow for arrow in board.arrows.values() if arrow.dead and board.status not in SETTLED],
        "later": not flying and any(arrow.due - arrow.sent_at > LONG for arrow in board.in_flight),
    }


def _by_hand(arrow: Arrow, plan: Plan) -> list[FaultType]:
    """What else can be done to a message on its way: an undo that fails, only where one is asked for."""
    asked = {verb for verb in Verb if plan.asked_by(str(arrow.receiver), arrow.name, verb)}
    kinds = (fault for fault in FAULT.values() if fault.name not in NETWORK)
    return [fault for fault in kinds if fault.verb is Verb.DO or fault.verb in asked]


def _track(view: View) -> dict[str, Any]:
    return {"marks": track((view.board.plan, fact) for fact in view.facts), "last": len(view.facts)}


def _steps(view: View) -> dict[str, Any]:
    board = view.board
    return {
        "steps": [_step(board, name) for name in board.steps],
        "stack": [(undo_name(board.plan, name), board.plan.saga.step(name)) for name in reversed(board.undo_stack)],
        "is_sealed": board.plan.saga.pivot is not None
        and board.steps[board.plan.saga.pivot.name].status is StepStatus.COMPLETED,
    }


def _step(board: Board, name: str) -> dict[str, Any]:
    view, step = board.steps[name], board.plan.saga.step(name)
    pivot = step.kind is StepKind.PIVOT
    return {"view": view, "sign": STEP_SIGN[view.status], "service": step.service, "is_pivot": pivot}


def _local_views(view: View) -> dict[str, Any]:
    board, known = view.board, view.beliefs
    return {
        "rows": [(one.actor, list(_cells(one, board)), one.at and one.at - board.started_at) for one in known],
        "truth": [(name, STEP_SIGN[one.status], believed(one.status)) for name, one in board.steps.items()],
        "knowers": [one.actor for one in known if one.actor in knowing_the_flow(board.plan) and one.is_right(board)],
    }


def _cells(belief: Belief, board: Board) -> Iterator[dict[str, Any]]:
    wrong = belief.wrong(board)
    for name in board.steps:
        status = belief.steps.get(name)
        sign = STEP_SIGN[status] if status else "?"
        kind = "stale" if name in wrong else "known" if status else "unknown"
        yield {"kind": kind, "sign": sign, "word": believed(status), "status": str(status or "").lower()}


def _ledgers(view: View) -> dict[str, Any]:
    books = ledgers(view.board, view.order, view.refused)
    return {"ledgers": books, "unsettled": consistency(view.board, view.order, view.evidence.entries)}


def _verdict(view: View) -> dict[str, Any]:
    return {"findings": sorted(view.findings, key=lambda finding: (finding.held, not finding.is_open))}


def _prediction(view: View) -> dict[str, Any]:
    return {"outcomes": outcomes(dict(view.prediction), view.evidence) if view.board.is_ended else ()}


REGIONS = (
    Region("headline", _headline),
    Region("controls", _controls, lambda view: (view.board.arrows, view.board.status, view.board.pace), live=True),
    Region("track", _track, lambda view: (view.facts,), live=True),
    Region(
        "words",
        lambda view: {"said": now_in_words(view.board)},
        lambda view: (view.board.arrows, view.board.steps),
    ),
    Region("steps", _steps, lambda view: (view.board.steps, view.board.undo_stack, view.board.status)),
    Region("local_views", _local_views, lambda view: (view.board.steps, view.beliefs)),
    Region("queues", lambda view: {"shelves": queues(view.board, view.facts)}),
    Region("ledgers", _ledgers, lambda view: (view.board.postings, view.board.status)),
    Region("verdict", _verdict, lambda view: (view.board.status,)),
    Region("prediction", _prediction),
)
