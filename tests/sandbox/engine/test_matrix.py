"""Every saga in every style and undo order, with every refusal, whatever order the messages arrive in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, SagaStatus, UndoOrder
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.simulator import Simulator, simulate


def cases(saga):
    """The saga in every style and undo order, with every refusal."""
    return [
        (compile_plan(saga, style, undo), refused)
        for style in saga.styles
        for undo in UndoOrder
        for refused in (None, *(step.name for step in saga.refusable))
    ]


CASES = [case for saga in SAGA.values() for case in cases(saga)]


def drawn(plan):
    """Returns every arrow of the plan's picture, and every timer of an actor."""
    hops = {(hop.sender, hop.receiver, hop.name) for hop in plan.hops}
    return hops | {(actor, actor, timer.name) for actor, timer in plan.timers}


def names(case):
    plan, refused = case
    return f"{plan.saga.name}-{plan.style}-{plan.undo_order}-{refused}"


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_run_ends_right_and_keeps_every_law(case):
    plan, refused = case
    record = simulate(plan, fail=refused)
    assert record.board.status is (SagaStatus.COMPENSATED if refused else SagaStatus.COMPLETED)
    assert not broken(judge(record))


@pytest.mark.parametrize("style", SAGA["order"].styles)
@pytest.mark.parametrize(
    ("refused", "undone"),
    [
        ("validate-order", ()),
        ("reserve-inventory", ("validate-order",)),
        ("charge-customer", ("reserve-inventory", "validate-order")),
        ("schedule-fulfilment", ("charge-customer", "reserve-inventory", "validate-order")),
    ],
)
def test_both_styles_undo_the_same_steps_last_first(style, refused, undone):
    board = simulate(compile_plan(SAGA["order"], style), fail=refused).board
    assert board.compensations == undone
    assert board.undo_stack == ()


@pytest.mark.parametrize("style", SAGA["order"].styles)
def test_two_refusals_at_once_still_compensate_everything(style):
    out_of_stock_and_money = 50
    record = simulate(compile_plan(SAGA["order-parallel"], style), quantity=out_of_stock_and_money)
    assert len(record.board.failures) == 2
    assert record.board.status is SagaStatus.COMPENSATED
    assert not broken(judge(record))
    sent = [fact.name for fact in record.facts if fact.kind is FactKind.MESSAGE_SENT]
    assert len(sent) == len(set(sent))


@pytest.mark.parametrize("style", SAGA["order"].styles)
@pytest.mark.parametrize("step", SAGA["order"].refusable, ids=lambda step: step.name)
def test_in_a_sequence_no_step_is_undone_that_never_began(style, step):
    record = simulate(compile_plan(SAGA["order"], style), fail=step.name)
    assert not record.of_kind(FactKind.NOTHING_TO_UNDO)


@pytest.mark.proof
@settings(max_examples=1000, deadline=None)
@given(case=st.sampled_from(CASES), quantity=st.sampled_from([1, 7, 50]), data=st.data())
def test_no_order_of_delivery_and_no_duplicate_breaks_a_law(case, quantity, data):
    check_in_any_order(case, quantity, data)


def check_in_any_order(case, quantity, data):
    """Delivers in an order, and with duplicates, that Hypothesis draws."""
    plan, refused = case
    run = Simulator(RunState(plan, RunSettings(quantity=quantity, fail=refused or "")))
    budget = 8
    while run.in_flight:
        flying = [delivery for delivery in run.in_flight if not delivery.is_timer] or run.in_flight[:1]
        delivery = flying[data.draw(st.integers(0, len(flying) - 1))]
        if budget and not delivery.is_timer and delivery.copy == 1 and data.draw(st.booleans()):
            budget -= 1
            run.strike(delivery, "duplicate")
        run.deliver(delivery)
    expected = simulate(plan, quantity=quantity, fail=refused).board
    record = run.end()
    assert record.board.status is expected.status
    assert not broken(judge(record))


@pytest.mark.parametrize("case", CASES, ids=names)
def test_every_hop_of_a_run_is_an_arrow_of_the_drawn_plan(case):
    plan, refused = case
    deliveries = simulate(plan, fail=refused).board.deliveries.values()
    assert {(a.sender, a.receiver, a.name) for a in deliveries if a.receiver} <= drawn(plan)


@pytest.mark.parametrize("case", CASES, ids=names)
def test_the_board_is_the_fold_of_all_facts_wherever_one_starts(case):
    plan, refused = case
    facts = simulate(plan, fail=refused).facts
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    remembered = [Fact.recall(kind=f.kind, actor=f.actor, seq=f.seq, at=f.at, details=f.details()) for f in facts]
    assert fold(plan, remembered) == fold(plan, facts)


@pytest.mark.parametrize("case", CASES, ids=names)
def test_every_message_but_the_first_says_what_caused_it(case):
    plan, refused = case
    sent = [f for f in simulate(plan, fail=refused).facts if f.kind is FactKind.MESSAGE_SENT]
    ids = {fact.message for fact in sent}
    assert sent[0].caused_by is None
    assert all(fact.caused_by in ids for fact in sent[1:])
