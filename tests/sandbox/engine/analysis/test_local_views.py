"""What each actor believes: its own work and what it was told, and nothing that it could not know."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import StepStatus
from sandbox.engine.analysis.local_views import actors_knowing_the_flow, local_views
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.simulator import simulate

STYLES = ("choreography", "orchestration")


def run(style, fail=None, *faults):
    return simulate(compile_plan(SAGA["order"], style), fail=fail, faults=[parse_fault(one) for one in faults])


def by_actor(known):
    return {one.actor: one for one in local_views(known.plan, known.facts)}


@pytest.mark.parametrize(("style", "knowing"), [("choreography", ()), ("orchestration", ("orchestrator",))])
@pytest.mark.parametrize("refused", [None, "reserve-inventory", "schedule-fulfilment"])
def test_only_an_orchestrator_knows_the_whole_order_and_nobody_in_a_choreography(style, knowing, refused):
    known = run(style, refused)
    board = fold(known.plan, known.facts)
    right = [one.actor for one in local_views(known.plan, known.facts) if one.is_right(board)]
    assert actors_knowing_the_flow(known.plan) == knowing
    assert [actor for actor in knowing if actor not in right] == []


@pytest.mark.parametrize("style", STYLES)
def test_an_actor_that_received_nothing_believes_nothing(style):
    assert by_actor(run(style, "reserve-inventory"))["notification"].steps == {}


def test_a_service_still_believes_a_step_done_that_was_undone_since():
    known = run("choreography", "schedule-fulfilment")
    board = fold(known.plan, known.facts)
    assert by_actor(known)["inventory"].wrong(board) == ("validate-order",)
    assert by_actor(known)["fulfilment"].steps["charge-customer"] is StepStatus.COMPLETED


def test_a_late_answer_does_not_replace_what_is_known_of_the_undo():
    known = run("orchestration", None, "charge-customer:timeout-after-effect")
    assert by_actor(known)["orchestrator"].steps["charge-customer"] is StepStatus.COMPENSATED


@pytest.mark.parametrize("style", STYLES)
def test_an_actor_believes_no_more_than_its_own_facts_say(style):
    known = run(style, "schedule-fulfilment", "charge-customer:transient")
    for one in local_views(known.plan, known.facts):
        own = [fact for fact in known.facts if fact.actor == one.actor]
        assert local_views(known.plan, own)[known.plan.actors[1:].index(one.actor)] == one
