"""Every saga in every style and undo order, with every refusal, whatever order the messages arrive in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.definitions.records import Order
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, SagaStatus, Style, UndoOrder
from sandbox.engine.board import fold
from sandbox.engine.laws import broken, judge
from sandbox.engine.messages import Fact
from sandbox.engine.plan import compile_plan
from sandbox.engine.rehearsal import rehearse

CASES = [
    (compile_plan(saga, style, undo), refused)
    for saga in SAGA.values()
    for style in Style
    for undo in UndoOrder
    for refused in (None, *(step.name for step in saga.refusable))
]


def names(case):
    plan, refused = case
    return f"{plan.saga.name}-{plan.style}-{plan.undo_order}-{refused}"


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_run_ends_right_and_keeps_every_law(case):
    plan, refused = case
    evidence = rehearse(plan, refused=refused)
    assert evidence.board.status is (SagaStatus.COMPENSATED if refused else SagaStatus.COMPLETED)
    assert not broken(judge(evidence))


@pytest.mark.parametrize("style", Style)
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
    board = rehearse(compile_plan(SAGA["order"], style), refused=refused).board
    assert board.compensations == undone
    assert board.undo_stack == ()


@pytest.mark.parametrize("style", Style)
def test_two_refusals_at_once_still_roll_everything_back(style):
    out_of_stock_and_money = Order(quantity=50)
    evidence = rehearse(compile_plan(SAGA["order-parallel"], style), order=out_of_stock_and_money)
    assert len(evidence.board.refused) == 2
    assert evidence.board.status is SagaStatus.COMPENSATED
    assert not broken(judge(evidence))
    sent = [fact.name for fact in evidence.facts if fact.kind is FactKind.MESSAGE_SENT]
    assert len(sent) == len(set(sent))


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("step", SAGA["order"].refusable, ids=lambda step: step.name)
def test_in_a_sequence_nobody_is_asked_to_undo_what_never_began(style, step):
    evidence = rehearse(compile_plan(SAGA["order"], style), refused=step.name)
    assert not evidence.of_kind(FactKind.NOTHING_TO_UNDO)


@settings(max_examples=1500, deadline=None)
@given(case=st.sampled_from(CASES), quantity=st.sampled_from([1, 7, 50]), data=st.data())
def test_no_order_of_delivery_and_no_duplicate_breaks_a_law(case, quantity, data):
    plan, refused = case
    budget = iter(range(12))

    def choose(in_flight):
        duplicate = next(budget, None) is not None and data.draw(st.booleans())
        position = data.draw(st.integers(0, len(in_flight) - 1))
        return position - len(in_flight) if duplicate else position

    evidence = rehearse(plan, order=Order(quantity=quantity), refused=refused, choose=choose)
    expected = rehearse(plan, order=Order(quantity=quantity), refused=refused).board
    assert evidence.board.status is expected.status
    assert not broken(judge(evidence))


@pytest.mark.parametrize("case", CASES, ids=names)
def test_every_hop_of_a_run_is_an_arrow_of_the_drawn_plan(case):
    plan, refused = case
    drawn = {(hop.sender, hop.receiver, hop.name) for hop in plan.hops}
    arrows = rehearse(plan, refused=refused).board.arrows.values()
    assert {(a.sender, a.receiver, a.name) for a in arrows if a.receiver} <= drawn


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("undo", UndoOrder)
@pytest.mark.parametrize("saga", SAGA.values(), ids=lambda saga: saga.name)
def test_every_drawn_arrow_is_taken_in_some_run(saga, style, undo):
    plan = compile_plan(saga, style, undo)
    runs = [rehearse(plan, refused=step.name) for step in saga.refusable] + [rehearse(plan)]
    taken = {(a.sender, a.receiver, a.name) for run in runs for a in run.board.arrows.values()}
    assert {(hop.sender, hop.receiver, hop.name) for hop in plan.hops} <= taken


@pytest.mark.parametrize("case", CASES, ids=names)
def test_the_board_is_the_fold_of_all_facts_wherever_one_starts(case):
    plan, refused = case
    facts = rehearse(plan, refused=refused).facts
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    remembered = [Fact.recall(kind=f.kind, actor=f.actor, seq=f.seq, at=f.at, details=f.details()) for f in facts]
    assert fold(plan, remembered) == fold(plan, facts)


@pytest.mark.parametrize("case", CASES, ids=names)
def test_every_message_but_the_first_says_what_caused_it(case):
    plan, refused = case
    sent = [f for f in rehearse(plan, refused=refused).facts if f.kind is FactKind.MESSAGE_SENT]
    ids = {fact.message for fact in sent}
    assert sent[0].caused_by is None
    assert all(fact.caused_by in ids for fact in sent[1:])
