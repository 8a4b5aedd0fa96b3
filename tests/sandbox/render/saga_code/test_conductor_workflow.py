"""Every saga leaves as definitions of Conductor, of which its own library knows every field."""

import copy
import re

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.conductor_workflow import NO_LIMIT, limits, tasks, undo_workflow, workflow
from sandbox.render.saga_code.saga_shape import undoable


def lost(before, after, where=""):
    """Yields what a definition has lost or changed on its way through the library's models."""
    if isinstance(before, dict):
        for key, value in before.items():
            if isinstance(after, dict) and key in after:
                yield from lost(value, after[key], f"{where}.{key}")
            elif value not in (None, {}, []):
                yield f"{where}.{key}"
    elif isinstance(before, list):
        for number, value in enumerate(before):
            yield from lost(value, after[number] if number < len(after) else None, f"{where}[{number}]")
    elif before != after:
        yield where


def read_by_conductor(definitions):
    """Reads definitions of tasks, or of workflows, into the library's models; returns what they have lost."""
    helper = pytest.importorskip(
        "conductor.client.helpers.helper", reason="conductor-python is installed by `make engines`"
    )
    models = pytest.importorskip("conductor.client.http.models")
    to_workflow = pytest.importorskip("conductor.client.http.models.workflow_def").to_workflow_def
    mapper = helper.ObjectMapper()
    found = []
    for one in definitions:
        read = to_workflow(json_data=copy.deepcopy(one)) if "tasks" in one else mapper.from_json(one, models.TaskDef)
        found += lost(one, mapper.to_json(read), one["name"])
    return found


# The library itself calls what it has deprecated.
OF_THE_LIBRARY = pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")


@OF_THE_LIBRARY
@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_library_knows_every_field(saga):
    assert read_by_conductor([*tasks(saga), workflow(saga), undo_workflow(saga)]) == []


@OF_THE_LIBRARY
def test_a_misspelt_field_is_found():
    wrong = {**tasks(SAGA["order"])[0], "retryLogik": "FIXED"}
    assert read_by_conductor([wrong]) == ["validate_order.retryLogik"]
    wrong = workflow(SAGA["order"])
    wrong["tasks"][0]["typ"] = "SIMPLE"
    assert read_by_conductor([wrong]) == ["order.tasks[0].typ"]


def every(tasks_of):
    """Yields all tasks of a workflow, those inside forks and switches, too."""
    for task in tasks_of:
        yield task
        for inner in (*task.get("forkTasks", ()), *task.get("decisionCases", {}).values()):
            yield from every(inner)


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_every_task_is_defined_once_and_referred_to_once(saga):
    defined = [task["name"] for task in tasks(saga)]
    assert len(set(defined)) == len(defined)
    both = [*every(workflow(saga)["tasks"]), *every(undo_workflow(saga)["tasks"])]
    assert sorted(task["name"] for task in both if task["type"] == "SIMPLE") == sorted(defined)
    for one in (workflow(saga), undo_workflow(saga)):
        references = [task["taskReferenceName"] for task in every(one["tasks"])]
        assert len(set(references)) == len(references)
        assert {ref for task in every(one["tasks"]) for ref in task.get("joinOn", ())} <= set(references)


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_what_may_have_been_done_is_undone_the_newest_first(saga):
    _, *switches = undo_workflow(saga)["tasks"]
    undone = [switch["decisionCases"]["true"][0]["name"] for switch in switches]
    assert undone == [step.undo.name.replace("-", "_") for step in undoable(saga)]
    asked = [switch["inputParameters"]["done"] for switch in switches]
    assert asked == [f"${{what_was_done.output.result.{s.name.replace('-', '_')}}}" for s in undoable(saga)]


