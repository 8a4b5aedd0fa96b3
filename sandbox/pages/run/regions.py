"""The regions of a run's page. A new region is one more entry in REGIONS, and a template of its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import SETTLED, Pace, StepKind, StepStatus, Verb
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.analysis.local_views import LocalView, actors_knowing_the_flow
from sandbox.engine.analysis.predictions import Outcome, outcomes
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.pages.run.ledgers import consistency, ledgers
from sandbox.pages.run.queues import queues
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.diagram.actor_box import STEP_SIGN
from sandbox.render.diagram.text_alternative import now_in_words
from sandbox.render.diagram.timeline import timeline_marks
from sandbox.render.text.story import last_outcome, story
from sandbox.render.text.words import headline, status_in_words, undo_name

# Regions are rendered once for everyone; each page puts its own token in this place.
CSRF_BLANK = "csrf-token-of-this-page"
# Seconds that a wait must last to be worth skipping.
LONG = 2.0
# Each of these kinds of fault has a button; all others are in a list.
NETWORK = {"lost": "Drop", "duplicate": "Duplicate", "out-of-order": "Delay"}


@dataclass(frozen=True)
class Region:
    """One region: what its template needs, and what that depends on, so that it is rendered only after a change.

    A `live` one shows how things stand now, whatever moment the page shows.
    """

    name: str
    context: Callable[[RunSnapshot], dict[str, Any]]
    depends: Callable[[RunSnapshot], tuple[object, ...]] = lambda snapshot: (snapshot.board,)
    live: bool = False

    def html(self, snapshot: RunSnapshot) -> str:
        """Renders the region of that snapshot."""
        context = {
            "snapshot": snapshot,
            "board": snapshot.board,
            "tag": snapshot.tag,
            "csrf_blank": CSRF_BLANK,
            **self.context(snapshot),
        }
        return render_to_string(f"sandbox/run/_{self.name}.html", context)


def _headline(snapshot: RunSnapshot) -> dict[str, Any]:
    moment = snapshot.facts[-1] if snapshot.is_past else None
    return {
        "headline": headline(snapshot.board, broken=len(broken(snapshot.findings)), moment=moment),
        "story": story(snapshot.record, snapshot.findings),
        "outcome": last_outcome(snapshot.record)
        if snapshot.pace is Pace.STEP and not (snapshot.board.is_ended or snapshot.is_past)
        else "",
    }


def _held(board: Board) -> list[DeliveryView]:
    """Returns the messages that wait for the learner, timers last."""
    return sorted((delivery for delivery in board.in_flight if delivery.held), key=lambda d: (d.is_timer, d.due))


def _network(snapshot: RunSnapshot) -> dict[str, Any]:
    board = snapshot.board
    held = [] if board.is_ended else _held(board)
    return {"held": [(one, _by_hand(one, board.plan)) for one in held], "network": NETWORK.items()}


def _controls(snapshot: RunSnapshot) -> dict[str, Any]:
    board = snapshot.board
    held = _held(board)
    return {
        "next": _next(held, board),
        "dead": [delivery for delivery in board.deliveries.values() if delivery.dead and board.status not in SETTLED],
        "can_skip": not held and any(delivery.due - delivery.sent_at > LONG for delivery in board.in_flight),
    }


def _next(held: list[DeliveryView], board: Board) -> DeliveryView | None:
    """Returns what is delivered next unless the learner chooses: no timer while a message is still being handled."""
    is_handling = any(not (one.held or one.is_timer) for one in board.in_flight)
    return next((one for one in held if not (one.is_timer and is_handling)), None)


def _by_hand(delivery: DeliveryView, plan: Plan) -> list[FaultType]:
    """Lists what else can be done to a message on its way; a failing undo only where the message asks for one."""
    asked = {verb for verb in Verb if plan.requested_step(str(delivery.receiver), delivery.name, verb)}
    kinds = (fault for fault in FAULT.values() if fault.name not in NETWORK)
    return [fault for fault in kinds if fault.verb is Verb.DO or fault.verb in asked]


def _scrubber(snapshot: RunSnapshot) -> dict[str, Any]:
    return {
        "marks": timeline_marks((snapshot.board.plan, fact) for fact in snapshot.facts),
        "last": len(snapshot.facts),
    }


def _steps(snapshot: RunSnapshot) -> dict[str, Any]:
    board = snapshot.board
    return {
        "steps": [_step(board, name) for name in board.steps],
        "is_sealed": board.plan.saga.pivot is not None
        and board.steps[board.plan.saga.pivot.name].status is StepStatus.COMPLETED,
    }


def _step(board: Board, name: str) -> dict[str, Any]:
    state, step = board.steps[name], board.plan.saga.step(name)
    pivot = step.kind is StepKind.PIVOT
    stack = board.undo_stack[::-1]
    return {
        "state": state,
        "sign": STEP_SIGN[state.status],
        "service": step.service,
        "is_pivot": pivot,
        "undo": undo_name(board.plan, name) if name in stack else "",
        "place": stack.index(name) + 1 if name in stack else 0,
    }


def _local_views(snapshot: RunSnapshot) -> dict[str, Any]:
    board, known = snapshot.board, snapshot.local_views
    return {
        "rows": [(one.actor, list(_cells(one, board)), one.at and board.seconds_at(one.at)) for one in known],
        "truth": [(name, STEP_SIGN[one.status], status_in_words(one.status)) for name, one in board.steps.items()],
        "knowers": [
            one.actor for one in known if one.actor in actors_knowing_the_flow(board.plan) and one.is_right(board)
        ],
    }


def _cells(local_view: LocalView, board: Board) -> Iterator[dict[str, Any]]:
    wrong = local_view.wrong(board)
    for name in board.steps:
        status = local_view.steps.get(name)
        sign = STEP_SIGN[status] if status else "?"
        kind = "stale" if name in wrong else "known" if status else "unknown"
        yield {"kind": kind, "sign": sign, "word": status_in_words(status), "status": str(status or "").lower()}


def _ledgers(snapshot: RunSnapshot) -> dict[str, Any]:
    return {"ledgers": ledgers(snapshot.record), "unsettled": consistency(snapshot.record)}


def _verdict(snapshot: RunSnapshot) -> dict[str, Any]:
    held = [finding for finding in snapshot.findings if finding.is_kept and not finding.is_open]
    others = [finding for finding in snapshot.findings if finding not in held]
    return {
        "findings": snapshot.findings,
        "held": held,
        "others": sorted(others, key=lambda finding: finding.is_open),
    }


def prediction_outcomes(snapshot: RunSnapshot) -> tuple[Outcome, ...]:
    """Returns what came of the learner's prediction so far; nothing of a run that the sandbox itself has ended."""
    return () if snapshot.board.sandbox_failure else outcomes(dict(snapshot.prediction), snapshot.record)


