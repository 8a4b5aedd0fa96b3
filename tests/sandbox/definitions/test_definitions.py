from dataclasses import replace

import pytest

from sandbox.definitions.model import Account, RetryPolicy, Service, Unit
from sandbox.definitions.registry import (
    FAULT,
    SAGA,
    SERVICE,
    BadDefinition,
    by_name,
    check_fault_type,
    check_saga,
    check_service,
)
from sandbox.definitions.terms import EFFECTS_IN, Effect, Phase, StepKind

ORDER = SAGA["order"]


def order_with(name, **changes):
    steps = tuple(replace(step, **changes) if step.name == name else step for step in ORDER.steps)
    return replace(ORDER, steps=steps)


@pytest.mark.parametrize(
    ("saga", "complaint"),
    [
        (order_with("reserve-inventory", after=("charge-customer",)), "is not listed before it"),
        (order_with("charge-customer", service="bank"), "unknown service 'bank'; the services are order"),
        (order_with("charge-customer", source="wallet"), "payment has no account 'wallet'; it has customer, merchant"),
        (order_with("charge-customer", undo=None), "is compensable but has no undo"),
        (order_with("schedule-fulfilment", kind=StepKind.RETRIABLE), "is retriable, so it may not be refused"),
        (order_with("send-confirmation", kind=StepKind.PIVOT), "comes after the pivot, so it must be retriable"),
        (order_with("charge-customer", do=ORDER.steps[1].do), "two order step entries are named 'reserve-inventory'"),
        (order_with("schedule-fulfilment", after=("validate-order",)), "runs in parallel to the pivot"),
        (replace(ORDER, trigger="OrderValidated"), "two messages are named OrderValidated"),
        (replace(ORDER, trigger="NothingToRefund"), "two messages are named NothingToRefund"),
        (replace(ORDER, trigger="FulfilmentFailed"), "two messages are named FulfilmentFailed"),
    ],
)
def test_a_saga_that_cannot_work_is_refused_with_the_reason(saga, complaint):
    with pytest.raises(BadDefinition, match=complaint):
        check_saga(saga, SERVICE)


def test_two_entries_may_not_share_a_name():
    with pytest.raises(BadDefinition, match="two saga entries are named 'order'"):
        by_name("saga", [ORDER, ORDER])


def test_a_service_may_not_take_the_orchestrators_name():
    with pytest.raises(BadDefinition, match="belongs to an actor of every saga"):
        check_service(Service("orchestrator", "O", "x", (Account("a", Unit.ORDER),)))


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("effect", Effect)
def test_a_fault_may_have_only_an_effect_that_the_engine_knows_in_its_phase(phase, effect):
    fault = replace(FAULT["lost"], name="odd", phase=phase, effect=effect)
    if effect in EFFECTS_IN[phase]:
        assert check_fault_type(fault) is fault
        return
    with pytest.raises(
        BadDefinition, match=f"'odd': no fault has the effect {effect.name} in the phase {phase.name};"
    ) as e:
        check_fault_type(fault)
    assert "SENDING: LOSE, COPY, OVERTAKE; ARRIVING: FAIL, DELAY, CRASH, SHUT; ANSWERING: DELAY;" in str(e.value)


def test_an_unknown_step_is_answered_with_the_valid_ones():
    with pytest.raises(KeyError, match="its steps are validate-order, reserve-inventory"):
        ORDER.step("fly")


def test_attempts_are_counted_as_attempts_and_pauses_grow_up_to_a_limit():
    policy = RetryPolicy(initial_interval=1, backoff_coefficient=3, maximum_interval=5, maximum_attempts=4)
    assert [policy.delay_after(attempt) for attempt in (1, 2, 3, 4)] == [1, 3, 5, None]
