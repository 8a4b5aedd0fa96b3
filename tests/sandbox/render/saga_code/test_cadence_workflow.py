"""Every saga leaves as a Cadence workflow, which does and undoes in Cadence's test environment what ours does."""

import asyncio
from datetime import timedelta

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.cadence_workflow import cadence_workflow, limits
from sandbox.render.saga_code.saga_shape import class_name
from tests.sandbox.render.saga_code.reference import IDS, REFUSALS, Services, check_formatted, check_same


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_code_is_as_a_formatter_leaves_it_and_has_no_name_that_is_not_used(saga):
    (text,) = cadence_workflow(saga).values()
    check_formatted(text)


async def run(name, services):
    """Runs the exported workflow; returns its result. The environment tries an activity once, whatever its policy."""
    error = pytest.importorskip("cadence.error", reason="cadence-python-client is installed by `make engines`")
    testing = pytest.importorskip("cadence.testing")
    (text,) = cadence_workflow(SAGA[name]).values()
    module = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), module)

    def answering(command):
        def answer(_):
            if refusal := services.handle(command):
                raise error.ActivityFailure(refusal)
            return {}

        return answer

    with testing.TestWorkflowEnvironment(registry=module["registry"]) as env:
        for command in (*services.doing, *services.undoing):
            env.on_activity(command, fn=answering(command))
        limit = timedelta(hours=1)
        await env.client.start_workflow(
            class_name(SAGA[name]),
            {},
            task_list="sagas",
            execution_start_to_close_timeout=limit,
            task_start_to_close_timeout=limit,
        )
        return env.get_workflow_result(str)


@pytest.mark.parametrize(("name", "refused"), REFUSALS, ids=IDS)
def test_cadence_does_and_undoes_what_ours_does(name, refused):
    services = Services(name, refused)
    result = asyncio.run(run(name, services))
    check_same(name, services.outcome(completed=result == "completed"), refused)


def test_what_cadence_cannot_say_is_said_for_the_saga_at_hand():
    assert any(limit.startswith("To schedule the fulfilment is tried until") for limit in limits(SAGA["order"]))
    assert any("choreographed group" in limit for limit in limits(SAGA["order-hybrid"]))
