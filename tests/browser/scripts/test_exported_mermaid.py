"""Mermaid itself reads what is exported as Mermaid."""

from importlib.resources import files

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.export.mermaid import mermaid
from sandbox.render.saga_code.mermaid_plan import mermaid_plan

FAULTS = ("", "lost", "duplicate", "out-of-order", "slow", "crash-before-work")


@pytest.fixture(scope="module")
def parse(tab):
    """Returns what Mermaid finds a text to be; raises what it complains of."""
    tab.goto("about:blank")
    tab.add_script_tag(content=files("mermaidx").joinpath("assets/mermaid.js").read_text(encoding="utf-8"))
    return lambda text: tab.evaluate("async (text) => (await mermaid.parse(text)).diagramType", text)


@pytest.mark.parametrize(("saga", "style"), [(saga.name, style) for saga in SAGA.values() for style in saga.styles])
def test_mermaid_reads_the_diagram_of_every_saga_with_every_refusal_and_many_faults(parse, saga, style):
    plan, step = compile_plan(SAGA[saga], style), SAGA[saga].steps[1].name
    for fail in (None, *(step.name for step in SAGA[saga].refusable)):
        for fault in FAULTS:
            placed = [parse_fault(f"{step}:{fault}")] if fault else []
            facts = simulate(plan, fail=fail, faults=placed).facts
            assert parse(mermaid(ExportedRun("a-run", facts, len(facts), lambda: plan))) == "sequence"


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_mermaid_reads_the_flowcharts_of_every_saga(parse, saga):
    for text in mermaid_plan(saga).values():
        assert parse(text).startswith("flowchart")


@pytest.mark.parametrize("bad", ["a->>>b: x", "a->>b", "Note over a: x; participant", "participant"])
def test_mermaid_does_not_read_just_anything(parse, bad):
    with pytest.raises(Exception, match="error on line"):
        parse(f"sequenceDiagram\n    {bad}\n")
