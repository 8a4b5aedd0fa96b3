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


async def run(name, services, *, silent=""):
    """Runs the exported workflow; returns its result. The environment tries an activity once, whatever its policy.

    The first answer to the command `silent` is lost, once it has been carried out.
    """
    lost = [silent]
    error = pytest.importorskip("cadence.error", reason="cadence-python-client is installed by `make engines`")
    testing = pytest.importorskip("cadence.testing")
    (text,) = cadence_workflow(SAGA[name]).values()
    module = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), module)

    def answering(command):
        def answer(_):
            refusal = services.handle(command)
            if command in lost:
                lost.remove(command)
                raise error.ActivityFailure("TIMEOUT_TYPE_START_TO_CLOSE")
            if refusal:
                raise error.ActivityFailure(refusal, "Traceback (most recent call last): ...")
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
    told_to_undo = [command for command in services.commands if command in services.undoing]
    assert [services.undoing[command].name for command in told_to_undo] == services.undone


STEPS = [(saga.name, step) for saga in SAGA.values() for step in saga.steps]


@pytest.mark.parametrize(("name", "step"), STEPS, ids=[f"{name}, {step.name}" for name, step in STEPS])
def test_a_silent_step_is_undone_with_those_before_it_or_asked_for_again_when_nothing_undoes_it(name, step):
    services = Services(name)
    result = asyncio.run(run(name, services, silent=step.do.command))
    if step.undo:
        assert result == "compensated"
        assert step.name in services.undone
        assert set(services.done) == set(services.undone)
    else:
        assert result == "completed"
        assert services.commands.count(step.do.command) == 2
        assert services.undone == []


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_every_policy_says_when_it_ends_because_the_server_would_wait_until_the_workflow_ends(saga):
    (text,) = cadence_workflow(saga).values()
    assert text.count('"expiration_interval"') == text.count("retry_policy={") == len(saga.steps) + 1


def test_what_cadence_cannot_say_is_said_for_the_saga_at_hand():
    assert any(limit.startswith("To schedule the fulfilment is tried until") for limit in limits(SAGA["order"]))
    assert any("0.5 s become 1 s" in limit for limit in limits(SAGA["order"]))
    assert any("choreographed group" in limit for limit in limits(SAGA["order-hybrid"]))


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_what_follows_the_pivot_stands_where_its_failure_undoes_nothing(saga):
    (text,) = cadence_workflow(saga).values()
    assert (
        text.index(f'"{saga.pivot.do.command}"') < text.index('return "compensated"') < text.index('"SendConfirmation"')
    )
