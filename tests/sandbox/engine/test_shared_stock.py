"""Two orders, and a stock that is enough for one."""

import pytest

from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, SagaStatus
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.execution.react import LOCK_RETRY
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.simulator import run_together
from sandbox.render.text.idle_reason import idle_reason
from sandbox.render.text.story import story

STYLES = ("choreography", "orchestration")
LATE = {"fault": ("validate-order:slow=1",)}
DECLINED_LATE = {"fail": ("charge-customer",), "fault": ("charge-customer:slow=3",)}


def both(style, stock, mine, theirs):
    settings = [RunSettings.from_pairs({"style": style, "stock": stock, **own}) for own in (mine, theirs)]
    return run_together([RunState(plan_of(one), one, faults=one.fault) for one in settings])


def of(record, kind):
    return [fact for fact in record.of_kind(kind) if fact.step == "reserve-inventory"]


@pytest.mark.parametrize("style", STYLES)
def test_one_of_two_orders_gets_the_last_item_and_the_other_is_refused(style):
    mine, theirs = both(style, "shared", LATE, {})
    assert (mine.board.status, theirs.board.status) == (SagaStatus.COMPENSATED, SagaStatus.COMPLETED)
    assert [fact.reason for fact in of(mine, FactKind.STEP_REJECTED)] == ["out of stock"]
    assert [broken(judge(record)) for record in (mine, theirs)] == [(), ()]


@pytest.mark.parametrize("style", STYLES)
def test_without_a_lock_an_item_that_comes_back_is_sold_to_nobody(style):
    mine, theirs = both(style, "shared", LATE, DECLINED_LATE)
    assert (mine.board.status, theirs.board.status) == (SagaStatus.COMPENSATED, SagaStatus.COMPENSATED)
    assert [one.balance("inventory", "available") for one in (mine, theirs)] == [1, 1]


@pytest.mark.parametrize("style", STYLES)
def test_with_a_lock_it_is_waited_for_and_sold(style):
    mine, theirs = both(style, "locked", LATE, DECLINED_LATE)
    assert (mine.board.status, theirs.board.status) == (SagaStatus.COMPLETED, SagaStatus.COMPENSATED)
    assert len(of(mine, FactKind.ATTEMPT_FAILED)) == 3
    assert [broken(judge(record)) for record in (mine, theirs)] == [(), ()]


def test_the_story_tells_what_was_waited_for():
    mine, theirs = both("choreography", "locked", LATE, DECLINED_LATE)
    waited = "but another order held it, and could still give it back: it asked in vain 3 times."
    assert [waited in " ".join(story(record)) for record in (mine, theirs)] == [True, False]


def test_the_page_says_how_often_at_most_it_is_waited_for():
    mine, _ = both("choreography", "locked", LATE, DECLINED_LATE)
    failed = of(mine, FactKind.ATTEMPT_FAILED)[1]
    assert f"attempt 2 of {LOCK_RETRY.maximum_attempts}" in idle_reason(mine.as_of(failed.seq).board).sentence


def test_an_item_that_was_sold_is_not_waited_for():
    mine, theirs = both("choreography", "locked", LATE, {})
    assert (mine.board.status, theirs.board.status) == (SagaStatus.COMPENSATED, SagaStatus.COMPLETED)
    assert not of(mine, FactKind.ATTEMPT_FAILED)


def test_a_lock_is_not_waited_for_without_end():
    never = {"fault": ("charge-customer:slow=600",)}
    mine, _ = both("choreography", "locked", LATE, never)
    assert len(of(mine, FactKind.ATTEMPT_FAILED)) == LOCK_RETRY.maximum_attempts - 1
    assert len(of(mine, FactKind.STEP_REJECTED)) == 1


def test_nothing_is_waited_for_that_the_other_order_does_not_hold():
    missing = {"fail": ("reserve-inventory",)}
    mine, _ = both("choreography", "locked", missing, {"fault": ("validate-order:slow=3",)})
    assert not of(mine, FactKind.ATTEMPT_FAILED)
    assert len(of(mine, FactKind.STEP_REJECTED)) == 1


def test_with_enough_for_every_order_neither_notices_the_other():
    mine, theirs = both("choreography", "own", LATE, DECLINED_LATE)
    assert (mine.board.status, theirs.board.status) == (SagaStatus.COMPLETED, SagaStatus.COMPENSATED)


@pytest.mark.parametrize("stock", ["shared", "locked"])
def test_a_memory_is_rebuilt_although_the_journal_does_not_tell_what_the_other_order_did(stock):
    for record in both("choreography", stock, LATE, DECLINED_LATE):
        opened = opening_balances(record.plan, record.settings)["inventory"]
        memory = replay(record.plan, record.settings, "inventory", record.facts, balances=opened)
        assert memory.balances["available"] == record.balance("inventory", "available")
        assert ("reserve-inventory" in memory.applied) == bool(of(record, FactKind.STEP_COMPLETED))
