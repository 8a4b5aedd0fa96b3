"""Every saga leaves as a state machine that a linter of others accepts, and that does and undoes what ours does."""

import copy
import importlib
from dataclasses import replace

import pytest

from sandbox.definitions.model import Action
from sandbox.definitions.registry import ORCHESTRATOR, SAGA
from sandbox.definitions.terms import FactKind, MessageKind, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.saga_code.saga_shape import stages
from sandbox.render.saga_code.states_language import COMPENSATED, COMPLETED, NO_LIMIT, limits, state_machine
from tests.sandbox.render.saga_code.reference import IDS, REFUSALS, Services, check_same

SUCCEEDED = ("SUCCEEDED", None)
# Installed by `make engines`; without it, these tests are skipped.
NOT_INSTALLED = "is installed by `make engines`"


def undone(because):
    """Returns how an execution ends that has undone all for this reason."""
    return "FAILED", f"What had been done was undone, because of {because}."


TIMED_OUT = undone("States.Timeout")


def problems(machine):
    linter = pytest.importorskip("statelint.linter", reason=f"statelint {NOT_INSTALLED}")
    return linter.Linter().validate(machine)


def execute(machine, handle):
    pytest.importorskip("moto", reason=f"moto {NOT_INSTALLED}")
    interpreter = importlib.import_module("tests.sandbox.render.saga_code.states_interpreter")
    return interpreter.execute(machine, handle)


def quickened(machine):
    """Returns the machine without its waits, which the interpreter would really wait."""
    quick = copy.deepcopy(machine)
    for _, state in _all_states(quick["States"]):
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


def our_commands(name, refused):
    """Returns the commands that our own orchestrator gives, in order."""
    facts = simulate(compile_plan(SAGA[name], Style.ORCHESTRATION), fail=refused or None).facts
    sent = [fact for fact in facts if fact.kind is FactKind.MESSAGE_SENT and fact.actor == ORCHESTRATOR]
    return [fact.name for fact in sent if fact.message_kind is MessageKind.COMMAND]


def in_stages(name, commands):
    """Returns the commands with those that do a stage's steps in the order of the saga: they have none of their own."""
    order = {step.do.command: number for number, step in enumerate(SAGA[name].steps)}
    beside = [{step.do.command for step in stage} for stage in stages(SAGA[name])]
    found = []
    for command in commands:
        stage = next((one for one in beside if command in one), {command})
        if found and stage & set(found[-1]):
            found[-1] = sorted([*found[-1], command], key=order.get)
        else:
            found.append([command])
    return found


def commands_of(name, handle, *, patience=None):
    """Executes a saga, waiting so many seconds for a command; returns how it ended, and all commands in order."""
    machine, asked = quickened(state_machine(SAGA[name])), []
    for task in _tasks(machine["States"]):
        task["TimeoutSeconds"] = (patience or {}).get(task["Parameters"]["command"], task["TimeoutSeconds"])

    def noted(command):
        asked.append(command)
        return handle(command)

    return execute(machine, noted), asked


@pytest.mark.parametrize(("name", "refused"), REFUSALS, ids=IDS)
def test_an_interpreter_that_is_not_ours_commands_does_and_undoes_what_ours_does(name, refused):
    services = Services(name, refused)
    ended, asked = commands_of(name, services.handle)
    check_same(name, services.outcome(completed=ended == SUCCEEDED), refused)
    assert ended == (undone(SAGA[name].step(refused).refusal.event) if refused else SUCCEEDED)
    assert in_stages(name, asked) == in_stages(name, our_commands(name, refused))


def with_a_silence(name, command):
    """Executes a saga while that command is not answered once, within a second; returns all commands in order."""
    services, silences = Services(name), [command]

    def handle(given):
        if given in silences:
            silences.remove(given)
            return None
        return services.handle(given)

    return commands_of(name, handle, patience={command: 1})


def test_a_step_whose_service_was_silent_is_undone_as_well():
    ended, asked = with_a_silence("order", "ReserveInventory")
    assert (ended, asked) == (TIMED_OUT, ["ValidateOrder", "ReserveInventory", "ReleaseInventory", "CancelOrder"])


def test_the_pivot_is_asked_for_again_after_silence_and_then_nothing_is_undone():
    ended, asked = with_a_silence("order", "ScheduleFulfilment")
    assert (ended, asked[-3:]) == (SUCCEEDED, ["ScheduleFulfilment", "ScheduleFulfilment", "SendConfirmation"])


def test_of_steps_beside_each_other_one_that_was_silent_is_undone_with_the_others():
    ended, asked = with_a_silence("order-parallel", "ReserveInventory")
    assert (ended, asked[-3:]) == (TIMED_OUT, ["RefundCustomer", "ReleaseInventory", "CancelOrder"])


