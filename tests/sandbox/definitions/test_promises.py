"""The promises of a saga are checked when it is registered: each names steps that exist and can be broken."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from sandbox.definitions.promise_errors import promise_error
from sandbox.definitions.promises import Charge, Confirmation, Reservation
from sandbox.definitions.registry import SAGA, SERVICE, BadDefinition, check_saga
from sandbox.engine.analysis.invariants import invariants_of

ORDER = SAGA["order"]
SHIPPED = ORDER.promises[1]
ENTRY = {"name": "x", "title": "X"}


def promising(*promises, saga=ORDER):
    return replace(saga, promises=promises)


def opened_with(service, account, opening):
    """Returns the services with that opening balance in the account."""
    accounts = tuple(replace(a, opening=opening) if a.name == account else a for a in SERVICE[service].accounts)
    return {**SERVICE, service: replace(SERVICE[service], accounts=accounts)}


def charging_twice():
    """Returns the order saga with a step that takes money a second time."""
    fee = replace(ORDER.step("charge-customer"), do=replace(ORDER.steps[2].do, name="charge-fee"), undo=None)
    return replace(ORDER, steps=(*ORDER.steps[:3], fee, *ORDER.steps[3:]))


def draining():
    """Returns the order saga with a step that takes from what was reserved."""
    pick = replace(ORDER.steps[1], source="reserved", target="picks done")
    return replace(ORDER, steps=(*ORDER.steps[:2], replace(pick, do=replace(pick.do, name="pick")), *ORDER.steps[2:]))


@pytest.mark.parametrize(
    ("promise", "complaint"),
    [
        (replace(SHIPPED, other="fly"), "there is no step 'fly'; the steps are validate-order, reserve-inventory"),
        (replace(SHIPPED, other="charge-customer"), "speaks of charge-customer twice; every run would keep it"),
        (Charge(**ENTRY, step="reserve-inventory"), "reserve-inventory moves no money: inventory's account 'reserved'"),
        (Reservation(**ENTRY, step="reserve-inventory", left="left"), "no step takes from inventory's account 'reser"),
        (
            Confirmation(**ENTRY, step="reserve-inventory", other="charge-customer", repeated="{}", untrue="no"),
            "holds one for each item, so it does not count confirmations",
        ),
        (replace(ORDER.promises[3], repeated="{} of {}"), "one {} stands for the number"),
    ],
)
def test_a_promise_that_cannot_be_judged_is_refused_with_its_name_and_the_reason(promise, complaint):
    with pytest.raises(BadDefinition, match=f"saga 'order': promise '{promise.name}': .*{complaint}"):
        check_saga(promising(promise), SERVICE)


def fault_of(saga, services=SERVICE):
    """Returns what is wrong with the promises of the saga."""
    return promise_error(saga, services)


def test_an_account_that_does_not_tell_whether_its_step_took_effect_is_refused():
    assert "merchant' opens with 5" in fault_of(ORDER, opened_with("payment", "merchant", 5))
    assert "charge-fee fills payment's account 'merchant', too" in fault_of(charging_twice())
    assert "pick takes from inventory's account 'reserved'" in fault_of(draining())


def test_an_order_is_paid_by_one_step():
    assert "promises two charges" in fault_of(promising(ORDER.promises[0], replace(ORDER.promises[0], name="other")))


@pytest.mark.parametrize("money", ["", "euros", "{} of {}", "{0}"])
def test_a_saga_that_moves_money_says_how_it_is_written(money):
    with pytest.raises(BadDefinition, match="saga 'order': moves money, so it has to say how"):
        check_saga(replace(ORDER, money=money), SERVICE)


def test_two_promises_may_not_share_a_name():
    with pytest.raises(BadDefinition, match="two order promise entries are named 'charged-iff-shipped'"):
        check_saga(promising(SHIPPED, SHIPPED), SERVICE)


@pytest.mark.parametrize("saga", SAGA.values(), ids=lambda saga: saga.name)
def test_every_saga_of_the_shop_is_judged_by_the_same_laws(saga):
    assert {invariant.name: invariant.title for invariant in invariants_of(saga)} == {
        "one-charge": "The customer paid once, or not at all",
        "charged-iff-shipped": "Charged if and only if a delivery is scheduled",
        "comes-to-an-end": "Every order is finished or taken back",
        "books-balance": "Every posting has two sides, and no account is below zero",
        "reservations-settled": "Stock stays reserved only for a scheduled delivery",
        "effects-once": "Every step took effect at most once",
        "told-iff-done": "What happened was told, and nothing else was",
        "undo-in-order": "Only what took effect was undone, in the plan's order",
        "nothing-past-pivot": "Nothing was undone past the pivot",
        "confirmed-once": "At most one confirmation, only for a scheduled delivery",
    }


def run_with_trip_sagas(code):
    """Runs the code with SANDBOX_SAGAS naming the module of the trip; returns the finished process."""
    env = {**os.environ, "SANDBOX_SAGAS": "tests.sandbox.engine.trip"}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)


def test_a_module_of_ones_own_brings_its_services_with_its_sagas():
    code = "from sandbox.definitions.registry import QUEUES, SAGA; print(*QUEUES, *SAGA)"
    assert {"order", "airline", "desk", "trip", "tour"} <= set(run_with_trip_sagas(code).stdout.split())


def test_a_promise_may_not_be_called_like_a_law_of_every_saga():
    code = """
from dataclasses import replace
from tests.sandbox.engine import trip
trip.SAGAS = (replace(trip.TRIP, promises=(replace(trip.PROMISES[0], name="books-balance"),)),)
import sandbox.engine.analysis.invariants
"""
    assert "BadDefinition: two trip law entries are named 'books-balance'" in run_with_trip_sagas(code).stderr
