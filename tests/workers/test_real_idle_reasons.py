"""Why nothing is happening, on real workers: each sentence is said while it is true."""

import os
import re
import signal
from contextlib import contextmanager

import pytest

from sandbox.definitions.registry import QUEUES
from tests.stack import until
from tests.workers import inside

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module", autouse=True)
def _everyone_lives(shop):
    shop.wait_for_everyone("clock", *QUEUES)


@contextmanager
def stopped(*pids):
    """These processes are stopped meanwhile, as by a machine that hangs."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


SAID = [
    ("held", {"pace": "step"}, r"OrderPlaced to the orchestrator is held: press Deliver\."),
    (
        "backing-off",
        {"fault": ["charge-customer:transient=3"]},
        r"Payment failed at ChargeCustomer, attempt \d of 4 \(transient error\); again (in [\d.]+ s|any moment now)\.",
    ),
    (
        "reply",
        {"fault": ["charge-customer:slow"]},
        r"The orchestrator waits for Payment's answer to ChargeCustomer; it gives up in [\d.]+ s\.",
    ),
    (
        "timer",
        {"saga": "order-long"},
        r"schedule-fulfilment begins 3 days after it was asked for\. "
        r"Fulfilment's timer ScheduleFulfilmentDue rings in 3 days; you can skip ahead\.",
    ),
    (
        "lost",
        {"fault": ["charge-customer:lost"]},
        r"Payment never got ChargeCustomer; the orchestrator will notice in [\d.]+ s\.",
    ),
    (
        "lost",
        {"style": "choreography", "fault": ["charge-customer:lost"]},
        r"Payment never got InventoryReserved; the order's deadline will notice in \d+ s\.",
    ),
    (
        "lost",
        {"style": "choreography", "fault": ["send-confirmation:lost"]},
        r"Notification never got FulfilmentScheduled, and nobody watches\.",
    ),
    (
        "unheard",
        {"style": "choreography", "fail": "schedule-fulfilment", "fault": ["charge-customer:compensation-fails"]},
        r"RefundCustomerFailed was published by Payment, and nobody listens to it\.",
    ),
    (
        "down",
        {"fault": ["charge-customer:down=4"]},
        r"Payment is down for another [\d.]+ s, on request: ChargeCustomer waits\.",
    ),
    (
        "paced",
        {"pace": "follow"},
        r"OrderPlaced is on its way to the orchestrator, slowed down so that you can follow\.",
    ),
    ("ended", {}, r"The run has ended: every step took effect\."),
]


@pytest.mark.parametrize(("kind", "settings", "said"), SAID, ids=[f"{n}-{kind}" for n, (kind, *_) in enumerate(SAID)])
def test_an_idle_run_says_why(shop, kind, settings, said):
    run = shop.start(**{"style": "orchestration", **settings})
    assert re.fullmatch(said, shop.wait_for_idle_reason(run, kind))


def test_the_time_that_is_left_runs_out(shop):
    run = shop.start(style="choreography", fault=["charge-customer:down=3"])
    left = []
    until(
        lambda: left.append(shop.inside(inside.idle_reason, run)) or left[-1][0] == "ended",
        within=10,
        what="it goes on",
    )
    times = [float(re.search(r"another ([\d.]+) s", text)[1]) for kind, text in left if kind == "down"]
    assert times == sorted(times, reverse=True)
    assert 2.0 < times[0] <= 3.0
    assert times[-1] < 0.5


def test_a_queue_that_nobody_consumes_is_named_while_its_worker_is_stopped(shop):
    with stopped(shop.stack.pid("payment")):
        run = shop.start(style="orchestration")
        shop.wait_for_idle_reason(run, "no-worker")
        until(lambda: "waits there" in shop.wait_for_idle_reason(run, "no-worker"), within=10, what="it is sent again")
        said = shop.wait_for_idle_reason(run, "no-worker")
    assert said == "Nobody consumes payment's queue: ChargeCustomer waits there."
    shop.wait_for_idle_reason(run, "ended", within=30)


def test_a_message_with_a_worker_that_died_is_distinguished_from_one_that_is_handled(shop):
    worker, (child,) = shop.stack.pid("payment"), shop.child_of("payment")
    with stopped(child):
        run = shop.start(style="choreography")
        taken = "A worker of payment has taken InventoryReserved, and has not answered for it yet."
        assert shop.wait_for_idle_reason(run, "working", of="payment") == taken
        with stopped(worker):
            said = shop.wait_for_idle_reason(run, "dead-worker")
    dead = "InventoryReserved was taken by a worker of payment that gives no sign of life; it "
    then = r"(is sent again (in [\d.]+ s|any moment now)|was sent again, and waits in the queue)\."
    assert re.fullmatch(dead + then, said)
    shop.wait_for_idle_reason(run, "ended", within=30)


def test_without_a_clock_nothing_that_waits_is_released(shop):
    with stopped(shop.stack.pid("clock")):
        run = shop.start(style="choreography", pace="follow")
        said = shop.wait_for_idle_reason(run, "no-clock")
    assert said == "The clock gives no sign of life, so nothing that waits is released."
    shop.wait_for_idle_reason(run, "ended", within=30)


def test_while_the_broker_does_not_answer_no_message_travels(shop):
    run = shop.start(saga="order-long", style="choreography")
    shop.wait_for_idle_reason(run, "timer")
    with stopped(shop.stack.pid("valkey")):
        assert shop.wait_for_idle_reason(run, "no-broker") == "The broker does not answer, so no message can travel."
    shop.wait_for_idle_reason(run, "timer")


def test_everyone_gives_signs_of_life_again_after_the_broker_came_back(shop):
    shop.stack.restart_valkey()
    shop.wait_for_everyone("clock", *QUEUES)
