"""Copies of records: a misspelt field is refused, and nothing that was computed of the original is taken along."""

import os

import pytest
from mypy import api

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Style
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate

FACT = Fact(FactKind.MESSAGE_SENT, "order", seq=3)


def test_a_copy_differs_in_what_was_asked_for_and_in_nothing_else():
    copy = evolve(FACT, seq=4)
    assert (copy.seq, copy.kind, copy.actor) == (4, FACT.kind, FACT.actor)
    assert FACT.seq == 3
    assert evolve(copy, seq=3) == FACT


def test_a_misspelt_field_is_refused_by_name_with_those_there_are():
    with pytest.raises(TypeError, match=r"Fact has no field sqe; it has .*seq"):
        evolve(FACT, sqe=4)


def test_nothing_that_was_computed_of_the_original_is_in_the_copy():
    record = simulate(compile_plan(SAGA["order"], Style.CHOREOGRAPHY))
    assert record.board.seq == len(record.facts)
    assert evolve(record, facts=record.facts[:3]).board.seq == 3


@pytest.mark.parametrize(
    ("field", "complaint"), [("sqe=4", 'Unexpected keyword argument "sqe"'), ("seq='x'", "has incompatible type")]
)
def test_mypy_finds_a_misspelt_field_and_one_of_another_type(field, complaint):
    code = (
        "from sandbox.definitions.terms import FactKind\nfrom sandbox.engine.evolve import evolve\n"
        f"from sandbox.engine.execution.facts import Fact\nevolve(Fact(FactKind.MESSAGE_SENT), {field})\n"
    )
    out, _, status = api.run(["--config-file", os.devnull, "--follow-imports", "silent", "-c", code])
    assert status == 1
    assert complaint in out
