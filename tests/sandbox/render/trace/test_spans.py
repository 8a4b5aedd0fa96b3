"""The spans of a run are those that tracing would record: each handling once, under what caused it, in time."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import CUSTOMER, FAULT, SAGA
from sandbox.definitions.terms import FactKind, Guarantee, MessageKind, SagaStatus
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.trace.spans import SpanKind, spans_of

STYLES = [(saga.name, style) for saga in SAGA.values() for style in saga.styles]


def facts_of(style="choreography", *faults, saga="order", fail=None, without=()):
    plan = compile_plan(SAGA[saga], style)
    return simulate(plan, fail=fail, faults=map(parse_fault, faults), without=without).facts


def runs_of(saga, style):
    """Yields the facts of runs of that saga without a fault, and with each fault at each step's message that it may."""
    yield facts_of(style, saga=saga)
    for step in SAGA[saga].refusable:
        yield facts_of(style, saga=saga, fail=step.name)
    for step in SAGA[saga].steps:
        for fault in FAULT:
            for without in ((), (Guarantee.OUTBOX,), (Guarantee.INBOX, Guarantee.LATE_ACK)):
                yield facts_of(style, f"{step.name}:{fault}", saga=saga, without=without)


def processed(facts, name):
    return [one for one in spans_of(facts) if one.kind is SpanKind.PROCESS and one.name == name]


@pytest.mark.parametrize(("saga", "style"), STYLES)
def test_a_trace_is_one_tree_in_which_nothing_begins_before_what_caused_it(saga, style):
    for facts in runs_of(saga, style):
        spans = spans_of(facts)
        known = {one.key: one for one in spans}
        assert len(known) == len(spans)
        assert [one for one in spans if one.parent is None] == [spans[0]]
        for one in spans[1:]:
            assert one.begin >= known[one.parent].begin
            assert one.duration >= 0
            assert one.wait >= 0
            assert one.end <= spans[0].end


@pytest.mark.parametrize(("saga", "style"), STYLES)
def test_every_handled_message_and_every_failed_attempt_has_one_span(saga, style):
    attempts = {FactKind.MESSAGE_HANDLED, FactKind.ATTEMPT_FAILED}
    for facts in runs_of(saga, style):
        found = [one.fact for one in spans_of(facts) if one.kind is SpanKind.PROCESS]
        expected = {fact.seq for fact in facts if fact.kind in attempts}
        assert {fact.seq for fact in found if fact.kind is not FactKind.MESSAGE_DEAD} == expected
        assert len({fact.seq for fact in found}) == len(found)


def test_a_send_is_under_the_handling_that_sent_it_and_a_handling_under_the_send_of_its_message():
    spans = {one.key: one for one in spans_of(facts_of("orchestration"))}
    (charge,) = [one for one in spans.values() if one.kind is SpanKind.PROCESS and one.name == "ChargeCustomer"]
    sent = spans[charge.parent]
    assert (sent.kind, sent.name, sent.actor) == (SpanKind.SEND, "ChargeCustomer", "orchestrator")
    because = spans[sent.parent]
    assert (because.kind, because.name, because.actor) == (SpanKind.PROCESS, "InventoryReserved", "orchestrator")


def test_the_first_span_is_the_whole_saga_from_the_order_to_the_newest_fact():
    facts = facts_of()
    root = spans_of(facts)[0]
    assert (root.kind, root.actor, root.name) == (SpanKind.SAGA, CUSTOMER, "OrderPlaced")
    assert (root.begin, root.end, root.status) == (facts[0].at, facts[-1].at, SagaStatus.COMPLETED)


def test_a_handling_took_as_long_as_its_worker_said_and_its_message_waited_until_then():
    facts = [evolve(f, took=0.0004) if f.kind is FactKind.MESSAGE_HANDLED else f for f in facts_of()]
    (charge,) = processed(facts, "InventoryReserved")
    sent = next(f for f in facts if f.kind is FactKind.MESSAGE_SENT and f.name == "InventoryReserved")
    assert charge.duration == pytest.approx(0.0004)
    assert charge.wait == pytest.approx(charge.fact.at - 0.0004 - sent.at)


