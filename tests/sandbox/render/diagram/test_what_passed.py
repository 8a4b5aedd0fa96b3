"""An arrow looks like what passed along it, and a message that is late does not look as if it had arrived."""

import re

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Guarantee, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.marks import is_held_back
from sandbox.render.diagram.svg import pieces


def recorded(style, fail, *faults, saga="order", without=()):
    plan = compile_plan(SAGA[saga], style, timeouts=Guarantee.TIMEOUTS not in without)
    return simulate(plan, fail=fail, faults=map(parse_fault, faults), without=without)


def drawn(board, name):
    """Returns the piece of that name in the wide picture."""
    drawing, now = draw(board.plan, Shape.WIDE), LiveState(board, travel=1.0)
    return {piece.name: piece.html for piece in pieces(drawing, name="t", now=now)}[f"wide-{name}"]


def line(board, *ends):
    """Returns the classes of the line between two actors, and the kind of its head."""
    return re.search('class="hop ([^"]+)".*#t-wide-([a-z]+)', drawn(board, "line-" + "-".join(ends))).groups()


def test_an_arrow_has_the_look_of_what_passed_along_it_last():
    board = recorded(Style.ORCHESTRATION, "charge-customer").board
    assert line(board, "orchestrator", "inventory") == ("undo command taken", "undo")
    assert line(board, "orchestrator", "payment") == ("forward command taken", "forward")
    assert line(board, "payment", "orchestrator") == ("refusal reply taken", "refusal")


def test_an_undo_that_was_lost_did_not_pass():
    faults, off = ["RefundCustomer:lost"], [Guarantee.TIMEOUTS]
    board = recorded(Style.ORCHESTRATION, "schedule-fulfilment", *faults, without=off).board
    assert line(board, "orchestrator", "payment") == ("forward command taken", "forward")


def test_an_arrow_along_which_nothing_was_sent_has_no_colour():
    board = recorded(Style.CHOREOGRAPHY, "charge-customer").board
    assert line(board, "fulfilment", "payment") == ("refusal event unused", "unused")


def held_back(record):
    """Returns the names of the messages that were held back at some time."""
    boards = (fold(record.plan, record.facts[:upto]) for upto in range(1, len(record.facts) + 1))
    return {one.name for board in boards for one in board.in_flight if is_held_back(one, board)}


@pytest.mark.parametrize(
    ("fault", "late"),
    [
        ("charge-customer:timeout-after-effect", {"CustomerCharged"}),
        ("schedule-fulfilment:out-of-order", {"CustomerCharged"}),
        ("fulfilment:down", set()),
        ("schedule-fulfilment:slow", set()),
        ("schedule-fulfilment:transient", set()),
    ],
)
def test_only_what_has_not_arrived_is_held_back(fault, late):
    assert held_back(recorded(Style.CHOREOGRAPHY, None, fault)) == late


def test_what_waits_at_a_service_that_is_down_has_arrived_also_the_second_message():
    assert held_back(recorded(Style.CHOREOGRAPHY, None, "fulfilment:down", saga="order-parallel")) == set()


def test_a_late_message_neither_crosses_its_arrow_nor_makes_its_receiver_look_busy():
    record = recorded(Style.ORCHESTRATION, None, "charge-customer:timeout-after-effect")
    at = next(fact.seq for fact in record.facts if fact.kind is FactKind.MESSAGE_DELAYED)
    board = fold(record.plan, record.facts[:at])
    chips = drawn(board, "chips-payment-orchestrator")
    assert "still" in chips
    assert "moving" not in chips
    assert "awaited" not in drawn(board, "node-orchestrator")