def test_of_steps_beside_each_other_one_whose_attempts_are_used_up_is_not_undone():
    machine, services = state_machine(SAGA["order-hybrid"]), Services("order-hybrid")
    for task in _tasks(machine["States"]):
        task["Retry"][-1] |= {"MaxAttempts": 0}  # the interpreter would really wait between the attempts
    asked = []

    def handle(command):
        asked.append(command)
        return "PrinterIsOut" if command == "PrintLabel" else services.handle(command)

    assert execute(machine, handle) == undone("PrinterIsOut")
    assert asked[-4:] == ["ReturnItems", "RefundCustomer", "ReleaseInventory", "CancelOrder"]
    assert not {"VoidLabel", "PackShipment"} & set(asked)


def test_both_of_two_steps_beside_each_other_may_be_refused_and_neither_is_undone():
    services = Services("order-parallel")
    refusals = {"ReserveInventory": "OutOfStock", "ChargeCustomer": "CardDeclined"}
    ended, asked = commands_of("order-parallel", lambda command: refusals.get(command) or services.handle(command))
    assert (ended[0], asked[0], asked[-1], len(asked)) == ("FAILED", "ValidateOrder", "CancelOrder", 4)


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_no_branch_stops_the_others_since_their_workers_would_go_on(saga):
    """A step could be done after its undo: neither an error nor a Fail state may end a branch."""
    for state in state_machine(saga)["States"].values():
        for branch in state.get("Branches", ()):
            assert not any(one["Type"] == "Fail" for one in branch["States"].values())
            for task in _tasks(branch["States"]):
                assert [one["ErrorEquals"] for one in task["Catch"]] == [["States.TaskFailed", "States.Timeout"]]


def test_steps_that_are_tried_until_they_are_done_need_no_look_at_what_failed():
    confirm = SAGA["order"].step("send-confirmation")
    invoice = replace(confirm, do=Action("send-invoice", "SendInvoice", "InvoiceSent"))
    machine = state_machine(replace(SAGA["order"], steps=(*SAGA["order"].steps, invoice)))
    assert machine["States"]["Send the confirmation and send the invoice"]["Next"] == COMPLETED
    assert problems(machine) == []


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_every_state_says_what_it_is_for_in_a_name_of_at_most_80_characters(saga):
    found = dict(_all_states(state_machine(saga)["States"]))
    assert all(state["Comment"] for state in found.values())
    assert max(map(len, found)) <= 80


def test_a_step_begins_after_its_wait_and_its_service_has_no_more_time_to_answer_than_without():
    states = state_machine(SAGA["order-long"])["States"]
    wait = states[states["Charge the customer"]["Next"]]
    assert (wait["Type"], wait["Seconds"], wait["Next"]) == ("Wait", 259_200, "Schedule the fulfilment")
    assert states["Schedule the fulfilment"]["TimeoutSeconds"] == 10


def test_a_step_is_tried_as_often_as_its_policy_says_and_an_undo_until_it_is_done():
    states = state_machine(SAGA["order"])["States"]
    policy = {"IntervalSeconds": 1, "BackoffRate": 2.0, "MaxDelaySeconds": 4}
    assert states["Charge the customer"]["Retry"] == [
        {"ErrorEquals": ["CardDeclined"], "MaxAttempts": 0},
        {"ErrorEquals": ["States.TaskFailed"], **policy, "MaxAttempts": 3},
    ]
    assert states["Send the confirmation"]["Retry"] == [
        {"ErrorEquals": [error], **policy, "MaxAttempts": NO_LIMIT} for error in ("States.Timeout", "States.TaskFailed")
    ]
    assert states["Refund the customer"]["Retry"] == [
        {"ErrorEquals": ["States.ALL"], **policy, "MaxAttempts": NO_LIMIT}
    ]
    assert "Catch" not in states["Send the confirmation"]


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_every_step_and_every_undo_is_a_state_and_every_state_can_be_reached(saga):
    states = state_machine(saga)["States"]
    commands = [one["Parameters"]["command"] for one in _tasks(states)]
    assert sorted(commands) == sorted(
        [*(step.do.command for step in saga.steps), *(step.undo.command for step in saga.steps if step.undo)]
    )
    reached = {onward for state in states.values() for onward in _onward(state)}
    assert reached | {next(iter(states))} == set(states) >= {COMPLETED, COMPENSATED}


def _all_states(states):
    for name, state in states.items():
        yield name, state
        for branch in state.get("Branches", ()):
            yield from _all_states(branch["States"])


def _tasks(states):
    return [state for _, state in _all_states(states) if state["Type"] == "Task"]


def _onward(state):
    ways = [state, *state.get("Catch", ()), *state.get("Choices", ())]
    return {way["Next"] for way in ways if "Next" in way} | ({state["Default"]} if "Default" in state else set())


def test_what_the_language_cannot_say_is_said_for_the_saga_at_hand():
    assert any("Parallel" in limit for limit in limits(SAGA["order-parallel"]))
    assert not any("Parallel" in limit for limit in limits(SAGA["order"]))
    assert "MaxAttempts counts the attempts after the first: 4 in all are 3 here." in limits(SAGA["order"])