def test_a_worker_whose_clock_is_behind_does_not_begin_before_the_message_was_sent():
    facts = [evolve(f, took=60.0) if f.kind is FactKind.MESSAGE_HANDLED else f for f in facts_of()]
    sent = {one.key: one for one in spans_of(facts)}
    assert all(one.begin >= sent[one.parent].begin for one in sent.values() if one.parent)


def test_attempts_that_failed_have_spans_of_their_own_with_the_pause_between_them_as_waiting():
    first, second, third = processed(facts_of("choreography", "charge-customer:transient=2"), "InventoryReserved")
    assert [one.attempt for one in (first, second, third)] == [1, 2, 3]
    assert [one.is_error for one in (first, second, third)] == [True, True, False]
    assert second.since == first.end
    assert second.wait == pytest.approx(0.5)


def test_a_refusal_is_an_error_with_its_reason():
    (charge,) = processed(facts_of(fail="charge-customer"), "InventoryReserved")
    assert charge.is_error
    assert charge.error.reason == "card declined"


def test_an_undo_is_marked_and_no_error():
    undoing = [one for one in spans_of(facts_of(fail="charge-customer")) if one.is_undo]
    assert [one.actor for one in undoing] == ["inventory", "order"]
    assert not [one for one in undoing if one.is_error]


def test_a_compensated_saga_is_no_error_and_a_stuck_one_is():
    assert not spans_of(facts_of(fail="charge-customer"))[0].is_error
    stuck = facts_of("choreography", "send-confirmation:lost", without=(Guarantee.TIMEOUTS,))
    assert spans_of(stuck)[0].status is SagaStatus.STUCK
    assert spans_of(stuck)[0].is_error


def test_a_lost_message_was_sent_and_nobody_handled_it():
    facts = facts_of("orchestration", "charge-customer:lost")
    sends = {one.key for one in spans_of(facts) if one.kind is SpanKind.SEND and one.name == "ChargeCustomer"}
    assert len(sends) == 1
    assert not [one for one in spans_of(facts) if one.parent in sends]


def test_a_copy_is_handled_in_a_span_of_its_own_that_ignores_it():
    first, copy = processed(facts_of("choreography", "charge-customer:duplicate"), "InventoryReserved")
    assert first.parent == copy.parent
    assert [fact.kind for fact in copy.outcomes] == [FactKind.DUPLICATE_IGNORED]


def test_a_timer_is_not_sent_and_rings_under_the_handling_that_set_it():
    facts = facts_of("orchestration", "charge-customer:lost")
    timers = {f.name for f in facts if f.message_kind is MessageKind.TIMER}
    assert not [one for one in spans_of(facts) if one.kind is SpanKind.SEND and one.name in timers]
    (rung,) = processed(facts, "ChargeCustomerTimedOut")
    setter = {one.key: one for one in spans_of(facts)}[rung.parent]
    assert rung.is_timer
    assert (setter.kind, setter.actor) == (SpanKind.PROCESS, "orchestrator")


def test_a_message_given_up_after_its_last_attempt_is_the_error_of_that_attempt():
    facts = facts_of("choreography", "charge-customer:compensation-fails", fail="schedule-fulfilment")
    *_, last = processed(facts, "NoCourier")
    (dead,) = [fact for fact in facts if fact.kind is FactKind.MESSAGE_DEAD]
    assert [fact.kind for fact in last.outcomes] == [FactKind.ATTEMPT_FAILED, FactKind.MESSAGE_DEAD]
    assert last.error == dead


def test_a_worker_that_dies_each_time_leaves_no_span_until_its_message_is_given_up():
    facts = facts_of("orchestration", "ReleaseInventory:crash-before-work=20", fail="charge-customer")
    (given_up,) = processed(facts, "ReleaseInventory")
    assert [fact.kind for fact in given_up.outcomes] == [FactKind.MESSAGE_DEAD]


@pytest.mark.parametrize("upto", [1, 2, 3, 9])
def test_a_run_under_way_has_the_spans_so_far(upto):
    spans = spans_of(facts_of()[:upto])
    assert spans[0].status is SagaStatus.RUNNING
    assert all(one.fact.seq <= upto for one in spans)