REGIONS = (
    Region("headline", _headline),
    Region(
        "controls",
        _controls,
        lambda snapshot: (snapshot.board.deliveries, snapshot.board.status, snapshot.board.pace),
        live=True,
    ),
    Region("network", _network, lambda snapshot: (snapshot.board.deliveries, snapshot.board.status), live=True),
    Region("scrubber", _scrubber, lambda snapshot: (snapshot.facts,), live=True),
    Region(
        "words",
        lambda snapshot: {"sentences": now_in_words(snapshot.board, snapshot.goal)},
        lambda snapshot: (snapshot.board.deliveries, snapshot.board.steps, (snapshot.goal,)),
    ),
    Region("steps", _steps, lambda snapshot: (snapshot.board.steps, snapshot.board.undo_stack, snapshot.board.status)),
    Region("local_views", _local_views, lambda snapshot: (snapshot.board.steps, snapshot.local_views)),
    Region("queues", lambda snapshot: {"queue_views": queues(snapshot.board, snapshot.facts)}),
    Region("ledgers", _ledgers, lambda snapshot: (snapshot.board.postings, snapshot.board.status)),
    Region("verdict", _verdict, lambda snapshot: (snapshot.board.status,)),
    Region("score", lambda snapshot: {"outcomes": [one for one in prediction_outcomes(snapshot) if one.predicted]}),
    Region("prediction", lambda snapshot: {"outcomes": prediction_outcomes(snapshot)}),
)
