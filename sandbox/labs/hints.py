"""The hints of a lab: a part of the trace of its run, which ends before it gives the answer away."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Pace
from sandbox.engine.analysis.predictions import OPEN
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.react import HELD_BY_ANOTHER
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.simulator import run_together
from sandbox.labs.measures import MEASURES, RunMeasure
from sandbox.labs.model import Lab
from sandbox.render.text.words import sentence, who

# The kinds of fact that a hint tells.
TOLD = {
    FactKind.MESSAGE_SENT,
    FactKind.STEP_COMPLETED,
    FactKind.STEP_REJECTED,
    FactKind.STEP_COMPENSATED,
    FactKind.ATTEMPT_FAILED,
    FactKind.FAULT_INJECTED,
    FactKind.MESSAGE_LOST,
    FactKind.MESSAGE_COPIED,
}
# A trace is never told further than this share of it: what is counted at the end could be counted before.
FURTHEST = 0.6


def records_of(runs: Sequence[RunSettings], *, pace: Pace = Pace.FAST) -> list[RunRecord]:
    """Returns the records of runs that are started together, as the engine has them."""
    return run_together([RunState(plan_of(settings), settings, pace, settings.fault) for settings in runs])


def hints_of(lab: Lab, *, depth: int, deepest: int) -> list[list[str]]:
    """Returns what is told of the trace of each run of a lab at that depth, from 1; nothing at a depth of 0."""
    asked = tuple((one.measure, one.run) for one in lab.predictions)
    return [list(trace[: len(trace) * depth // deepest]) for trace in _traces(lab.runs, asked)]


@lru_cache(64)
def _traces(runs: tuple[RunSettings, ...], asked: tuple[tuple[str, int], ...]) -> list[tuple[str, ...]]:
    """Returns all that hints may tell of each run, in sentences; `asked` are the measures in question."""
    records = records_of(runs)
    measures = [[MEASURES[name] for name, run in asked if run == place] for place in range(len(runs))]
    return [tuple(_told(record, _last_told(record, of))) for record, of in zip(records, measures, strict=True)]


def _last_told(record: RunRecord, measures: Sequence[RunMeasure]) -> int:
    """Returns the last fact that may be told: none after it leads to an answer, or leaves no doubt about one."""
    telling = (*_leading_to_answers(record, measures), *record.of_kind(FactKind.STEP_TIMED_OUT), *_done_again(record))
    return min(fact.seq for fact in (*telling, _furthest(record))) - 1


def _furthest(record: RunRecord) -> Fact:
    return record.facts[round(len(record.facts) * FURTHEST)]


def _leading_to_answers(record: RunRecord, measures: Sequence[RunMeasure]) -> Iterator[Fact]:
    """Yields the fact that decides each measure, or the sending of the message that it is a reaction to."""
    sent = {fact.message: fact for fact in record.of_kind(FactKind.MESSAGE_SENT) if not _is_timer(fact)}
    for one in measures:
        deciding = next((fact for fact in record.facts if one.value(record.as_of(fact.seq)) != OPEN), None)
        if deciding:
            yield sent.get(deciding.caused_by, deciding)


def _done_again(record: RunRecord) -> Iterator[Fact]:
    """Yields the facts by which a step takes effect that had done so before, or had been waited for."""
    tried: set[str | None] = set()
    for fact in record.facts:
        if fact.kind is FactKind.STEP_COMPLETED and fact.step in tried:
            yield fact
        if fact.kind is FactKind.STEP_COMPLETED or fact.reason == HELD_BY_ANOTHER:
            tried.add(fact.step)


def _told(record: RunRecord, last: int) -> Iterator[str]:
    for fact in record.facts[:last]:
        if fact.kind in TOLD and not _is_timer(fact):
            yield f"{who(fact)} {sentence(fact, record.plan)}"


def _is_timer(fact: Fact) -> bool:
    return fact.message_kind == "timer"
