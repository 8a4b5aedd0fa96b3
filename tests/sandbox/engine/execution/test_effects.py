"""What a fault does in each phase is known to the engine for exactly those effects that a definition may name."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT, SAGA, check_fault_type
from sandbox.definitions.terms import EFFECTS_IN, Effect, FactKind, Measure, Phase, Style
from sandbox.engine.execution.delivery import ON_ARRIVAL, ON_SENDING
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate

PAIRS = [(phase, effect) for phase, effects in EFFECTS_IN.items() for effect in effects]
LEAVES = {
    Effect.LOSE: FactKind.MESSAGE_LOST,
    Effect.COPY: FactKind.MESSAGE_COPIED,
    Effect.OVERTAKE: FactKind.MESSAGE_DELAYED,
    Effect.DELAY: FactKind.MESSAGE_DELAYED,
    Effect.SHUT: FactKind.MESSAGE_DELAYED,
    Effect.FAIL: FactKind.ATTEMPT_FAILED,
}
REDELIVERED = {
    Phase.ARRIVING: FactKind.MESSAGE_REDELIVERED,
    Phase.COMMITTED: FactKind.MESSAGE_COPIED,
    Phase.PUBLISHED: FactKind.MESSAGE_COPIED,
}


def test_every_phase_has_its_effects():
    assert set(EFFECTS_IN) == set(Phase)
    assert set(EFFECTS_IN[Phase.ARRIVING]) == set(ON_ARRIVAL)
    assert set(EFFECTS_IN[Phase.SENDING]) == set(ON_SENDING)


@pytest.mark.parametrize(("phase", "effect"), PAIRS)
def test_a_fault_with_an_effect_of_its_phase_strikes_and_leaves_that_effect(phase, effect, monkeypatch):
    measure = Measure.SECONDS if effect in {Effect.DELAY, Effect.SHUT} else Measure.TIMES
    fault = FaultType("odd", "Odd", "Something happens.", phase, effect, measure)
    monkeypatch.setitem(FAULT, "odd", check_fault_type(fault))
    plan = compile_plan(SAGA["order"], Style.ORCHESTRATION)
    record = simulate(plan, faults=[parse_fault("charge-customer:odd")])
    (struck,) = record.of_kind(FactKind.FAULT_INJECTED)
    expected = REDELIVERED[phase] if effect is Effect.CRASH else LEAVES[effect]
    assert any(fact.seq > struck.seq for fact in record.of_kind(expected))
