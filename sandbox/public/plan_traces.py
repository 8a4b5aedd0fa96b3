"""Answers the trace questions of knowledge checks by simulating a plan."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.registry import SAGA, known
from sandbox.definitions.run_settings import SETTINGS, RunSettings
from sandbox.definitions.terms import FactKind, Verb
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.projection.board import DeliveryView
from sandbox.engine.simulation.simulator import Simulator
from sandbox.render.text.words import undo_name
from sandbox.settings_checks import check_settings


def trace(*, ask: str, **given: str | Sequence[str]) -> list[str]:
    """Returns the engine's answer to a trace question: `ask` is one of ANSWERS, the others are settings of a run.

    Raises ValueError, naming what is valid, for anything unknown or without effect.
    """
    answer = ANSWERS[known("ask", ask, ANSWERS)]
    for name in given:
        known("setting", name, SETTINGS)
    settings = RunSettings.read({name: [one] if isinstance(one, str) else one for name, one in given.items()})
    known("style", settings.style, SAGA[settings.saga].styles)
    check_settings(settings)
    return answer(Simulator(RunState(plan_of(settings), settings, faults=settings.fault)).run())


def _undos(run: RunRecord, steps: Iterable[str | None]) -> list[str]:
    return [undo_name(run.plan, step) for step in steps if step]


def _deliveries_of(run: RunRecord) -> list[DeliveryView]:
    """Returns the messages between actors, without timers, in the order in which they were sent."""
    return [delivery for delivery in run.board.deliveries.values() if not delivery.is_timer]


def _completed(run: RunRecord) -> list[str]:
    undone = run.board.compensations
    return [str(fact.step) for fact in run.board.postings if fact.step not in undone]


def _postings(run: RunRecord) -> list[str]:
    return [
        undo_name(run.plan, str(fact.step)) if fact.verb is Verb.UNDO else str(fact.step) for fact in run.board.postings
    ]


def _undos_requested(run: RunRecord) -> list[str]:
    requested = [
        run.plan.requested_step(delivery.receiver, delivery.name, Verb.UNDO)
        for delivery in _deliveries_of(run)
        if delivery.receiver
    ]
    return _undos(run, dict.fromkeys(step.name for step in requested if step))


def _receivers_of_refusal(run: RunRecord) -> list[str]:
    refusals = {step.refusal.event for step in run.plan.saga.refusable if step.refusal}
    return [
        delivery.receiver or "nobody"
        for delivery in _deliveries_of(run)
        if run.plan.heard_as(delivery.name) in refusals
    ]


def _senders_of_undo(run: RunRecord) -> list[str]:
    sender = {delivery.message: delivery.sender for delivery in _deliveries_of(run)}
    undone = run.of_kind(FactKind.STEP_COMPENSATED)
    return [sender[fact.caused_by] for fact in undone if fact.caused_by in sender]


# What a trace question can ask about a run; each answer is a list of names, in the order of the run.
ANSWERS: dict[str, Callable[[RunRecord], list[str]]] = {
    "actors-told": _receivers_of_refusal,
    "compensations": lambda run: _undos(run, run.board.compensations),
    "completed": _completed,
    "last-message": lambda run: [_deliveries_of(run)[-1].name],
    "laws-broken": lambda run: [finding.invariant.name for finding in broken(judge(run))],
    "messages": lambda run: list(dict.fromkeys(delivery.name for delivery in _deliveries_of(run))),
    "postings": _postings,
    "senders-of-undo": _senders_of_undo,
    "status": lambda run: [str(run.board.status)],
    "undos-asked": _undos_requested,
}
