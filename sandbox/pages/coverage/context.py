"""Finds which refusals and faults a learner has run in which style, and which they predicted rightly."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models.functions import Coalesce

from sandbox import selectors
from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Saga
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import ENDED, SagaStatus, Style
from sandbox.engine.analysis.predictions import is_right
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.fault_reach import applicable, kinds_at
from sandbox.labs.experiments import labs
from sandbox.labs.model import Lab
from sandbox.models import Run
from sandbox.runtime.storage.runs import UnknownSaga

# Only that many of a learner's newest runs of a saga are looked at.
MOST_RUNS = 500
NEEDED = ("id", "saga", "style", "pace", "settings", "faults", "prediction", "last_seq")


class CoverageMark(StrEnum):
    """What a learner has done with a cell of the matrix."""

    RIGHT = "right"
    WRONG = "wrong"
    RUN = "run"
    OPEN = "open"
    IMPOSSIBLE = "impossible"


MARKS = {
    CoverageMark.RIGHT: ("predicted right", "circle-check", "the newest prediction came true, all of it"),
    CoverageMark.WRONG: ("predicted wrong", "circle-x", "something in the newest prediction did not"),
    CoverageMark.RUN: ("run", "circle-dot", "without a prediction"),
    CoverageMark.OPEN: ("not run", "circle-dashed", "opens the setup page with this chosen"),
    CoverageMark.IMPOSSIBLE: ("cannot be", "minus", "nothing could be struck"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A row of the matrix: a step that is refused, a kind of fault, or neither."""

    fail: str
    fault: str
    title: str


@dataclass(frozen=True, slots=True)
class Setup:
    """A choice on the setup page that makes a topic happen; or `why` there is none."""

    fail: str = ""
    fault: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """A topic in one style. `query` chooses it on the setup page; `run` is the one that decided, and
    `lab` one about the same, where there are any."""

    style: Style
    mark: CoverageMark
    query: str
    run: Run | None = None
    why: str = ""
    lab: Lab | None = None

    @property
    def word(self) -> str:
        return MARKS[self.mark][0]

    @property
    def icon(self) -> str:
        return MARKS[self.mark][1]


def coverage_context(learner: str, saga: Saga) -> dict[str, Any]:
    """Returns the matrix of a saga as this learner has filled it."""
    deciding, labs_of = _deciding(_ended(learner, saga)), _labs_by_topic(saga)

    def cell(topic: Topic, style: Style) -> CoverageCell:
        place = (topic.fail, topic.fault, style)
        return _cell(topic, style, saga, deciding.get(place), labs_of.get(place))

    rows = [(topic, [cell(topic, style) for style in saga.styles]) for topic in topics(saga)]
    marks = [cell.mark for _, cells in rows for cell in cells]
    return {
        "saga": saga,
        "sagas": SAGA.values(),
        "styles": saga.styles,
        "rows": rows,
        "legend": [
            (mark, *text) for mark, text in MARKS.items() if mark is not CoverageMark.IMPOSSIBLE or mark in marks
        ],
        "tried": sum(mark in {CoverageMark.RIGHT, CoverageMark.WRONG, CoverageMark.RUN} for mark in marks),
        "right": marks.count(CoverageMark.RIGHT),
        "possible": len(marks) - marks.count(CoverageMark.IMPOSSIBLE),
    }


def topics(saga: Saga) -> Iterator[Topic]:
    """Lists what can happen to an order of that saga: nothing, each refusal, each kind of fault."""
    yield Topic("", "", "Nothing goes wrong")
    for step in saga.refusable:
        if step.refusal:
            yield Topic(step.name, "", step.refusal.reason.capitalize())
    for fault in FAULT.values():
        yield Topic("", fault.name, fault.title)


def _ended(learner: str, saga: Saga) -> Iterable[Run]:
    """Returns the learner's runs of that saga which have ended, newest first.

    Without those of a load, and those that a bug of ours has ended: they say nothing about what was run. A run of a lab
    has `is_right_in_lab` from its attempt, which is None before that is explained, or where nothing was predicted.
    """
    ended = ENDED - {SagaStatus.SANDBOX_FAILED}
    rows = Run.objects.filter(learner=learner, load=None, saga=saga.name, status__in=ended)
    of_lab = Coalesce("lab_attempt__is_right", "lab_attempt_beside__is_right")
    return rows.only(*NEEDED).annotate(is_right_in_lab=of_lab).order_by("-started_at")[:MOST_RUNS]


