"""Sagas of other shapes than those that come with the sandbox keep every law, too."""

from dataclasses import replace
from random import Random

import pytest

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Action, Refusal, Saga, Step, Undo
from sandbox.definitions.registry import SERVICE, check_saga
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.sagas import final_on
from sandbox.definitions.terms import SETTLED, FactKind, SagaStatus, StepKind, Style
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import Simulator

BOOKS = {
    "order": ("orders allowed", "orders accepted"),
    "inventory": ("picks to do", "picks done"),
    "fraud": ("checks open", "checks passed"),
    "warehouse": ("boxes empty", "boxes packed"),
    "fulfilment": ("courier slots", "scheduled"),
    "notification": ("to send", "sent"),
}


def step(name, service, *after, refusable=False, **more):
    refusal = Refusal(f"{name}Refused", "no", f"{name}Abandoned") if refusable else None
    source, target = BOOKS[service]
    return Step(
        do=Action(name.lower(), f"Do{name}", f"{name}Done"),
        undo=Undo(f"undo-{name.lower()}", f"Undo{name}", f"{name}Undone", f"No{name}ToUndo"),
        service=service,
        source=source,
        target=target,
        after=tuple(one.lower() for one in after),
        refusal=refusal,
        retry=final_on(f"{name}Refused"),
        **more,
    )


def pivot(*after):
    return replace(step("Pivot", "fulfilment", *after, refusable=True), undo=None, kind=StepKind.PIVOT)


TWO_REFUSALS = check_saga(
    Saga(
        "two-refusals",
        "",
        "",
        "Placed",
        steps=(
            step("V", "order"),
            step("C", "inventory", "V"),
            step("D", "warehouse", "V"),
            step("A", "fraud", "V", refusable=True),
            step("E", "notification", "C", refusable=True),
            pivot("E", "D", "A"),
        ),
    ),
    SERVICE,
)
TWO_EXITS = check_saga(
    Saga(
        "two-exits",
        "",
        "",
        "Placed",
        steps=(
            step("V", "order"),
            step("A", "inventory", "V", group="inside"),
            step("B", "warehouse", "A", group="inside"),
            step("C", "fraud", "A", group="inside"),
            step("X", "notification", "C"),
            pivot("B", "X"),
        ),
    ),
    SERVICE,
)


def short_of(run, *services):
    """Lets the steps of these services find nothing to take."""
    for service in services:
        memory = run.memories[service]
        run.memories[service] = replace(memory, balances={**memory.balances, BOOKS[service][0]: 0})


@pytest.mark.parametrize("style", TWO_REFUSALS.styles)
def test_two_refusals_never_wait_for_each_other(style):
    plan = compile_plan(TWO_REFUSALS, style)
    for seed in range(150):
        dice = Random(seed)
        run = Simulator(RunState(plan, RunSettings()))
        short_of(run, "fraud", "notification")
        record = run.run(lambda flying, dice=dice: dice.randrange(len(flying)))
        assert record.board.status is SagaStatus.COMPENSATED, seed


@pytest.mark.parametrize("refused", [None, "pivot"])
def test_every_last_step_of_a_group_has_a_timeout(refused):
    plan = compile_plan(TWO_EXITS, Style.HYBRID)
    for name in dict.fromkeys(hop.name for hop in plan.hops if hop.sender != "customer"):
        for times in (1, 3):
            run = Simulator(RunState(plan, RunSettings(fail=refused or ""), faults=(Fault("lost", name, times),)))
            record = run.run()
            assert record.board.status in SETTLED, (name, times)
            assert run.memories["orchestrator"].closed is record.board.status
            assert not broken(judge(record)), (name, times)
            assert record.of_kind(FactKind.SAGA_ENDED)
