import pytest

from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR, QUEUES, SAGA
from sandbox.definitions.terms import SagaStatus, Style, UndoOrder, Verb
from sandbox.engine.plan.compensation import compensations
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Way

ORDER = SAGA["order"]
PLANS = [compile_plan(saga, style, undo) for saga in SAGA.values() for style in saga.styles for undo in UndoOrder]


def names(plan):
    return f"{plan.saga.name}-{plan.style}-{plan.undo_order}"


def test_in_a_choreography_nobody_commands_and_there_is_no_orchestrator():
    plan = compile_plan(ORDER, Style.CHOREOGRAPHY)
    assert ORCHESTRATOR not in plan.actors
    assert {hop.kind for hop in plan.hops} == {"event"}


def test_in_an_orchestration_services_talk_to_the_orchestrator_alone():
    plan = compile_plan(ORDER, Style.ORCHESTRATION)
    assert all(ORCHESTRATOR in (hop.sender, hop.receiver) for hop in plan.hops)
    assert {rule.actor for rule in plan.rules if rule.step is None} == {ORCHESTRATOR}


def test_in_a_hybrid_the_steps_of_the_group_follow_each_others_events():
    plan = compile_plan(SAGA["order-hybrid"], Style.HYBRID)
    pack = next(rule for rule in plan.rules if rule.step == "pack-shipment" and rule.verb is Verb.DO)
    assert set(pack.on) == {"ItemsPicked", "LabelPrinted"}
    commands = {hop.name for hop in plan.hops if hop.kind == "command"}
    assert {"PickItems", "PrintLabel", "UnpackShipment"} <= commands
    assert not {"PackShipment", "ReturnItems", "VoidLabel"} & commands
    assert ORCHESTRATOR not in {hop.receiver for hop in plan.hops if hop.name in {"ItemsPicked", "LabelPrinted"}}


def test_a_saga_without_a_group_is_no_hybrid():
    with pytest.raises(ValueError, match="choreography, orchestration"):
        compile_plan(ORDER, Style.HYBRID)


@pytest.mark.parametrize("style", ORDER.styles)
def test_without_timeouts_nobody_sets_a_timer_and_nobody_hears_what_only_timers_need(style):
    plan = compile_plan(ORDER, style, timeouts=False)
    assert not plan.timers
    assert not any(rule.unless or rule.watches for rule in plan.rules)
    assert "OrderExpired" not in {hop.name for hop in plan.hops}


def test_a_step_that_waits_for_days_waits_without_timeouts_too():
    plan = compile_plan(SAGA["order-long"], Style.ORCHESTRATION, timeouts=False)
    assert [(actor, timer.name, timer.after) for actor, timer in plan.timers] == [
        ("fulfilment", "ScheduleFulfilmentDue", 3 * 86_400)
    ]


@pytest.mark.parametrize("plan", PLANS, ids=names)
def test_every_timer_is_to_oneself_and_somebody_acts_on_it(plan):
    for actor, timer in plan.timers:
        assert timer.to == (actor,)
        assert timer.after > 0
        assert any(timer.name in rule.on for rule in plan.rules_of(actor))


def test_in_an_orchestration_only_the_orchestrator_closes_the_saga():
    plan = compile_plan(ORDER, Style.ORCHESTRATION)
    assert {(rule.actor, rule.ends) for rule in plan.rules if rule.ends} == {
        (ORCHESTRATOR, SagaStatus.COMPLETED),
        (ORCHESTRATOR, SagaStatus.COMPENSATED),
        (ORCHESTRATOR, SagaStatus.COMPENSATION_FAILED),
    }


def test_in_a_choreography_nobody_closes_the_saga():
    assert not [rule for rule in compile_plan(ORDER, Style.CHOREOGRAPHY).rules if rule.ends]


@pytest.mark.parametrize("plan", PLANS, ids=names)
def test_every_step_is_done_by_one_rule_in_every_plan(plan):
    done = [rule.step for rule in plan.rules if rule.verb is Verb.DO]
    assert sorted(done) == sorted(step.name for step in plan.saga.steps)


@pytest.mark.parametrize("plan", PLANS, ids=names)
def test_nobody_listens_for_what_nobody_sends(plan):
    sent = {plan.trigger.name} | {e.name for rule in plan.rules for e in rule.possible_emissions}
    assert {name for rule in plan.rules for name in rule.on} <= sent


@pytest.mark.parametrize("plan", PLANS, ids=names)
def test_every_message_goes_to_all_who_have_a_rule_for_it_and_to_nobody_else(plan):
    for rule in plan.rules:
        for emission in rule.possible_emissions:
            assert set(emission.to) == {other.actor for other in plan.rules if emission.heard_as in other.listens_for}


@pytest.mark.parametrize("plan", PLANS, ids=names)
def test_every_receiver_has_a_queue_and_the_customer_receives_nothing(plan):
    receivers = {hop.receiver for hop in plan.hops}
    assert receivers <= set(QUEUES)
    assert CUSTOMER not in receivers


@pytest.mark.parametrize("plan", PLANS, ids=names)
def test_what_goes_back_is_never_drawn_as_going_forward(plan):
    undone = {step.undo.done for step in plan.saga.steps if step.undo}
    ways = {hop.name: hop.way for hop in plan.hops}
    assert {ways[name] for name in undone & ways.keys()} <= {Way.UNDO}
    assert {ways[s.refusal.event] for s in plan.saga.refusable if s.refusal.event in ways} <= {Way.REFUSAL}


def test_joins_wait_for_all_they_come_after():
    plan = compile_plan(SAGA["order-parallel"], Style.CHOREOGRAPHY)
    join = next(rule for rule in plan.rules if rule.step == "schedule-fulfilment")
    assert set(join.on) == {"InventoryReserved", "CustomerCharged"}


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        ("validate-order", []),
        ("reserve-inventory", ["validate-order"]),
        ("charge-customer", ["reserve-inventory", "validate-order"]),
        ("schedule-fulfilment", ["charge-customer", "reserve-inventory", "validate-order"]),
    ],
)
def test_the_refused_step_and_those_after_it_are_not_compensated(refused, expected):
    undone = compensations(ORDER, refused, UndoOrder.SEQUENTIAL)
    assert [one.step.name for one in undone] == expected


def test_a_step_is_undone_after_what_was_built_on_it():
    undone = compensations(SAGA["order-parallel"], "schedule-fulfilment", UndoOrder.SEQUENTIAL)
    waits = {one.step.name: {step.name for step in one.waits_for} for one in undone}
    assert waits == {
        "charge-customer": set(),
        "reserve-inventory": set(),
        "validate-order": {"reserve-inventory", "charge-customer"},
    }


def test_in_parallel_no_compensation_waits():
    undone = compensations(ORDER, "schedule-fulfilment", UndoOrder.PARALLEL)
    assert not any(one.waits_for for one in undone)