def _deciding(runs: Iterable[Run]) -> dict[tuple[str, str, str], tuple[Run, CoverageMark]]:
    """Returns for each cell the run that decides about it, and how: the newest with a prediction, or else the newest.

    Runs whose saga has been defined otherwise since decide nothing: their pages cannot be shown.
    """
    found: dict[tuple[str, str, str], tuple[Run, CoverageMark]] = {}
    for run in sorted(runs, key=lambda run: not (run.prediction or _mark_in_lab(run))):
        for fail, fault in _topics_of(run):
            cell = (fail, fault, run.style)
            if cell not in found and (mark := _mark_of(run.pk, run.last_seq)):
                found[cell] = run, _mark_in_lab(run) or mark
    return found


def _mark_in_lab(run: Run) -> CoverageMark | None:
    """Returns the mark of what was predicted of the run in its lab; None where nothing was."""
    marks: dict[bool | None, CoverageMark] = {True: CoverageMark.RIGHT, False: CoverageMark.WRONG}
    return marks.get(getattr(run, "is_right_in_lab", None))


def _topics_of(run: Run) -> set[tuple[str, str]]:
    """Returns what a run counts for: the faults that struck it, or where none did, the refusal."""
    struck = {fault.kind for fault in map(Fault.load, run.faults) if fault.injected}
    return {("", kind) for kind in struck} or {(run.run_settings.fail, "")}


def _cell(
    topic: Topic, style: Style, saga: Saga, decided: tuple[Run, CoverageMark] | None, lab: Lab | None
) -> CoverageCell:
    setup = setup_for(compile_plan(saga, style), topic)
    chosen = {"saga": saga.name, "style": style.value, "fail": setup.fail, "fault": setup.fault}
    query = urlencode({name: value for name, value in chosen.items() if value})
    if decided is None:
        return CoverageCell(
            style, CoverageMark.IMPOSSIBLE if setup.why else CoverageMark.OPEN, query, why=setup.why, lab=lab
        )
    run, mark = decided
    return CoverageCell(style, mark, query, run, lab=lab)


def _labs_by_topic(saga: Saga) -> dict[tuple[str, str, str], Lab]:
    """Returns the first lab about each cell: of what its runs refuse or suffer, in their styles."""
    found: dict[tuple[str, str, str], Lab] = {}
    for lab in labs().values():
        for run in lab.runs:
            if run.saga == saga.name and not lab.is_load:
                kind = run.fault[0].kind if run.fault else ""
                found.setdefault(("" if kind else run.fail, kind, run.style), lab)
    return found


@lru_cache(4096)
def _mark_of(run_id: uuid.UUID, last_seq: int) -> CoverageMark | None:
    """Returns the mark of a run, None where its saga has been defined otherwise since.

    As of its last fact, the answer never changes while this process lives.
    """
    run = Run.objects.get(pk=run_id)
    try:
        recorded = selectors.recorded_run(run)
        selectors.require_defined(recorded)
    except UnknownSaga:
        return None
    if not run.prediction:
        return CoverageMark.RUN
    return CoverageMark.RIGHT if is_right(run.prediction, recorded.record) else CoverageMark.WRONG


@cache
def setup_for(plan: Plan, topic: Topic) -> Setup:
    """Returns the first place in the plan where that could happen, with a later step refused where it takes one."""
    if not topic.fault:
        return Setup(fail=topic.fail)
    refusals = ("", *(step.name for step in reversed(plan.saga.refusable)))
    for fail in refusals:
        for step in plan.saga.steps:
            fault = Fault(topic.fault, step.name)
            if applicable(plan, [fault], _settings(plan, fail)):
                return Setup(fail, str(fault))
    return Setup(why=_why_not(plan, topic))


def _settings(plan: Plan, fail: str = "") -> RunSettings:
    return RunSettings(saga=plan.saga.name, style=str(plan.style), undo=str(plan.undo_order), fail=fail)


def _why_not(plan: Plan, topic: Topic) -> str:
    """Says why a kind of fault could have no effect anywhere: the reason that holds at the last step."""
    return kinds_at(plan, plan.saga.steps[-1].name, _settings(plan))[topic.fault]
