"""Every law catches the breakage that it is there for."""

from dataclasses import replace

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Guarantee, SagaStatus, Style, UndoOrder, Verb
from sandbox.engine.analysis.invariants import broken, invariants_of, judge
from sandbox.engine.execution.facts import Entry
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate

PLAN = compile_plan(SAGA["order"], Style.ORCHESTRATION)
DONE, UNDONE = FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED


def simulated(fail=None):
    return simulate(PLAN, fail=fail)


def with_entries(record, *entries):
    return replace(record, entries=(*record.entries, *(Entry(*entry) for entry in entries)))


def with_facts(record, change):
    return replace(record, facts=tuple(change(list(record.facts))))


def find(facts, kind, step):
    return next(i for i, fact in enumerate(facts) if fact.kind is kind and fact.step == step)


def repeated(kind, step):
    def change(facts):
        return [*facts, replace(facts[find(facts, kind, step)], seq=len(facts) + 1)]

    return change


def swapped(facts):
    first, second = find(facts, UNDONE, "reserve-inventory"), find(facts, UNDONE, "charge-customer")
    facts[first], facts[second] = facts[second], facts[first]
    return facts


def undone_past_the_pivot(facts):
    charge = facts[find(facts, DONE, "charge-customer")]
    late = replace(charge, kind=UNDONE, verb=Verb.UNDO, because="schedule-fulfilment", seq=len(facts) + 1)
    return [*facts, late]


def without_the_step(facts):
    return [f for f in facts if not (f.kind is DONE and f.step == "reserve-inventory")]


BREAKAGES = {
    "charged twice": (
        "one-charge",
        with_entries(simulated(), ("payment", "merchant", 2500, 99), ("payment", "customer", -2500, 99)),
    ),
    "half refunded": (
        "one-charge",
        with_entries(simulated(), ("payment", "merchant", -500, 99), ("payment", "customer", 500, 99)),
    ),
    "charged, not shipped": (
        "charged-iff-shipped",
        with_entries(simulated(), ("fulfilment", "scheduled", -1, 99), ("fulfilment", "courier slots", 1, 99)),
    ),
    "a posting with one side": ("books-balance", with_entries(simulated(), ("inventory", "reserved", 1, 99))),
    "below zero": (
        "books-balance",
        with_entries(
            simulated("reserve-inventory"), ("inventory", "available", -5, 99), ("inventory", "reserved", 5, 99)
        ),
    ),
    "reserved forever": (
        "reservations-settled",
        with_entries(
            simulated("charge-customer"), ("inventory", "available", -1, 99), ("inventory", "reserved", 1, 99)
        ),
    ),
    "done twice": ("effects-once", with_facts(simulated(), repeated(DONE, "charge-customer"))),
    "undone twice": ("effects-once", with_facts(simulated("schedule-fulfilment"), repeated(UNDONE, "charge-customer"))),
    "booked, not told": (
        "effects-once",
        with_entries(simulated(), ("order", "orders allowed", 1, 99), ("order", "orders accepted", -1, 99)),
    ),
    "booked twice under one fact": (
        "effects-once",
        with_entries(simulated(), ("order", "orders allowed", -1, 6), ("order", "orders accepted", 1, 6)),
    ),
    "done, never told": (
        "told-iff-done",
        with_facts(simulated(), lambda facts: [f for f in facts if f.name != "CustomerCharged"]),
    ),
    "told, never done": ("told-iff-done", with_facts(simulated(), without_the_step)),
    "undone for a refusal that does not ask for it": (
        "undo-in-order",
        with_facts(
            simulated("schedule-fulfilment"), lambda facts: [replace(f, because="validate-order") for f in facts]
        ),
    ),
    "undone in the wrong order": ("undo-in-order", with_facts(simulated("schedule-fulfilment"), swapped)),
    "undone, never done": ("undo-in-order", with_facts(simulated("schedule-fulfilment"), without_the_step)),
    "undone past the pivot": ("nothing-past-pivot", with_facts(simulated(), undone_past_the_pivot)),
    "confirmed twice": (
        "confirmed-once",
        with_entries(simulated(), ("notification", "sent", 1, 99), ("notification", "to send", -1, 99)),
    ),
    "confirmed, not shipped": (
        "confirmed-once",
        with_entries(
            simulated("schedule-fulfilment"), ("notification", "sent", 1, 99), ("notification", "to send", -1, 99)
        ),
    ),
}


@pytest.mark.parametrize(("invariant", "record"), BREAKAGES.values(), ids=list(BREAKAGES))
def test_a_law_catches_its_breakage(invariant, record):
    assert invariant in {finding.invariant.name for finding in broken(judge(record))}


@pytest.mark.parametrize(("invariant", "record"), BREAKAGES.values(), ids=list(BREAKAGES))
def test_a_broken_law_names_the_fact_that_broke_it(invariant, record):
    assert next(finding.violation.seq for finding in broken(judge(record)) if finding.invariant.name == invariant)


def test_every_law_has_a_breakage_that_it_catches():
    assert {invariant.name for invariant in invariants_of(PLAN.saga)} == {
        invariant for invariant, _ in BREAKAGES.values()
    } | {"comes-to-an-end"}


def test_a_lost_order_breaks_no_law_yet_and_says_which_if_nobody_helps():
    plan = compile_plan(SAGA["order"], Style.CHOREOGRAPHY, timeouts=False)
    lost = simulate(plan, faults=[parse_fault("schedule-fulfilment:lost")], without=[Guarantee.TIMEOUTS])
    assert lost.board.status is SagaStatus.STUCK
    assert not broken(judge(lost))
    seq = next(fact.seq for fact in lost.facts if fact.kind is FactKind.MESSAGE_LOST)
    later = {finding.invariant.name: finding.if_final for finding in judge(lost) if finding.if_final}
    assert set(later) == {"charged-iff-shipped", "comes-to-an-end", "reservations-settled"}
    assert {violation.seq for violation in later.values()} == {seq}


def test_a_violation_names_the_fact_that_broke_the_law():
    _, record = BREAKAGES["done twice"]
    violation = next(f.violation for f in judge(record) if f.invariant.name == "effects-once")
    assert violation.seq == len(record.facts)
    assert "charge-customer" in violation.text


@pytest.mark.parametrize("undo", UndoOrder)
def test_undoing_in_any_order_is_right_where_the_plan_says_so(undo):
    plan = compile_plan(SAGA["order"], Style.CHOREOGRAPHY, undo)
    record = simulate(plan, fail="schedule-fulfilment", choose=lambda flying: len(flying) - 1)
    assert not broken(judge(record))
