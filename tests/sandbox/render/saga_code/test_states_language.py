"""Every saga leaves as a state machine that a linter of others accepts, and that does and undoes what ours does."""

import copy
import importlib

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.states_language import COMPENSATED, COMPLETED, limits, state_machine
from tests.sandbox.render.saga_code.reference import IDS, REFUSALS, Services, check_same

# Installed by `make engines`; without it, these tests are skipped.
NOT_INSTALLED = "is installed by `make engines`"


def problems(machine):
    linter = pytest.importorskip("statelint.linter", reason=f"statelint {NOT_INSTALLED}")
    return linter.Linter().validate(machine)


def execute(machine, handle):
    pytest.importorskip("moto", reason=f"moto {NOT_INSTALLED}")
    interpreter = importlib.import_module("tests.sandbox.render.saga_code.states_interpreter")
    return interpreter.execute(machine, handle)


def quickened(machine):
    """Returns the machine with waits of no more than a second, which the interpreter would really wait."""
    quick = copy.deepcopy(machine)
    for state in quick["States"].values():
        if state["Type"] == "Wait":
            state["Seconds"] = 0
    return quick


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_a_linter_that_is_not_ours_finds_no_problem(saga):
    assert problems(state_machine(saga)) == []


def test_the_linter_finds_a_state_that_leads_nowhere():
    machine = state_machine(SAGA["order"])
    machine["States"]["Charge the customer"]["Next"] = "Nowhere"
    assert problems(machine)


@pytest.mark.parametrize(("name", "refused"), REFUSALS, ids=IDS)
def test_an_interpreter_that_is_not_ours_does_and_undoes_what_ours_does(name, refused):
    services = Services(name, refused)
    status = execute(quickened(state_machine(SAGA[name])), services.handle)
    check_same(name, services.outcome(completed=status == "SUCCEEDED"), refused)


def with_a_silence(command, step):
    """Executes the order while that command is not answered once, within a second; returns all commands in order."""
    services, machine, asked = Services("order"), state_machine(SAGA["order"]), []
    machine["States"][step]["TimeoutSeconds"] = 1

    def handle(given):
        asked.append(given)
        return None if given == command and asked.count(given) == 1 else services.handle(given)

    return execute(machine, handle), asked


def test_a_step_whose_service_was_silent_is_undone_as_well():
    status, asked = with_a_silence("ReserveInventory", "Reserve the inventory")
    assert (status, asked) == ("FAILED", ["ValidateOrder", "ReserveInventory", "ReleaseInventory", "CancelOrder"])


def test_the_pivot_is_asked_for_again_after_silence_and_then_nothing_is_undone():
    status, asked = with_a_silence("ScheduleFulfilment", "Schedule the fulfilment")
    assert (status, asked[-3:]) == ("SUCCEEDED", ["ScheduleFulfilment", "ScheduleFulfilment", "SendConfirmation"])


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_every_step_and_every_undo_is_a_state_and_every_state_can_be_reached(saga):
    states = state_machine(saga)["States"]
    commands = [one["Parameters"]["command"] for one in _tasks(states)]
    assert sorted(commands) == sorted(
        [*(step.do.command for step in saga.steps), *(step.undo.command for step in saga.steps if step.undo)]
    )
    reached = {onward for state in states.values() for onward in _onward(state)}
    assert reached | {next(iter(states))} == set(states) >= {COMPLETED, COMPENSATED}


def _tasks(states):
    for state in states.values():
        yield from [state] if state["Type"] == "Task" else []
        for branch in state.get("Branches", ()):
            yield from _tasks(branch["States"])


def _onward(state):
    ways = [state, *state.get("Catch", ()), *state.get("Choices", ())]
    return {way["Next"] for way in ways if "Next" in way} | ({state["Default"]} if "Default" in state else set())


def test_what_the_language_cannot_say_is_said_for_the_saga_at_hand():
    assert any("Parallel" in limit for limit in limits(SAGA["order-parallel"]))
    assert not any("Parallel" in limit for limit in limits(SAGA["order"]))
    assert "MaxAttempts counts the attempts after the first: 4 in all are 3 here." in limits(SAGA["order"])
