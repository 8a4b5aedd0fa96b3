"""What the bench shows beside its form: the plan that is chosen, and the learner's runs."""

from typing import Any

from sandbox.definitions.records import Saga, Unit
from sandbox.definitions.registry import SAGA, SERVICE, title
from sandbox.definitions.terms import Pace, SagaStatus, Style
from sandbox.engine.plan import compile_plan
from sandbox.forms import DEFAULTS, BenchForm
from sandbox.models import Run
from sandbox.pictures import figure_of
from sandbox.render.words import STATUS


def _stock(saga: Saga) -> int | None:
    """How many items an order can take, where the saga has a stock."""
    accounts = (SERVICE[step.service].account(step.source) for step in saga.steps)
    return next((account.opening for account in accounts if account.unit is Unit.ITEM), None)


STYLES = {
    Style.CHOREOGRAPHY: "Services react to each other's events. Nobody is in charge.",
    Style.ORCHESTRATION: "An orchestrator commands each step and hears every reply.",
}
PACES = {
    Pace.FOLLOW: "Slow enough to follow",
    Pace.STEP: "Step by step: you deliver each message",
    Pace.FAST: "Full speed",
}


def bench_context(form: BenchForm, runs: list[Run]) -> dict[str, Any]:
    """Everything that the bench's template needs. A choice that makes no sense shows the default plan."""
    saga = SAGA.get(str(form.data["saga"]), SAGA[DEFAULTS.saga])
    style = Style(form.data["style"]) if form.data["style"] in set(Style) else Style(DEFAULTS.style)
    return {
        "form": form,
        "sagas": SAGA.values(),
        "styles": STYLES.items(),
        "paces": PACES.items(),
        "stock": _stock(saga),
        "refusals": [(s.name, s.refusal.reason, title(s.service)) for s in saga.refusable if s.refusal],
        "runs": [(run, *STATUS[SagaStatus(run.status)]) for run in runs],
        **figure_of(compile_plan(saga, style), name="plan"),
    }
