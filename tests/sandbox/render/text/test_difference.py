"""What is said of two runs side by side, in words."""

from functools import cache

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.analysis.comparison import LINES
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.text.difference import difference


@cache
def side_by_side(refused, *faults, saga="order", other=Style.ORCHESTRATION):
    plans = (compile_plan(SAGA[saga], style) for style in (Style.CHOREOGRAPHY, other))
    return difference(*(simulate(plan, fail=refused or None, faults=map(parse_fault, faults)) for plan in plans))


def line(found, name):
    return next(row for row in found.rows if row.name == name)


def test_who_decided_the_undo_of_a_declined_card_is_said_first():
    answer = side_by_side("charge-customer").answer
    assert answer.question == "Who decided what was undone?"
    assert str(answer.one) == (
        "In the choreography each service for itself: Inventory ran release-inventory because it heard CardDeclined; "
        "Order ran cancel-order because it heard InventoryReleased."
    )
    assert str(answer.other) == (
        "In the orchestration the orchestrator: it commanded ReleaseInventory and CancelOrder."
    )


def test_who_decided_the_refund_is_said():
    answer = side_by_side("schedule-fulfilment").answer
    assert "Payment ran refund-customer because it heard NoCourier" in answer.one.how
    assert "it commanded RefundCustomer, ReleaseInventory and CancelOrder" in answer.other.how


def test_where_nothing_had_to_be_undone_it_says_who_decided_what_came_next():
    answer = side_by_side("").answer
    assert answer.question == "Who decided what came next?"
    assert "Payment ran charge-customer because it heard InventoryReserved" in str(answer.one)
    assert "ChargeCustomer" in str(answer.other)


def test_where_one_undoes_and_the_other_does_not_it_says_so():
    answer = side_by_side("", "validate-order:lost").answer
    assert str(answer.one) == "In the choreography nobody: nothing was undone."
    assert str(answer.other) == "In the orchestration nobody: nothing was undone."


def test_in_a_hybrid_both_are_named():
    said = side_by_side("schedule-fulfilment", saga="order-hybrid", other=Style.HYBRID).answer.other
    assert (said.where, said.who) == ("In the hybrid", "the orchestrator")
    assert "Beside it, each service for itself: Fulfilment ran void-label because it heard ShipmentUnpacked" in said.how


def test_two_runs_in_one_style_are_distinguished_by_their_order():
    found = side_by_side("charge-customer", other=Style.CHOREOGRAPHY)
    assert found.headings == ("First choreography", "Second choreography")
    assert found.answer.other.where == "In the second choreography"
    assert not any(row.differs for row in found.rows)


def test_every_line_of_the_comparison_is_in_the_table_in_words():
    found = side_by_side("charge-customer")
    assert [row.title for row in found.rows] == [entry.title for entry in LINES]
    assert all(cell.text for row in found.rows for cell in (row.one, row.other))


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("status", "Compensated", "Compensated"),
        ("decided-next", "Each service for itself", "Orchestrator: all 3"),
        ("decided-undo", "Each service for itself", "Orchestrator: all 2"),
        ("undone", "release-inventory, cancel-order", "release-inventory, cancel-order"),
        ("knows-all", "Nobody", "Orchestrator"),
        ("noticed", "At once, by Payment", "At once, by Payment"),
        ("laws", "None", "None"),
        ("messages", "6", "11"),
        ("only", "None", "5"),
        ("hops", "5", "11"),
        ("queues", "3", "4"),
        ("timers", "1", "5"),
        ("failed", "0", "0"),
    ],
)
def test_a_declined_card_line_by_line(name, one, other):
    row = line(side_by_side("charge-customer"), name)
    assert (row.one.text, row.other.text) == (one, other)
    assert row.differs is (one != other)


def test_a_message_that_nobody_misses_is_reported_as_lost_unnoticed():
    found = side_by_side("", "send-confirmation:lost")
    row = line(found, "noticed")
    assert row.one.text == "Nobody noticed"
    assert (row.other.text, row.differs) == ("10 s", True)
    assert "has heard nothing of send-confirmation in time, and asks again" in row.other.more
    assert line(found, "laws").one.more == "If it stays so: Every order is finished or taken back"
