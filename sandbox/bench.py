"""What the bench shows beside its form: the plan that is chosen, and the learner's runs."""

from typing import Any

from sandbox.definitions.records import FaultType, Saga, Step, Unit
from sandbox.definitions.registry import FAULT, SAGA, SERVICE, title
from sandbox.definitions.terms import Guarantee, Pace, SagaStatus, Style, UndoOrder, Verb
from sandbox.engine.styles import compile_plan
from sandbox.forms import DEFAULTS, BenchForm
from sandbox.models import Run
from sandbox.pictures import figure_of
from sandbox.render.words import STATUS
from sandbox.services import BOTH


def _stock(saga: Saga) -> int | None:
    """How many items an order can take, where the saga has a stock."""
    accounts = (SERVICE[step.service].account(step.source) for step in saga.steps)
    return next((account.opening for account in accounts if account.unit is Unit.ITEM), None)


def _faults(saga: Saga) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every fault at every step, by step."""
    return [
        (step.name, [(f"{step.name}:{fault.name}", fault.title) for fault in FAULT.values() if _fits(step, fault)])
        for step in saga.steps
    ]


def _fits(step: Step, fault: FaultType) -> bool:
    return fault.verb is Verb.DO or step.undo is not None


def _chosen(faults: list[str], saga: Saga) -> list[tuple[str, bool]]:
    """A place for each fault that was asked for, at least two; and whether it is one of those to choose from."""
    offered = {value for _, kinds in _faults(saga) for value, _ in kinds}
    return [(fault, not fault or fault in offered) for fault in [*faults, *[""] * (2 - len(faults))]]


GUARANTEES = {
    Guarantee.OUTBOX: "messages are committed with the work that sends them",
    Guarantee.INBOX: "a second copy of a message is recognised",
    Guarantee.LATE_ACK: "a message is acknowledged only when it is handled",
    Guarantee.TIMEOUTS: "somebody notices when an answer does not come",
}
UNDO_ORDERS = {
    UndoOrder.SEQUENTIAL: "One after the other, last step first",
    UndoOrder.PARALLEL: "All at once",
}
STYLES = {
    BOTH: "The same order, the same fault, in both styles at once: then see what differs.",
    Style.CHOREOGRAPHY: "Services react to each other's events. Nobody is in charge.",
    Style.ORCHESTRATION: "An orchestrator commands each step and hears every reply.",
    Style.HYBRID: "Orchestrated, with a part inside that is choreographed.",
}
STYLE_TITLES = {BOTH: "both, side by side"}
PACES = {
    Pace.FOLLOW: "Slow enough to follow",
    Pace.STEP: "Step by step: you deliver each message",
    Pace.FAST: "Full speed",
}


def bench_context(form: BenchForm, runs: list[Run]) -> dict[str, Any]:
    """Everything that the bench's template needs. A choice that makes no sense shows the default plan."""
    saga = SAGA.get(str(form.data["saga"]), SAGA[DEFAULTS.saga])
    style = Style(form.data["style"]) if form.data["style"] in saga.styles else Style(DEFAULTS.style)
    return {
        "form": form,
        "sagas": SAGA.values(),
        "styles": [(style, STYLE_TITLES.get(style, style), STYLES[style]) for style in (BOTH, *saga.styles)],
        "faults": _faults(saga),
        "chosen_faults": _chosen(form["fault"].value(), saga),
        "guarantees": GUARANTEES.items(),
        "chosen_without": form["without"].value(),
        "undo_orders": UNDO_ORDERS.items(),
        "paces": PACES.items(),
        "stock": _stock(saga),
        "refusals": [(s.name, s.refusal.reason, title(s.service)) for s in saga.refusable if s.refusal],
        "runs": [(run, *STATUS[SagaStatus(run.status)]) for run in runs],
        **figure_of(compile_plan(saga, style), name="plan"),
    }
