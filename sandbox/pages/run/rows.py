"""Renders the rows of the sequence diagram and of the journal."""

from typing import Any

from django.template.loader import render_to_string

from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import FactKind
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan, Way
from sandbox.engine.projection.board import DeliveryView
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.diagram.on_arrow import SIGN
from sandbox.render.diagram.sequence_rows import RowKind, SequenceRow
from sandbox.render.text.words import OPERATOR_FACTS, sentence, who


def row_html(row: SequenceRow, snapshot: RunSnapshot) -> str:
    """Renders one row of the sequence diagram, laid over the lifelines of the plan's actors."""
    plan = snapshot.board.plan
    way = plan.way_of(row.name) if row.name else Way.FORWARD
    context: dict[str, Any] = {
        "row": row,
        "address": snapshot.address,
        "way": way,
        "sign": SIGN[way],
        "state": _state(row.delivery) if row.delivery else "",
        "offset": snapshot.board.seconds_at(row.at),
        "goal": goal_in(row, snapshot),
        "did": [_did(fact, plan) for fact in row.facts] if row.kind in {RowKind.BOX, RowKind.NOTE} else [],
        **_place(row, plan.actors),
    }
    return render_to_string(f"sandbox/run/_row_{row.kind}.html", context)


def goal_in(row: SequenceRow, snapshot: RunSnapshot) -> str:
    """Returns the text that marks the row in which a lab's goal was reached; "" for any other."""
    goal = snapshot.goal
    return goal.text if goal and goal.seq in {fact.seq for fact in row.facts} else ""


def _place(row: SequenceRow, lifelines: tuple[str, ...]) -> dict[str, Any]:
    """Returns over which lifelines the row lies, and on which side of its lifeline there is room for words."""
    start = lifelines.index(row.actor) + 1 if row.actor in lifelines else 1
    end = lifelines.index(row.to) + 1 if row.to else start
    return {
        "low": min(start, end),
        "high": max(start, end),
        "lifeline": end,
        "towards": "right" if end > start else "left" if end < start else "nowhere",
        "side": "right" if end > len(lifelines) / 2 + 0.5 else "left",
    }


def _state(delivery: DeliveryView) -> str:
    if delivery.lost or delivery.dead:
        return "lost" if delivery.lost else "dead"
    return "held" if delivery.held else "flying" if delivery.in_flight else "arrived"


def _did(fact: Fact, plan: Plan) -> dict[str, str]:
    kind = fact.kind.replace(" ", "-")
    crash = "crash" if fact.kind is FactKind.FAULT_INJECTED and FAULT[str(fact.fault)].is_real else ""
    sign = MARKS.get(fact.kind, "")
    return {"kind": f"{kind} {crash}".strip(), "sign": sign, "who": who(fact), "text": sentence(fact, plan)}


MARKS = {
    FactKind.STEP_COMPLETED: "✓",
    FactKind.STEP_REJECTED: "✕",
    FactKind.STEP_COMPENSATED: "↩",
    FactKind.STEP_TIMED_OUT: "◷",
    FactKind.FAULT_INJECTED: "⚡",
    FactKind.MESSAGE_LOST: "✕",
    FactKind.MESSAGE_DEAD: "✕",
    FactKind.SANDBOX_FAILED: "✕",
    FactKind.ATTEMPT_FAILED: "↻",
    FactKind.MESSAGE_REDELIVERED: "↻",
    FactKind.MESSAGE_COPIED: "2x",
    FactKind.MESSAGE_DELAYED: "◷",
    FactKind.DUPLICATE_IGNORED: "=",
    FactKind.SAGA_CLOSED: "■",
    FactKind.SAGA_ENDED: "■",
}


def fact_html(fact: Fact, snapshot: RunSnapshot) -> str:
    """Renders one line of the journal."""
    plan = snapshot.board.plan
    context = {
        "fact": fact,
        "address": snapshot.address,
        "who": who(fact),
        "topic": topic(fact),
        "sentence": sentence(fact, plan),
        "offset": snapshot.board.seconds_at(fact.at),
    }
    return render_to_string("sandbox/run/_fact.html", context)


def topic(fact: Fact) -> str:
    """Returns the topic by which the journal can be filtered: messages, work, trouble, or what you did."""
    if fact.kind in OPERATOR_FACTS or fact.by_hand:
        return "you"
    if fact.kind in TROUBLE:
        return "trouble"
    return "messages" if fact.kind in MESSAGES else "work"


MESSAGES = {FactKind.MESSAGE_SENT, FactKind.MESSAGE_HANDLED, FactKind.SAGA_STARTED, FactKind.SAGA_ENDED}
TROUBLE = {
    FactKind.FAULT_INJECTED,
    FactKind.FAULT_PLACED,
    FactKind.FAULT_SPARED,
    FactKind.MESSAGE_LOST,
    FactKind.MESSAGE_COPIED,
    FactKind.MESSAGE_DELAYED,
    FactKind.MESSAGE_DEAD,
    FactKind.SANDBOX_FAILED,
    FactKind.MESSAGE_REDELIVERED,
    FactKind.ATTEMPT_FAILED,
    FactKind.DUPLICATE_IGNORED,
    FactKind.STEP_REJECTED,
    FactKind.STEP_TIMED_OUT,
    FactKind.HISTORY_REPLAYED,
}
