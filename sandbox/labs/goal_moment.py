"""Finds the fact with which a run of a lab reaches the lab's goal, or its part of a goal that takes two runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Pace
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.labs.experiments import labs
from sandbox.labs.hints import records_of
from sandbox.labs.model import Lab


@dataclass(frozen=True, slots=True)
class GoalMoment:
    """The fact with which a run reaches its goal, and what that is called: a goal of two runs has a part in each."""

    fact: Fact
    word: str


def goal_moment(record: RunRecord) -> GoalMoment | None:
    """Returns the fact since which the run shows what its lab is about; None before, and for a run of no lab.

    Of two runs, each shows its part when it would reach the goal beside the other one, were that to go as set up.
    """
    lab = labs().get(record.settings.experiment) if record.settings.experiment else None
    place = _place_of(record.settings, lab) if lab else None
    if lab is None or place is None:
        return None
    known, each = until_its_end(record), _as_set_up(lab.runs, record.settings.pace)

    def is_reached(fact: Fact) -> bool:
        return lab.aim.reached([*each[:place], known.as_of(fact.seq), *each[place + 1 :]])

    fact = _last(takewhile(is_reached, reversed(known.facts)))
    return GoalMoment(fact, f"Goal, part {place + 1}" if len(each) > 1 else "Goal") if fact else None


def until_its_end(record: RunRecord) -> RunRecord:
    """Returns the record until its first end: what somebody repairs afterwards answers no question of a lab."""
    ends = record.of_kind(FactKind.SAGA_ENDED)
    return record.as_of(ends[0].seq) if ends else record


def _place_of(settings: RunSettings, lab: Lab) -> int | None:
    """Returns which run of the lab has these settings, whatever its pace; None for none, and for an order of a load."""
    own = [] if lab.is_load else [evolve(run, pace=settings.pace) for run in lab.runs]
    return own.index(settings) if settings in own else None


@lru_cache(64)
def _as_set_up(runs: tuple[RunSettings, ...], pace: str) -> list[RunRecord]:
    """Returns the runs as they go by themselves: step by step, a learner takes any time."""
    return records_of(runs, pace=Pace.FOLLOW if pace == Pace.FOLLOW else Pace.FAST)


def _last(facts: Iterable[Fact]) -> Fact | None:
    return next(reversed(list(facts)), None)
