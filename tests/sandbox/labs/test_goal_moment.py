"""The fact with which a run reaches the goal of its lab, read from the run alone."""

import pytest

from sandbox.definitions.terms import FactKind, Pace
from sandbox.engine.evolve import evolve
from sandbox.labs.experiments import labs
from sandbox.labs.goal_moment import goal_moment
from sandbox.labs.hints import records_of

RUNS = [(name, place) for name, lab in labs().items() if not lab.is_load for place in range(len(lab.runs))]


def recorded(name, place=0, **changes):
    runs = [evolve(run, **changes) for run in labs()[name].runs]
    return records_of(runs, pace=Pace.FAST if changes.get("pace") else Pace.FOLLOW)[place]


def moment(name, place=0):
    record = recorded(name, place)
    found = goal_moment(record)
    return found.fact.kind, found.fact.actor, found.word


@pytest.mark.parametrize(("name", "place"), RUNS)
def test_every_run_of_every_lab_has_its_moment_none_before_it_and_keeps_it(name, place):
    record = recorded(name, place)
    found = goal_moment(record)
    shown = [goal_moment(record.as_of(fact.seq)) for fact in record.facts]
    assert shown == [None] * (found.fact.seq - 1) + [found] * (len(shown) - found.fact.seq + 1)


def test_a_goal_of_one_run_is_reached_by_the_fact_that_completes_it():
    assert moment("distributed-state") == (FactKind.STEP_COMPLETED, "payment", "Goal")
    assert moment("undo-fails") == (FactKind.SAGA_ENDED, "observer", "Goal")


def test_each_of_two_runs_shows_its_own_part_of_the_goal():
    assert moment("at-least-once") == (FactKind.DUPLICATE_IGNORED, "payment", "Goal, part 1")
    assert moment("at-least-once", 1) == (FactKind.STEP_COMPLETED, "payment", "Goal, part 2")


def test_a_run_shows_the_goal_at_any_pace_and_when_it_is_repaired_after_its_end():
    record = recorded("undo-fails", pace="step")
    assert goal_moment(record).word == "Goal"
    repaired = record.with_fact(evolve(record.facts[-1], kind=FactKind.OPERATOR_RETRIED, seq=len(record.facts) + 1))
    assert goal_moment(repaired) == goal_moment(record)


@pytest.mark.parametrize("changes", [{"experiment": ""}, {"fail": "charge-customer"}, {"experiment": "flying"}])
def test_a_run_of_no_lab_has_none(changes):
    assert goal_moment(recorded("distributed-state", **changes)) is None
