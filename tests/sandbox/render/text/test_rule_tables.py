from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.render.text.rule_tables import rule_rows, timeout_rows

PLAN = compile_plan(SAGA["order"], Style.CHOREOGRAPHY)


def row(rows, actor, hears):
    return next(row for row in rows if (row.actor, row.hears) == (actor, hears))


def test_a_step_says_what_is_sent_when_it_is_refused_and_when_it_is_given_up():
    found = row(rule_rows(PLAN), "Payment", "InventoryReserved")
    assert found.then_sends == "CustomerCharged to Fulfilment"
    assert found.or_else == "refused: CardDeclined to Inventory; given up: PaymentFailed in place of CardDeclined"


def test_an_undo_says_what_is_sent_when_there_was_nothing_to_undo():
    found = row(rule_rows(PLAN), "Payment", "NoCourier")
    assert found.then_sends == "CustomerRefunded to Inventory"
    assert found.or_else == "nothing to undo: NothingToRefund in place of CustomerRefunded"


def test_an_expired_order_says_what_the_pivots_service_sends():
    found = row(timeout_rows(PLAN), "Fulfilment", "OrderExpired")
    assert (found.then_sends, found.or_else) == ("FulfilmentFailed in place of NoCourier", "-")