def to_undo(saga, **status):
    """Returns the steps that the query finds to be undone, and the status, after tasks have ended like that."""
    jq = pytest.importorskip("jq", reason="jq is installed by `make engines`")
    asked = undo_workflow(saga)["tasks"][0]["inputParameters"]
    ended = [
        {"referenceTaskName": name, "status": each, "retried": number < len(attempts) - 1}
        for name, attempts in status.items()
        for number, each in enumerate(attempts)
    ]
    failed = {"input": {"order": {"quantity": 2}}, "tasks": ended}
    result = jq.compile(asked["queryExpression"]).input_value({**asked, "failed": failed}).first()
    assert result.pop("order") == {"quantity": 2}
    return result.pop("status"), {name for name, done in result.items() if done == "true"}


OVER = ["COMPLETED"]


@pytest.mark.parametrize(
    ("status", "undone"),
    [
        ({"validate_order": OVER, "charge_customer": ["FAILED_WITH_TERMINAL_ERROR"]}, {"validate_order"}),
        ({"validate_order": OVER, "charge_customer": ["FAILED", "FAILED"]}, {"validate_order"}),
        ({"validate_order": ["FAILED", "TIMED_OUT"]}, {"validate_order"}),
        ({"charge_customer": ["IN_PROGRESS"], "reserve_inventory": ["FAILED"]}, {"charge_customer"}),
        ({"charge_customer": ["SCHEDULED"]}, set()),
        ({"charge_customer": ["TIMED_OUT", "FAILED_WITH_TERMINAL_ERROR"]}, set()),
        ({"charge_customer": OVER, "schedule_fulfilment": ["TIMED_OUT", "FAILED"]}, {"charge_customer"}),
    ],
)
def test_what_was_done_or_may_have_been_is_undone_and_what_was_refused_is_not(status, undone):
    assert to_undo(SAGA["order-parallel"], **status) == ("compensated", undone)


@pytest.mark.parametrize("ended", ["COMPLETED", "TIMED_OUT", "IN_PROGRESS"])
@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_nothing_is_undone_once_the_pivot_may_have_been_done(saga, ended):
    status = {step.name.replace("-", "_"): OVER for step in undoable(saga)} | {"schedule_fulfilment": [ended]}
    assert to_undo(saga, **status, send_confirmation=["FAILED"]) == ("unfinished", set())


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_query_has_only_functions_that_the_server_knows(saga):
    query = undo_workflow(saga)["tasks"][0]["inputParameters"]["queryExpression"]
    called = set(re.findall(r"(\w+)\(", query))
    assert called == {"map", "select", "index"}


def test_what_nobody_takes_times_out_too_and_only_what_is_limited_waits_longer_each_time():
    for task in tasks(SAGA["order"]):
        assert task["pollTimeoutSeconds"] == task["timeoutSeconds"] == 10
        without_limit = task["retryCount"] == NO_LIMIT
        expected = ("FIXED", 4) if without_limit else ("EXPONENTIAL_BACKOFF", 1)
        assert (task["retryLogic"], task["retryDelaySeconds"]) == expected


def test_what_nothing_undoes_is_tried_again_after_silence_and_what_can_be_undone_ends_the_workflow():
    by_name = {task["name"]: task for task in tasks(SAGA["order"])}
    pivot, charge = by_name["schedule_fulfilment"], by_name["charge_customer"]
    assert (pivot["timeoutPolicy"], pivot["retryCount"]) == ("RETRY", NO_LIMIT)
    assert (charge["timeoutPolicy"], charge["retryCount"]) == ("TIME_OUT_WF", 3)
    assert any("schedule the fulfilment is tried without limit" in limit for limit in limits(SAGA["order"]))


def test_steps_beside_each_other_are_forked_and_a_wait_is_a_task():
    assert [task["type"] for task in workflow(SAGA["order-parallel"])["tasks"]][1:3] == ["FORK_JOIN", "JOIN"]
    (wait,) = (task for task in workflow(SAGA["order-long"])["tasks"] if task["type"] == "WAIT")
    assert wait["inputParameters"] == {"duration": "259200 seconds"}
