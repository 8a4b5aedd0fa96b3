"""No message says what did not happen: nothing is refunded that was never charged, and no courier is missed unasked."""

from dataclasses import replace

import pytest

from sandbox.definitions.faults import BadFault, parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, SagaStatus, StepStatus, Style, Verb
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.local_views import local_views
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.fault_reach import check_placements, fault_places
from sandbox.engine.simulation.simulator import Simulator, simulate

ORDER = {style: compile_plan(SAGA["order"], style) for style in SAGA["order"].styles}
CHOREOGRAPHY, ORCHESTRATION = ORDER[Style.CHOREOGRAPHY], ORDER[Style.ORCHESTRATION]
PLANS = [compile_plan(saga, style) for saga in SAGA.values() for style in saga.styles]
EVERY_PLAN = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.saga.name}-{plan.style}")


def expired():
    """A choreography whose order expires while InventoryReserved is on its way."""
    return simulate(CHOREOGRAPHY, faults=[parse_fault("charge-customer:lost")])


def timed_out(*faults):
    """An orchestration that takes back a charge which never took effect."""
    return simulate(ORCHESTRATION, faults=[parse_fault(one) for one in ("ChargeCustomer:lost", *faults)])


def sent(record):
    return [fact.name for fact in record.of_kind(FactKind.MESSAGE_SENT)]


def stand_ins(plan):
    return [e for rule in plan.rules for e in rule.possible_emissions if e.stands_for]


def test_an_expired_order_is_not_said_to_lack_a_courier_nor_to_be_refunded():
    """As a learner does it by hand: InventoryReserved is held back until the deadline, and arrives in the end."""
    run = Simulator(RunState(CHOREOGRAPHY, RunSettings()))
    late = ["OrderPlaced", "OrderValidated", "OrderDeadline", "OrderExpired"]
    for name in [*late, "FulfilmentFailed", "NothingToRefund", "InventoryReleased", "InventoryReserved"]:
        run.deliver(next(delivery for delivery in run.in_flight if delivery.message.name == name))
    record = run.end()
    assert {"FulfilmentFailed", "NothingToRefund"} <= set(sent(record))
    assert not {"NoCourier", "CustomerRefunded", "CustomerCharged"} & set(sent(record))
    assert record.board.status is SagaStatus.COMPENSATED
    assert record.board.compensations == ("reserve-inventory", "validate-order")
    assert not broken(judge(record))


def test_an_expired_order_that_was_charged_is_refunded():
    record = simulate(CHOREOGRAPHY, faults=[parse_fault("schedule-fulfilment:lost")])
    assert {"FulfilmentFailed", "CustomerRefunded"} <= set(sent(record))
    assert not {"NoCourier", "NothingToRefund"} & set(sent(record))


def test_the_reason_of_a_step_that_was_abandoned_for_the_deadline_is_the_deadline():
    (rejected,) = expired().of_kind(FactKind.STEP_REJECTED)
    assert (rejected.step, rejected.verb) == ("schedule-fulfilment", Verb.ABANDON)
    assert rejected.reason == "the order's deadline has passed"


@pytest.mark.parametrize("style", ORDER)
def test_a_payment_whose_attempts_are_used_up_is_not_said_to_be_declined(style):
    record = simulate(ORDER[style], faults=[parse_fault("charge-customer:transient=4")])
    assert "PaymentFailed" in sent(record)
    assert "CardDeclined" not in sent(record)
    assert record.board.compensations == ("reserve-inventory", "validate-order")


@pytest.mark.parametrize("style", ORDER)
def test_a_card_that_is_declined_is_said_to_be_declined(style):
    record = simulate(ORDER[style], fail="charge-customer")
    assert "CardDeclined" in sent(record)
    assert "PaymentFailed" not in sent(record)


def test_an_orchestrator_goes_on_undoing_when_it_hears_that_there_was_nothing_to_undo():
    record = timed_out()
    assert "NothingToRefund" in sent(record)
    assert "CustomerRefunded" not in sent(record)
    assert record.board.compensations == ("reserve-inventory", "validate-order")
    assert record.board.status is SagaStatus.COMPENSATED


def test_the_timeout_of_an_undo_is_cancelled_by_the_answer_that_there_was_nothing_to_undo():
    assert sent(timed_out()).count("RefundCustomer") == 1


def test_an_undo_that_is_commanded_again_is_answered_as_before():
    record = timed_out("CustomerRefunded:lost")
    assert sent(record).count("NothingToRefund") == sent(record).count("RefundCustomer") == 2
    assert "CustomerRefunded" not in sent(record)
    assert not broken(judge(record))


