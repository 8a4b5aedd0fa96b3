"""A run that is forked from any of its facts goes on like the original, whatever had happened to that."""

from collections import Counter

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, FactKind, Guarantee, Style
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.fork import CannotFork, fork
from sandbox.engine.simulation.simulator import Simulator

# The hybrid has parts of both, and far more facts to begin again from.
EVERY_STYLE = pytest.mark.parametrize(
    ("saga", "style"),
    [
        ("order", Style.CHOREOGRAPHY),
        ("order", Style.ORCHESTRATION),
        pytest.param("order-hybrid", Style.HYBRID, marks=pytest.mark.proof),
    ],
)


# The message that its worker died with is delivered for the first time in the forked run.
CRASH_FACTS = {FactKind.MESSAGE_REDELIVERED, FactKind.HISTORY_REPLAYED}


def facts_counted(run):
    """Counts the facts, whatever the order of messages that were on their way at the same time."""
    kept = (fact for fact in run.facts if fact.kind not in CRASH_FACTS)
    return Counter((fact.kind, fact.actor, fact.name, fact.attempt, fact.fault) for fact in kept)


def forked(run, upto):
    run_state, first = fork(run.run_state, run.facts, upto=upto, now=run.facts[upto - 1].at)
    return Simulator(run_state, first=first)


def every_fork(run):
    for upto in range(1, len(run.facts)):
        try:
            yield upto, forked(run, upto)
        except CannotFork:
            return


def finished_run(faults, *, saga="order", style=Style.ORCHESTRATION, fail="schedule-fulfilment", without=()):
    run_state = RunState(
        compile_plan(SAGA[saga], style),
        RunSettings(saga=saga, style=str(style), fail=fail or "", without=tuple(without)),
        faults=tuple(map(parse_fault, faults)),
    )
    run = Simulator(run_state)
    run.run()
    return run


@EVERY_STYLE
@pytest.mark.parametrize(
    "place",
    ["charge-customer", *(pytest.param(one, marks=pytest.mark.proof) for one in ("inventory", "reserve-inventory"))],
)
@pytest.mark.parametrize("kind", FAULT)
def test_it_goes_on_as_the_original_did(saga, style, place, kind):
    run = finished_run([f"{place}:{kind}"], saga=saga, style=style)
    for upto, again in every_fork(run):
        again.run()
        assert facts_counted(again) == facts_counted(run), upto


@pytest.mark.parametrize(
    "faults", [["orchestrator:transient=2@3"], ["charge-customer:transient=3"], ["payment:down=4"]]
)
def test_faults_keep_their_counts(faults):
    run = finished_run(faults, fail=None)
    for upto, again in every_fork(run):
        again.run()
        assert facts_counted(again) == facts_counted(run), upto


@pytest.mark.parametrize("guarantee", Guarantee)
def test_a_guarantee_that_was_off_stays_off(guarantee):
    run = finished_run(["charge-customer:crash-after-commit"], without=[guarantee], fail=None)
    for upto, again in every_fork(run):
        again.run()
        assert facts_counted(again) == facts_counted(run), upto


def test_a_fault_that_the_operator_repaired_is_there_before_that_and_not_after():
    run = finished_run(["reserve-inventory:compensation-fails"], fail="charge-customer")
    over = len(run.facts)
    (dead,) = (delivery for delivery in run.deliveries.values() if delivery.state is DeliveryState.DEAD)
    run.repair(dead)
    run.run()
    before, after = forked(run, over - 8), forked(run, over + 1)
    assert not any(fault.repaired for fault in before.run_state.faults)
    assert all(fault.repaired for fault in after.run_state.faults)
    after.run()
    assert facts_counted(after) == facts_counted(run)


def test_attempts_before_the_operators_retry_are_not_counted():
    run = finished_run(["send-confirmation:crash-before-work=20"], fail=None)
    dead = next(delivery for delivery in run.deliveries.values() if delivery.state is DeliveryState.DEAD)
    run.repair(dead)
    again = forked(run, len(run.facts))
    assert [delivery.redeliveries for delivery in again.in_flight if not delivery.is_timer] == [0]
    again.run()
    assert again.facts[-1].kind is FactKind.SAGA_ENDED
