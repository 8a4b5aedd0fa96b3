"""What is said of a load: what it has measured, which queue grew, and why."""

import uuid

import pytest

from sandbox.engine.analysis.leg import Leg
from sandbox.engine.analysis.queueing import MessageTiming
from sandbox.render.text.load_words import arrival, measured, queue, waiting_now

MACHINE = "2 cores of AMD EPYC, Linux 6.1, Python 3.11.7, SQLite"


def leg(
    style="choreography",
    *,
    orders=10,
    messages=6,
    work=0.001,
    wait=0.0,
    over=1.0,
    apart=0.0,
    actor="payment",
    status="COMPLETED",
    **more,
):
    """A part of a load whose orders come `apart`, each with so many messages to one actor."""
    starts = [apart * i for i in range(orders)]
    runs = [(uuid.uuid4(), status, at, max(at + wait + work, over if at == starts[-1] else 0.0)) for at in starts]
    timings = [MessageTiming(actor, at, at + wait + work, work) for at in starts for _ in range(messages)]
    return Leg(style, 0.0, over, runs, timings, orders * 5, **{"processor": 0.3, **more})


def test_busy_cores_measure_messages_on_a_machine_and_no_style():
    both = [leg(processor=0.94), leg("orchestration", messages=11, processor=0.99)]
    assert measured(both, machine=MACHINE) == (
        "The 2 cores were 94% and 99% busy, so this measures 6 against 11 messages per order on this machine, "
        "not the limit of either style."
    )
    assert measured(both[1:], machine="1 core of a phone") == (
        "The one core was 99% busy, so this measures 11 messages per order on this machine, "
        "not the limit of orchestration."
    )


def test_orders_that_ended_as_they_arrived_measure_the_rate():
    both = [leg(rate=10, apart=0.1, work=0.06), leg("orchestration", rate=10, apart=0.1, work=0.1)]
    assert measured(both, machine=MACHINE) == (
        "Orders ended as fast as they arrived, so this measures the 10 a second that you chose. "
        "What coordination costs shows in the time of an order: 60 ms against 100 ms."
    )


def test_a_slow_service_measures_itself_in_both_styles():
    slow = {"messages": 1, "work": 0.1, "slow": "payment", "over": 1.1}
    both = [leg(**slow), leg("orchestration", **slow)]
    assert measured(both, machine=MACHINE) == (
        "Payment was busy 91% of the time, 100 ms with each message, "
        "so this measures the work that you gave it, not a style."
    )


def test_a_slow_orchestrator_is_said_of_the_style_that_has_one():
    slow = leg("orchestration", actor="orchestrator", work=0.05, slow="orchestrator", over=3.1)
    said = measured([leg(processor=0.95), slow], machine=MACHINE)
    assert said.startswith("Choreography: The 2 cores were 95% busy, so this measures 6 messages per order")
    assert "Orchestration: Orchestrator was busy 97% of the time, 50 ms with each message" in said


def test_where_nothing_was_busy_or_the_system_does_not_tell_it_says_so():
    assert "The 2 cores were only 30% busy, and no service was busy" in measured([leg()], machine=MACHINE)
    assert "is not known on this system" in measured([leg(processor=None)], machine=MACHINE)


def test_nothing_is_said_to_be_measured_before_an_order_has_ended():
    begun = Leg("choreography", 0.0, 0.1, [(uuid.uuid4(), "RUNNING", 0.0, None)], [], 0, None)
    assert measured([], machine=MACHINE) == measured([begun], machine=MACHINE) == ""
    assert queue(begun) == waiting_now(begun) == ""


SLOW = {"orders": 24, "messages": 1, "work": 0.1, "rate": 12, "over": 2.5}


def test_a_queue_grew_where_more_work_arrives_than_a_process_does():
    said = queue(leg(**SLOW, apart=1 / 12, wait=0.4, slow="payment"))
    assert said == (
        "Payment's queue grew to 7 messages: 12 orders per second, 1 message of 100 ms each, "
        "make 1.20 s of work a second, and one process does 1 s."
    )


def test_two_processes_do_twice_as_much_so_that_no_queue_grows():
    said = queue(leg(**SLOW, apart=1 / 12, processes={"payment": 2}))
    assert said.startswith("No queue built up. Most work is Payment's: 12 orders per second")
    assert said.endswith("make 1.20 s of work a second, and 2 processes do 2 s.")


def test_a_queue_without_too_much_work_waited_for_the_processor_or_passed():
    busy = queue(leg(rate=5, messages=1, apart=0.2, wait=0.5, over=2.0, processor=0.97))
    assert "did not" not in busy
    assert "Their work is only 0.01 s a second: they waited for the machine's processor, which was busy 97%" in busy
    free = queue(leg(rate=5, messages=1, apart=0.2, wait=0.5, over=2.0))
    assert "did not go on growing" in free
    assert "grew to" not in free


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (leg(wait=0.2), "Messages to Payment waited longest: half of them 201 ms or more, and 60 at once at the most."),
        (leg(wait=0.2, processor=0.97), "busy 97% of the time, so a second process has little to gain here."),
        (leg(wait=0.2, processor=0.3), "busy 30% of the time, so there was room for a second process."),
        (
            leg(wait=0.2, work=0.1, slow="payment", processor=0.99),
            "60 at once at the most. It works 100 ms on each, so it handles at most 10.0 a second.",
        ),
        (leg(), "No queue built up: even at Payment, half of the messages were handled within 1.0 ms."),
    ],
)
def test_of_orders_that_came_at_once_it_says_where_they_waited(found, said):
    assert said in queue(found)


def test_a_clock_that_fell_behind_is_told_of_and_a_few_milliseconds_are_not():
    assert "orders came up to 2 s late, and closer together" in queue(leg(rate=5, apart=1.2, orders=3, over=3.0))
    assert "late" not in queue(leg(rate=5, apart=0.21, orders=3))


def test_orders_that_a_timeout_has_undone_are_told_of():
    assert "10 orders waited for longer than a timeout allows" in queue(leg(wait=0.2, status="COMPENSATED"))
    assert "timeout" not in queue(leg(wait=0.2))


def test_a_slow_service_that_never_handled_anything_is_said_to_have_a_queue_and_no_more():
    timings = [MessageTiming("payment", 0.0, None), MessageTiming("payment", 0.1, None)]
    runs = [(uuid.uuid4(), "RUNNING", 0.0, None)]
    given_up = Leg("choreography", 0.0, 180.0, runs, timings, 0, None, slow="payment")
    assert queue(given_up) == (
        "Messages to Payment waited longest: half of them 3 min or more, and 2 at once at the most."
    )


def test_while_it_runs_it_says_for_whom_messages_wait():
    timings = [MessageTiming("order", 0.0, 0.1), *(MessageTiming("payment", 0.1, None) for _ in range(3))]
    running = Leg("choreography", 0.0, 1.0, [(uuid.uuid4(), "RUNNING", 0.0, None)], timings, 1, None)
    assert waiting_now(running) == "Most messages wait for Payment: 3 now, 3 at the most so far."


def test_how_orders_arrive_and_who_is_slow_is_said_in_few_words():
    assert arrival(0, slow="", work_ms=0) == "at once"
    assert arrival(12, slow="payment", work_ms=100) == "12 a second, Payment 100 ms slower"
