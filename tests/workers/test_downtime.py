"""A machine that slept, or was stopped as a whole: nobody is blamed for the time in which nobody could work."""

import os
import signal
import time

import pytest

from sandbox.models import DeliveryRow
from tests.stack import until

pytestmark = pytest.mark.timeout(120)
# Seconds: until every timer is to ring, and a nap in which all of them would. What is left of an order takes less.
RINGS_IN, NAP = 9.0, 12.0


def bring_timers_near():
    DeliveryRow.objects.filter(state="pending", kind="timer").update(release_at=time.time() + RINGS_IN)


@pytest.fixture
def asleep(shop):
    """Stops every process of the product for as long as a machine might sleep."""

    def sleep(seconds):
        leaders = shop.stack.pids().values()
        for number, pause in ((signal.SIGSTOP, seconds), (signal.SIGCONT, 0)):
            for leader in leaders:
                os.killpg(leader, number)
            time.sleep(pause)

    return sleep


def test_orders_go_on_as_if_the_machine_had_not_slept(shop, asleep):
    styles = ("choreography", "orchestration")
    started = shop.begin([{"style": style, "fail": "", "pace": "follow"} for style in styles * 10], within=90)
    for run in (started.run_ids[0], started.run_ids[-1]):
        until(lambda run=run: shop.facts(run) > 4, within=20, what="they are under way")
    shop.inside(bring_timers_near)
    asleep(NAP)
    results = shop.finish(started)
    assert [result["status"] for result in results] == ["COMPLETED"] * 20
    assert [result["broken"] for result in results] == [[]] * 20