@EVERY_PLAN
def test_who_listens_for_a_message_receives_what_stands_for_it(plan):
    receivers = {e.name: e.to for rule in plan.rules for e in rule.possible_emissions}
    for emission in stand_ins(plan):
        assert emission.to == receivers.get(emission.stands_for, emission.to)
        for actor in emission.to:
            assert plan.rules_on(actor, emission.name) == plan.rules_on(actor, emission.stands_for)


@EVERY_PLAN
def test_no_rule_names_a_message_that_stands_for_another(plan):
    listened = {name for rule in plan.rules for name in rule.listens_for}
    assert not listened & {emission.name for emission in stand_ins(plan)}


def test_what_stands_for_a_message_is_struck_at_its_place_and_has_none_of_its_own():
    places = {place for group in fault_places(CHOREOGRAPHY) for place in group}
    assert {"CustomerRefunded", "NoCourier"} <= places
    assert not places & {emission.name for emission in stand_ins(CHOREOGRAPHY)}
    with pytest.raises(BadFault, match="no step, actor or message 'NothingToRefund'"):
        check_placements(CHOREOGRAPHY, [parse_fault("NothingToRefund:lost")], RunSettings())
    struck = timed_out("CustomerRefunded:duplicate").of_kind(FactKind.FAULT_INJECTED)
    assert [fact.name for fact in struck] == ["ChargeCustomer", "NothingToRefund"]


@pytest.mark.parametrize("record", [expired(), timed_out()], ids=["expired", "timed out"])
def test_nobody_believes_undone_what_never_took_effect(record):
    believed = {view.actor: view.steps for view in local_views(record.plan, record.facts)}
    heard = [steps["charge-customer"] for steps in believed.values() if "charge-customer" in steps]
    assert heard
    assert set(heard) == {StepStatus.SKIPPED}
    assert record.board.steps["charge-customer"].status is StepStatus.SKIPPED


def test_a_refused_step_is_still_believed_refused_when_there_is_nothing_to_undo():
    record = simulate(compile_plan(SAGA["order-parallel"], Style.ORCHESTRATION), quantity=50)
    assert record.board.steps["charge-customer"].status is StepStatus.REJECTED
    views = {view.actor: view.steps for view in local_views(record.plan, record.facts)}
    assert views["orchestrator"]["charge-customer"] is StepStatus.REJECTED


def as_before(fact):
    """The fact as journals had it before messages could stand for others."""
    before = {"NothingToRefund": "CustomerRefunded", "FulfilmentFailed": "NoCourier"}
    verb = Verb.DO if fact.verb is Verb.ABANDON else fact.verb
    return replace(fact, name=before.get(fact.name, fact.name), verb=verb)


@pytest.mark.parametrize("record", [expired(), timed_out()], ids=["expired", "timed out"])
def test_an_older_journal_is_read_and_replayed_and_its_false_event_is_found(record):
    older = replace(record, facts=tuple(map(as_before, record.facts)))
    assert fold(older.plan, older.facts).status is SagaStatus.COMPENSATED
    opened = opening_balances(older.plan, older.settings)
    for actor in older.plan.actors[1:]:
        replayed = replay(older.plan, older.settings, actor, older.facts, balances=opened.get(actor))
        assert replayed == replay(record.plan, record.settings, actor, record.facts, balances=opened.get(actor))
    (found,) = broken(judge(older))
    assert found.invariant.name == "told-iff-done"
    assert found.violation.text.startswith("CustomerRefunded was sent, but charge-customer had not been undone")


def without_facts(kind):
    return lambda record: replace(record, facts=tuple(fact for fact in record.facts if fact.kind is not kind))


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (
            simulate(CHOREOGRAPHY, fail="schedule-fulfilment"),
            "NoCourier was sent, but schedule-fulfilment had not been",
        ),
        (expired(), "FulfilmentFailed was sent, but schedule-fulfilment had not been abandoned"),
    ],
)
def test_a_refusal_that_was_told_and_did_not_happen_is_a_ghost_message(record, text):
    (found,) = [one for one in broken(judge(without_facts(FactKind.STEP_REJECTED)(record))) if one.violation]
    assert found.violation.text.startswith(text)


def test_a_refusal_that_nobody_was_told_of_is_a_zombie_record():
    record = simulate(CHOREOGRAPHY, fail="schedule-fulfilment")
    silent = replace(record, facts=tuple(fact for fact in record.facts if fact.name != "NoCourier"))
    told = {one.invariant.name: one.violation.text for one in broken(judge(silent))}["told-iff-done"]
    assert told == "schedule-fulfilment had been refused, but NoCourier was never sent: a zombie record"
