"""What a picture shows, in sentences for those who do not see it."""

from sandbox.definitions.registry import title
from sandbox.engine.plan.model import Hop, Plan, Way
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.render.diagram.marks import GoalMark, marks_of


def in_words(plan: Plan) -> list[str]:
    """Returns what the picture shows, one sentence for each arrow's label."""
    return [
        f"{title(hop.sender)} sends {' or '.join(_names(hop, plan))} ({_nature(hop)}) to {title(hop.receiver)}."
        for hop in plan.hops
        if not hop.stands_for
    ]


def _names(hop: Hop, plan: Plan) -> list[str]:
    """Returns the hop's name, and those that stand for it."""
    ends = hop.sender, hop.receiver
    return [o.name for o in plan.hops if (o.sender, o.receiver) == ends and hop.name in (o.name, o.stands_for)]


def _nature(hop: Hop) -> str:
    return {Way.FORWARD: "", Way.REFUSAL: "refusing ", Way.UNDO: "compensating "}[hop.way] + hop.kind


def message_in_words(delivery: DeliveryView) -> str:
    """Returns the headers of a message in one line."""
    to = title(delivery.receiver) if delivery.receiver else "nobody"
    said = [f"{delivery.name}, {delivery.kind}", f"message {delivery.message}", f"{title(delivery.sender)} to {to}"]
    said += [f"caused by {delivery.caused_by}"] if delivery.caused_by else []
    said += [f"goes back for {delivery.because}"] if delivery.because else []
    return ", ".join(said + (["a copy"] if delivery.copy > 1 else []) + (["held"] if delivery.held else []))


def now_in_words(board: Board, goal: GoalMark | None = None) -> list[str]:
    """Returns what the picture of a run adds to its plan: the status of steps, messages on their way, marks."""
    steps = [f"{title(s.service)}: {s.name} {board.steps[s.name].status}." for s in board.plan.saga.steps]
    flights = [f"On its way: {message_in_words(delivery)}." for delivery in board.in_flight if not delivery.is_timer]
    return steps + flights + marks_of(board).in_words + ([goal.in_words] if goal else [])
