import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.export.exported_run import ExportedRun


@pytest.fixture
def exported():
    """Returns a simulated run as an export renders it, as of now or of fact `at`."""

    def exported(style="choreography", *faults, saga="order", fail=None, at=None, without=(), stylesheet=""):
        plan = compile_plan(SAGA[saga], style)
        facts = simulate(plan, fail=fail, faults=map(parse_fault, faults), without=without).facts
        return ExportedRun("a-run", facts[:at], len(facts), lambda: plan, stylesheet)

    return exported
