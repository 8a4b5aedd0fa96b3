"""What a part of a load has measured, from hand-made orders and messages."""

import uuid

import pytest

from sandbox.engine.analysis.leg import Leg, Limit
from sandbox.engine.analysis.queueing import MessageTiming


def leg(*, orders=10, messages=1, over=10.0, work=0.05, apart=1.0, processor=0.3, style="choreography", **more):
    """A part of a load: payment gets so many messages of every order and works on each for so long."""
    runs = [(uuid.uuid4(), "COMPLETED", apart * i, apart * i + work) for i in range(orders)]
    timings = [MessageTiming("payment", started, ended, work) for _, _, started, ended in runs for _ in range(messages)]
    return Leg(style, 0.0, over, runs, timings, orders * 5, processor, **more)


def test_the_work_that_arrives_is_rate_times_messages_times_their_work():
    found = leg(rate=12, work=0.1)
    (payment,) = found.waits
    assert found.messages_of(payment) == 1.0
    assert found.arriving(payment) == pytest.approx(1.2)
    thrice = leg(rate=12, work=0.1, messages=3)
    assert thrice.arriving(thrice.busiest) == pytest.approx(3.6)
    assert leg(rate=0, work=0.1).arriving(payment) == 0.0


def test_a_worker_of_two_processes_is_busy_for_half_of_the_time():
    alone, helped = leg(work=0.5), leg(work=0.5, processes={"payment": 2})
    assert alone.busy(alone.busiest) == pytest.approx(0.5)
    assert helped.busy(helped.busiest) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("found", "limit"),
    [
        (leg(rate=1), Limit.ARRIVAL),
        (leg(rate=1, processor=0.99), Limit.ARRIVAL),
        (leg(rate=2, processor=0.99), Limit.PROCESSOR),
        (leg(processor=0.94), Limit.PROCESSOR),
        (leg(processor=None), Limit.NONE),
        (leg(), Limit.NONE),
        (leg(work=0.9), Limit.ACTOR),
        (leg(work=0.9, processor=0.99), Limit.PROCESSOR),
        (leg(work=0.9, processor=0.99, slow="payment"), Limit.ACTOR),
        (leg(work=0.9, processor=0.99, slow="inventory"), Limit.PROCESSOR),
        (leg(work=0.6, rate=2, processor=0.99, slow="payment"), Limit.ACTOR),
        (leg(work=0.6, rate=2, processor=0.3, slow="payment", processes={"payment": 2}), Limit.NONE),
    ],
)
def test_what_decided_how_many_orders_ended(found, limit):
    assert found.limit is limit
    assert (found.limiting_actor is not None) == (limit is Limit.ACTOR)


def test_an_order_that_was_placed_late_is_noticed_and_one_in_time_is_not():
    assert leg(rate=1).lateness == 0.0
    assert leg(rate=2, apart=1.0, orders=3).lateness == pytest.approx(1.0)
    assert leg(rate=0).lateness == 0.0


def test_nothing_is_known_of_a_part_in_which_no_order_has_ended():
    begun = Leg("choreography", 0.0, 0.0, [(uuid.uuid4(), "RUNNING", 0.0, None)], [], 0, None)
    assert (begun.order_median, begun.slowest, begun.busiest, begun.bottleneck) == (None, None, None, None)
    assert begun.over == 0
