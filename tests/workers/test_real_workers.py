"""Sagas on real Celery workers, a real broker and real processes, some of which are killed on the way."""

import json
import os
import signal

import pytest
import redis

from sandbox.definitions.terms import Guarantee
from tests.stack import until
from tests.workers import inside

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize(
    ("refused", "undone"),
    [
        (None, []),
        ("validate-order", []),
        ("reserve-inventory", ["validate-order"]),
        ("charge-customer", ["reserve-inventory", "validate-order"]),
        ("schedule-fulfilment", ["charge-customer", "reserve-inventory", "validate-order"]),
    ],
)
def test_the_command_line_runs_a_saga_and_tells_how_it_ended(shop, style, refused, undone):
    fail = ["--fail", refused] if refused else []
    result = shop.manage("runsaga", "order", "--style", style, *fail, "--pace", "fast", "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert {"run", "style", "status", "steps", "compensations", "facts", "laws", "elapsed_ms"} <= set(told)
    assert told["open"] == []
    assert told["why"] == {}
    assert told["status"] == ("COMPENSATED" if refused else "COMPLETED")
    assert told["compensations"] == undone
    assert all(told["laws"].values())
    assert told["steps"][0]["name"] == "validate-order"


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_messages_are_handled_from_the_mailbox_each_sent_once_and_none_set_apart(shop, style):
    """Without mailboxes, orders end as well: the clock would find each message late, and have it handled alone."""
    started = shop.begin([{"pace": "fast", "style": style}] * 3)
    shop.finish(started)
    sent = [one for run_id in started.run_ids for one in shop.inside(inside.sendings, run_id)]
    assert len(sent) >= 3 * 5
    assert {(sends, alone) for _, sends, alone in sent} == {(1, False)}, sent


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["trip"], "order"),
        (["order", "--style", "ballet"], "choreography"),
        (["order", "--fail", "fly"], "validate-order, reserve-inventory, charge-customer, schedule-fulfilment"),
        (["order", "--fail", "send-confirmation"], "schedule-fulfilment"),
        (["order", "--quantity", "0"], "1 to 100"),
        (["order", "--quantity", "many"], "a whole number, 1 to 100"),
        (["order", "--pace", "warp"], "follow"),
        ([], "saga"),
    ],
)
def test_bad_arguments_end_with_2_and_name_the_valid_ones(shop, arguments, named):
    result = shop.manage("runsaga", *arguments, "--json")
    assert result.returncode == 2
    assert named in result.stderr
    assert not result.stdout


def test_a_run_that_does_not_end_in_time_is_no_success(shop):
    result = shop.manage("runsaga", "order", "--pace", "step", "--timeout", "0.2")
    assert result.returncode == 1
    assert "has not ended within 0.2 s" in result.stderr


def test_fifty_runs_at_once_all_end_with_all_laws_held(shop, choices, all_right):
    started = shop.begin([{**one, "pace": "fast"} for one in choices * 5])
    all_right(shop.finish(started), expected=50)


def test_a_killed_pool_child_costs_no_saga_and_no_effect_is_doubled(shop, choices, all_right):
    started = shop.begin([{**one, "pace": "fast"} for one in choices * 6])
    for name in ("payment", "inventory", "order"):
        for child in shop.child_of(name):
            os.kill(child, signal.SIGKILL)
    all_right(shop.finish(started), expected=60)


def test_a_killed_worker_comes_back_and_costs_no_saga(shop, choices, all_right):
    started = shop.begin([{**one, "pace": "fast"} for one in choices * 4])
    before = {name: shop.stack.kill(name) for name in ("payment", "orchestrator", "clock")}
    all_right(shop.finish(started), expected=40)
    for name, pid in before.items():
        shop.stack.wait_for_return(name, after=pid)


def test_valkey_killed_and_started_again_mid_run_costs_no_saga(shop, choices, all_right):
    started = shop.begin([{**one, "pace": "follow"} for one in choices])
    until(lambda: shop.facts(started.run_ids[0]) > 4, within=20, what="the first run is under way")
    before = shop.stack.kill("valkey")
    all_right(shop.finish(started), expected=10)
    shop.stack.wait_for_return("valkey", after=before)


def test_an_emptied_broker_costs_no_saga(shop, choices, all_right):
    started = shop.begin([{**one, "pace": "fast"} for one in choices * 5])
    redis.Redis.from_url(shop.stack.redis_url).flushall()
    all_right(shop.finish(started), expected=50)


def test_everything_stopped_mid_saga_goes_on_where_it_was(shop, choices, all_right):
    # Nobody's patience runs out meanwhile: a pause longer than a timeout would rightly end in compensation.
    patient = {"pace": "follow", "without": [Guarantee.TIMEOUTS]}
    started = shop.begin([{**one, **patient} for one in choices], within=90)
    until(lambda: shop.facts(started.run_ids[0]) > 4, within=20, what="the first run is under way")
    shop.restart()
    all_right(shop.finish(started), expected=10)
