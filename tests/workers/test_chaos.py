"""A minute of chaos: every order ends, once, whatever is killed. `make chaos` is the long version."""

from dataclasses import replace

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Guarantee, Style
from sandbox.engine.execution.facts import Entry
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from tests.workers import chaos

SAGAS, SECONDS, SEED = 120, 24, 7

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return chaos.run_chaos(var=tmp_path_factory.mktemp("chaos"), sagas=SAGAS, seconds=SECONDS, seed=SEED)


def test_everything_is_struck_and_orders_are_placed_meanwhile(report):
    assert set(report.kills) == set(chaos.Kill)
    assert report.redeliveries > 0
    assert report.faults_struck > 0


def test_every_saga_ends_within_a_minute_of_the_last_kill(report):
    assert report.seconds_to_the_end <= chaos.LIMIT


def test_no_order_is_lost(report):
    assert report.lost == []
    assert sum(report.statuses.values()) == SAGAS


def test_no_effect_happens_twice(report):
    assert report.double_effects == []


def test_no_law_is_broken(report):
    assert report.laws_broken == []


def test_orders_still_complete_and_others_are_taken_back(report):
    assert report.statuses["COMPLETED"] > SAGAS / 10
    assert report.statuses["COMPENSATED"] > SAGAS / 10
    assert report.missed == []


def run_of(style, fault, **without):
    plan = compile_plan(SAGA["order"], style, timeouts=not without)
    return simulate(plan, faults=[parse_fault(fault)], **without)


@pytest.mark.parametrize("style", list(SAGA["order"].styles))
def test_an_order_that_nobody_watches_over_any_more_is_not_called_lost(style):
    assert not chaos.is_lost(run_of(style, "send-confirmation:lost"))


def test_an_order_that_is_stuck_before_the_pivot_is_called_lost():
    assert chaos.is_lost(run_of(Style.CHOREOGRAPHY, "charge-customer:lost", without=[Guarantee.TIMEOUTS]))


def test_an_order_that_has_not_ended_is_called_lost():
    record = run_of(Style.CHOREOGRAPHY, "charge-customer:transient")
    assert not chaos.is_lost(record)
    assert chaos.is_lost(replace(record, facts=record.facts[:-1]))


def test_a_posting_that_is_booked_twice_is_found_in_the_ledger_alone():
    record = run_of(Style.ORCHESTRATION, "charge-customer:duplicate")
    assert chaos.doubled(record) == []
    twice = Entry("payment", "merchant", 2500, 99)
    assert chaos.doubled(replace(record, entries=(*record.entries, twice))) == ["payment/merchant"]


def test_a_report_says_which_bars_were_missed(report):
    bad = replace(report, lost=["one"], double_effects=["one"], laws_broken=["one"], seconds_to_the_end=61.0, kills={})
    assert len(bad.missed) == 5
