"""How far a learner is in a lab: what their runs have decided, and what comes next on its page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sandbox import selectors
from sandbox.definitions.registry import title
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
from sandbox.labs.goal_moment import goal_moment, until_its_end
from sandbox.labs.model import Lab
from sandbox.models import LabAttempt, Load, Run
from sandbox.pages.load.metrics import legs_of
from sandbox.render.text.format import brief
from sandbox.runtime.storage.runs import UnknownSaga
from sandbox.selectors import RecordedRun


class LabPhase(StrEnum):
    """What the learner does on a lab's page, in this order."""

    PREDICT = "predict"
    RUN = "run"
    EXPLAIN = "explain"
    COMPARE = "compare"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PredictedAnswer:
    """A question of a lab: the texts of what was `predicted` and of what `happened`, "" for neither."""

    ask: str
    predicted: str
    happened: str
    is_right: bool

    @property
    def is_open(self) -> bool:
        return not self.happened


@dataclass(frozen=True, slots=True)
class ReachedAt:
    """The fact with which the goal was reached: the place of its run, and its seconds since the start."""

    run: int
    fact: Fact
    seconds: float

    @property
    def is_by_plan(self) -> bool:
        """Returns whether the plan alone reaches it, whatever happens in the run: its first fact is enough."""
        return self.fact.seq == 1


@dataclass(frozen=True)
class LabProgress:
    """An attempt at a lab, with what is recorded of its runs: of a load, of one order in each style.

    `is_gone` says that a run of it was deleted, or cannot be shown any more; then it has none, since one of two says
    little.
    """

    lab: Lab
    attempt: LabAttempt
    runs: tuple[RecordedRun, ...]
    is_gone: bool = False

    @cached_property
    def records(self) -> list[RunRecord]:
        """Returns the record of each run until its first end."""
        return [until_its_end(one.record) for one in self.runs]

    @cached_property
    def phase(self) -> LabPhase:
        if self.attempt.judgement:
            return LabPhase.DONE
        if self.attempt.explained_at is not None:
            return LabPhase.COMPARE
        return LabPhase.EXPLAIN if self.is_over else LabPhase.RUN

    @cached_property
    def is_over(self) -> bool:
        """Returns whether the runs have decided everything: the goal and each question, or else they have ended."""
        if load := self.attempt.load:
            return not load.is_running
        has_ended = all(record.board.is_ended for record in self.records)
        return has_ended or (self.is_reached and not any(one.is_open for one in self.answers))

    @cached_property
    def is_reached(self) -> bool:
        """Returns whether the runs reach the goal, or did so when the learner explained them."""
        if self.attempt.explained_at is not None:
            return self.attempt.reached
        return self.lab.aim.reached(self.records)

    @cached_property
    def answers(self) -> tuple[PredictedAnswer, ...]:
        return tuple(self._answers())

    def _answers(self) -> Iterator[PredictedAnswer]:
        for place, question in enumerate(self.lab.predictions):
            given, happened = self.attempt.prediction.get(str(place), ""), question.outcome(self.records)
            is_right = bool(happened) and given == happened
            yield PredictedAnswer(question.ask, question.in_words(given), question.in_words(happened), is_right)

    @property
    def is_right(self) -> bool | None:
        """Returns whether everything that was predicted came true; None where nothing was."""
        given = [one for one in self.answers if one.predicted]
        return all(one.is_right for one in given) if given else None

    @cached_property
    def reached_at(self) -> ReachedAt | None:
        """Returns when the last run did its part of the goal; None before, and for a load."""
        parts = [goal_moment(record) for record in self.records]
        if not self.is_reached or self.lab.is_load or not all(parts):
            return None
        facts = [part.fact for part in parts if part]
        each = zip(self.records, facts, strict=True)
        reached = (ReachedAt(at, fact, one.seconds(one.facts[0], fact)) for at, (one, fact) in enumerate(each))
        return max(reached, key=lambda one: one.seconds, default=None)

    @cached_property
    def load_figures(self) -> list[Mapping[str, str]]:
        """Returns what the load has measured; nothing where there is none."""
        return load_figures_of(self.attempt.load) if self.attempt.load else []


def load_figures_of(load: Load) -> list[Mapping[str, str]]:
    """Returns what a load has measured in each style, by the names of the figures of debriefs."""
    return [
        {
            "orders-per-second": f"{leg.orders_per_second:.1f}",
            "order-median": brief(leg.order_median or 0.0),
            "longest-queue": title(leg.bottleneck.actor).lower() if leg.bottleneck else "nobody",
            "longest-wait": brief(leg.bottleneck.median) if leg.bottleneck else brief(0.0),
        }
        for leg in legs_of(load)
    ]


def progress_of(lab: Lab, attempt: LabAttempt) -> LabProgress:
    """Returns how far the attempt is."""
    if attempt.load:
        return LabProgress(lab, attempt, tuple(_samples(attempt.load)))
    runs = [run for run in (attempt.run, attempt.other) if run]
    gone = LabProgress(lab, attempt, (), is_gone=True)
    if len(runs) != len(lab.runs):
        return gone
    try:
        return LabProgress(lab, attempt, tuple(_recorded(run) for run in runs))
    except UnknownSaga:
        return gone


def _recorded(run: Run) -> RecordedRun:
    recorded = selectors.recorded_run(run)
    selectors.require_defined(recorded)
    return recorded


def _samples(load: Load) -> Iterator[RecordedRun]:
    """Yields one ended order of the load in each style."""
    for style in load.styles:
        run = Run.objects.filter(load=load, style=style, ended_at__isnull=False).first()
        if run:
            yield _recorded(run)


def attempt_of(learner: str, lab: Lab) -> LabAttempt | None:
    """Returns the learner's newest attempt at a lab."""
    attempts = LabAttempt.objects.filter(learner=learner, lab=lab.name).select_related("run", "other", "load")
    return attempts.order_by("-begun_at").first()


def own_attempt(learner: str, lab: Lab, given: str) -> LabAttempt | None:
    """Returns the learner's attempt of that id at a lab."""
    attempts = LabAttempt.objects.filter(learner=learner, lab=lab.name).select_related("run", "other", "load")
    return next((one for one in attempts if str(one.pk) == given), None)
