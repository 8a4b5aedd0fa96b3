"""The waterfall of a run has a row for each attempt at a message, with its bar where it was in time."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import FactKind
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.trace.waterfall import THINNEST, RowTone, waterfall


def facts_of(style="choreography", *faults, fail=None):
    return simulate(compile_plan(SAGA["order"], style), fail=fail, faults=map(parse_fault, faults)).facts


def row(shown, name, which=0):
    return [one for one in shown.rows if one.name == name][which]


@pytest.mark.parametrize("fault", FAULT)
@pytest.mark.parametrize("style", SAGA["order"].styles)
def test_every_bar_is_on_the_chart_and_leads_to_a_fact_of_its_own(style, fault):
    facts = facts_of(style, f"charge-customer:{fault}", fail="schedule-fulfilment")
    shown = waterfall(facts)
    for one in shown.rows:
        assert 0 <= one.waits_at <= one.begins_at <= one.begins_at <= 1000
        assert 0 < one.width <= 1000.001 - one.begins_at or one.width == THINNEST
    numbers = [one.seq for one in shown.rows]
    assert len(set(numbers)) == len(numbers)
    assert {one.cause for one in shown.rows if one.cause} <= set(numbers)
    handled = {fact.seq for fact in facts if fact.kind is FactKind.MESSAGE_HANDLED}
    assert handled <= set(numbers)


def test_a_row_names_who_worked_on_what_because_of_which_row():
    shown = waterfall(facts_of("orchestration"))
    charge = row(shown, "ChargeCustomer")
    assert charge.who == "Payment"
    assert charge.cause == row(shown, "InventoryReserved").seq


def test_colours_come_with_words():
    shown = waterfall(facts_of(fail="charge-customer"))
    refused, undone = row(shown, "InventoryReserved"), row(shown, "InventoryReleased")
    assert (refused.tone, refused.note) == (RowTone.REFUSED, "error: card declined")
    assert (undone.tone, undone.note) == (RowTone.UNDO, "compensation")
    assert shown.rows[0].note == "the whole saga: compensated"


def test_an_attempt_after_the_first_says_which_it_is_and_waited_for_the_pause():
    again = row(waterfall(facts_of("choreography", "charge-customer:transient=1")), "InventoryReserved", 1)
    assert (again.note, again.figures) == ("attempt 2", "waited 500 ms")


def test_a_send_has_a_row_only_where_nobody_handled_its_message():
    assert waterfall(facts_of("orchestration")).unheard == 0
    shown = waterfall(facts_of("orchestration", "charge-customer:lost"))
    assert shown.unheard == 1
    assert row(shown, "ChargeCustomer").note == "sent, and nothing after it"


def test_the_times_go_from_the_beginning_to_the_end():
    facts = [evolve(fact, at=2 * number) for number, fact in enumerate(facts_of())]
    times = waterfall(facts).times
    assert (times[0], times[-1], len(times)) == ("0.0 ms", f"{facts[-1].at} s", 5)


def test_a_run_that_has_only_begun_has_its_first_rows():
    assert len(waterfall(facts_of()[:1]).rows) == 1
    assert len(waterfall(facts_of()[:2]).rows) == 2


def test_time_that_was_skipped_is_known():
    facts = facts_of()
    skip = Fact(FactKind.TIME_SKIPPED, "customer", seq=len(facts) + 1, at=facts[-1].at, after=60.0)
    assert not waterfall(facts).skipped
    assert waterfall([*facts, skip]).skipped
