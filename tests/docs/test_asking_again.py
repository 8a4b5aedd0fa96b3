"""Who asks again and who gives up when an answer is missing: what the texts say, the engine does."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.presets import PRESETS
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, SagaStatus, StepKind, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.labs.experiments import experiments

ORDER = SAGA["order"]
CLAIMS = [(preset.title, preset.claim, preset.settings) for preset in PRESETS]
WATCHED = [(one.title, one.watch, dict(one.settings)) for one in experiments().values()]
ASKS_AGAIN = [claim for claim in [*CLAIMS, *WATCHED] if "asks again" in claim[1]]


def commands(run):
    sent = [fact.name for fact in run.of_kind(FactKind.MESSAGE_SENT) if fact.actor == "orchestrator"]
    return {name for name in sent if sent.count(name) > 1 and not name.endswith("TimedOut")}


@pytest.mark.parametrize(("title", "claim", "settings"), ASKS_AGAIN, ids=[title for title, *_ in ASKS_AGAIN])
def test_where_a_text_says_that_the_orchestrator_asks_again_it_does(title, claim, settings):
    settings = RunSettings.from_pairs(settings)
    plan = compile_plan(SAGA[settings.saga], Style.ORCHESTRATION)
    run = simulate(plan, fail=settings.fail or None, faults=settings.fault, without=settings.off)
    assert commands(run)
    assert run.board.status is SagaStatus.COMPLETED


@pytest.mark.parametrize("step", ORDER.steps, ids=lambda step: step.name)
def test_a_lost_command_is_sent_again_from_the_pivot_on_and_undone_before_it(step):
    plan = compile_plan(ORDER, Style.ORCHESTRATION)
    run = simulate(plan, faults=[parse_fault(f"{step.name}:lost")])
    before_the_pivot = step.kind is StepKind.COMPENSABLE
    assert run.board.status is (SagaStatus.COMPENSATED if before_the_pivot else SagaStatus.COMPLETED)
    assert (step.do.command in commands(run)) is not before_the_pivot
