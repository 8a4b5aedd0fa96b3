"""What is said of a fact is what happened."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Style
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.text.story import story
from sandbox.render.text.words import sentence


def said(style, fault, kind):
    plan = compile_plan(SAGA["order"], style)
    return [sentence(fact, plan) for fact in simulate(plan, faults=[parse_fault(fault)]).of_kind(kind)]


@pytest.mark.parametrize(
    ("style", "fault", "what"),
    [
        (Style.CHOREOGRAPHY, "charge-customer:lost", "gives the order up"),
        (Style.ORCHESTRATION, "charge-customer:lost", "takes it back, for it may have taken effect"),
        (Style.ORCHESTRATION, "schedule-fulfilment:lost", "asks again"),
    ],
)
def test_an_actor_that_waits_in_vain_does_what_is_said(style, fault, what):
    (line,) = said(style, fault, FactKind.STEP_TIMED_OUT)
    assert line.endswith(f"in time, and {what}")


def test_a_crash_is_called_real_and_all_else_simulated():
    assert said(Style.CHOREOGRAPHY, "payment:crash-before-work", FactKind.FAULT_INJECTED)[0].startswith(
        "is struck by a real crash"
    )
    assert said(Style.CHOREOGRAPHY, "payment:lost", FactKind.FAULT_INJECTED)[0].startswith(
        "is struck by a simulated fault: lost"
    )


def test_a_fault_that_does_not_strike_yet_says_what_it_spares():
    (line,) = said(Style.ORCHESTRATION, "orchestrator:transient@2", FactKind.FAULT_SPARED)
    assert line == "is spared this time, the 1st: transient error strikes later"


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_a_step_whose_attempts_are_used_up_is_not_called_refused(style):
    record = simulate(compile_plan(SAGA["order"], style), faults=[parse_fault("charge-customer:transient=4")])
    (fact,) = record.of_kind(FactKind.STEP_REJECTED)
    assert sentence(fact, record.plan).startswith("abandons charge-customer: gave up after 4 attempts")
    assert "refused" not in " ".join(story(record))


@pytest.mark.parametrize(
    ("reason", "says"),
    [("its inbox has that message already", "its inbox has that message already"), (None, "it has heard that before")],
)
def test_a_duplicate_is_ignored_for_the_reason_recorded_and_older_journals_have_none(reason, says):
    fact = Fact(FactKind.DUPLICATE_IGNORED, "payment", name="InventoryReserved", reason=reason)
    assert sentence(fact, compile_plan(SAGA["order"], Style.CHOREOGRAPHY)) == f"ignores InventoryReserved: {says}"
