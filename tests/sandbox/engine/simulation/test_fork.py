"""A run begun again from any of its facts is that run, whatever had happened to it."""

from collections import Counter

import pytest

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import DeliveryState, FactKind, Guarantee, Style
from sandbox.engine.execution.faults import parse_fault
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.fork import NoFork, fork
from sandbox.engine.simulation.simulator import Simulator

STYLES = [("order", Style.CHOREOGRAPHY), ("order", Style.ORCHESTRATION), ("order-hybrid", Style.HYBRID)]


# The worker that a message died with was another run's: here it is delivered for the first time.
OF_THE_CRASH = {FactKind.MESSAGE_REDELIVERED, FactKind.HISTORY_REPLAYED}


def told(run):
    """What happened, in whatever order messages came that were on their way at the same time."""
    kept = (fact for fact in run.facts if fact.kind not in OF_THE_CRASH)
    return Counter((fact.kind, fact.actor, fact.name, fact.attempt, fact.fault) for fact in kept)


def begun_again(run, upto):
    run_state, first = fork(run.run_state, run.facts, upto=upto, now=run.facts[upto - 1].at)
    return Simulator(run_state, first=first)


def every_branch(run):
    for upto in range(1, len(run.facts)):
        try:
            yield upto, begun_again(run, upto)
        except NoFork:
            return


def finished(faults, *, saga="order", style=Style.ORCHESTRATION, fail="schedule-fulfilment", without=()):
    run_state = RunState(
        compile_plan(SAGA[saga], style),
        RunSettings(fail=fail or "", without=tuple(without)),
        faults=tuple(map(parse_fault, faults)),
    )
    run = Simulator(run_state)
    run.run()
    return run


@pytest.mark.parametrize(("saga", "style"), STYLES)
@pytest.mark.parametrize("place", ["charge-customer", "inventory", "reserve-inventory"])
@pytest.mark.parametrize("kind", FAULT)
def test_it_goes_on_as_the_first_one_did(saga, style, place, kind):
    run = finished([f"{place}:{kind}"], saga=saga, style=style)
    for upto, again in every_branch(run):
        again.run()
        assert told(again) == told(run), upto


@pytest.mark.parametrize(
    "faults", [["orchestrator:transient=2@3"], ["charge-customer:transient=3"], ["payment:down=4"]]
)
def test_faults_count_on_from_there(faults):
    run = finished(faults, fail=None)
    for upto, again in every_branch(run):
        again.run()
        assert told(again) == told(run), upto


@pytest.mark.parametrize("guarantee", Guarantee)
def test_what_it_had_to_do_without_it_does_without(guarantee):
    run = finished(["charge-customer:crash-after-commit"], without=[guarantee], fail=None)
    for upto, again in every_branch(run):
        again.run()
        assert told(again) == told(run), upto


def test_a_fault_that_the_operator_repaired_is_there_before_that_and_not_after():
    run = finished(["reserve-inventory:compensation-fails"], fail="charge-customer")
    over = len(run.facts)
    (dead,) = (delivery for delivery in run.deliveries.values() if delivery.state is DeliveryState.DEAD)
    run.repair(dead)
    run.run()
    before, after = begun_again(run, over - 8), begun_again(run, over + 1)
    assert not any(fault.repaired for fault in before.run_state.faults)
    assert all(fault.repaired for fault in after.run_state.faults)
    after.run()
    assert told(after) == told(run)


def test_attempts_before_the_operators_retry_count_no_more():
    run = finished(["send-confirmation:crash-before-work=20"], fail=None)
    dead = next(delivery for delivery in run.deliveries.values() if delivery.state is DeliveryState.DEAD)
    run.repair(dead)
    again = begun_again(run, len(run.facts))
    assert [delivery.redeliveries for delivery in again.in_flight if not delivery.is_timer] == [0]
    again.run()
    assert again.facts[-1].kind is FactKind.SAGA_ENDED
