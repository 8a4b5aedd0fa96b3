"""What the operator does to a run: release, pause, skip time, strike, retry."""

import time

import pytest

from sandbox.definitions.sagas import DAY
from sandbox.definitions.terms import DeliveryState, FactKind, Pace, SagaStatus
from sandbox.engine.analysis.invariants import broken
from sandbox.models import DeliveryRow, FactRow, Run
from sandbox.runtime import clock
from sandbox.runtime.worker import handle_delivery
from sandbox.selectors import recorded_run
from sandbox.services import (
    Conflict,
    change_pace,
    release_message,
    retry_message,
    skip_time,
    strike_message,
)
from tests.sandbox.conftest import deliver
from tests.sandbox.runtime.rows import facts, first_of, open_rows

pytestmark = pytest.mark.django_db


def test_a_timer_of_three_days_can_be_skipped_forward(start, queued):
    run = start(pace="follow")
    three_days = time.time() + 3 * 24 * 3600
    DeliveryRow.objects.filter(run=run).update(release_at=three_days)
    clock.tick(time.time())
    assert queued("order") == 0
    DeliveryRow.objects.filter(run=run).update(release_at=time.time())
    clock.tick(time.time())
    assert queued("order") == 1


def test_a_held_message_moves_only_when_it_is_released(start, work, queued):
    run = start(pace="step")
    clock.tick(time.time() + 3600)
    assert queued("order") == 0
    release_message(run, message=first_of(run).message)
    clock.tick(time.time())
    assert queued("order") == 1
    assert facts(run)[-1] == FactKind.MESSAGE_RELEASED


def test_one_receiver_can_get_its_copy_while_the_other_still_waits(start, work, queued):
    run = start(pace="step", saga="order-parallel")
    release_message(run, message=first_of(run).message)
    work(run, most=1)
    validated = DeliveryRow.objects.get(run=run, name="OrderValidated", receiver="payment")
    release_message(run, message=validated.message, receiver="payment")
    clock.tick(time.time())
    assert (queued("payment"), queued("inventory")) == (1, 0)
    held = {delivery.receiver: delivery.held for delivery in recorded_run(run).board.in_flight if not delivery.is_timer}
    assert held == {"payment": False, "inventory": True}


def test_what_has_left_already_is_not_called_held(start):
    run = start(pace="follow")
    clock.tick(time.time() + 5)
    change_pace(run, pace=Pace.STEP)
    assert [delivery.held for delivery in recorded_run(run).board.in_flight] == [False]


def test_releasing_twice_is_stale_and_changes_nothing(start):
    run = start(pace="step")
    message = first_of(run).message
    release_message(run, message=message)
    before = facts(run)
    with pytest.raises(Conflict, match=f"Message {message} is not held"):
        release_message(run, message=message)
    assert facts(run) == before


def test_letting_a_run_go_releases_all_and_holds_nothing_more(start, work):
    run = start(pace="step", saga="order-parallel")
    change_pace(run, pace=Pace.FOLLOW)
    assert work(run).status == SagaStatus.COMPLETED
    assert not DeliveryRow.objects.filter(run=run, release_at=None, state=DeliveryState.PENDING).exists()


def test_a_paused_run_holds_what_has_not_left_yet(start, queued):
    run = start(pace="follow")
    change_pace(run, pace=Pace.STEP)
    clock.tick(time.time() + 3600)
    assert queued("order") == 0


@pytest.mark.parametrize("pace", [Pace.STEP, Pace.FAST])
def test_the_pace_of_a_run_that_has_ended_cannot_be_changed(start, work, pace):
    run = work(start())
    before = facts(run)
    with pytest.raises(Conflict):
        change_pace(run, pace=pace)
    assert facts(run) == before


def test_a_change_of_pace_is_a_fact_so_that_every_page_shows_it(start):
    run = start(pace="follow")
    change_pace(run, pace=Pace.STEP)
    assert facts(run)[-1] == FactKind.PACE_CHANGED
    assert recorded_run(run).board.pace is Pace.STEP


def test_skipping_time_takes_everything_that_waits_along(start, work):
    run = start(style="orchestration", saga="order-long")
    while not open_rows(run).filter(name="ScheduleFulfilmentDue").exists():
        deliver(open_rows(run).exclude(kind="timer").first().pk)
    skip_time(run)
    waits = dict(open_rows(run).values_list("name", "release_at"))
    assert waits["ScheduleFulfilmentDue"] == pytest.approx(time.time(), abs=5)
    assert waits["ScheduleFulfilmentTimedOut"] == pytest.approx(time.time() + 10, abs=5)
    board = recorded_run(run).board
    assert board.seconds_at(board.at) == pytest.approx(3 * DAY, abs=5)
    assert work(run).status == SagaStatus.COMPLETED


def test_with_nothing_to_wait_for_there_is_nothing_to_skip(start, work):
    run = work(start())
    with pytest.raises(Conflict, match="Nothing waits"):
        skip_time(run)


@pytest.mark.parametrize(
    ("kind", "state", "rows"), [("lost", "lost", 1), ("duplicate", "pending", 2), ("out-of-order", "pending", 1)]
)
def test_a_message_on_its_way_can_be_struck_by_the_operator(start, kind, state, rows):
    run = start(pace="step")
    strike_message(run, message=first_of(run).message, receiver="order", kind=kind)
    assert DeliveryRow.objects.filter(run=run).count() == rows
    assert first_of(run).state == state
    injected = FactRow.objects.get(run=run, kind=FactKind.FAULT_INJECTED)
    assert injected.details["by_hand"]


@pytest.mark.parametrize("kind", ["out-of-order", "duplicate"])
def test_what_the_broker_has_already_can_be_struck_by_the_operator_too(start, work, queued, kind):
    run = start()
    assert (first_of(run).state, queued("order")) == (DeliveryState.SENT, 1)
    strike_message(run, message=2, receiver="order", kind=kind)
    if kind == "duplicate":
        assert DeliveryRow.objects.filter(run=run, receiver="order", state=DeliveryState.SENT).count() == 2
        assert queued("order") == 1
    else:
        handle_delivery(first_of(run).pk)
        assert first_of(run).state == DeliveryState.PENDING
    assert work(run).status == SagaStatus.COMPLETED


def test_a_message_that_has_arrived_cannot_be_struck(start, work):
    run = work(start())
    before = facts(run)
    with pytest.raises(Conflict, match="not on its way"):
        strike_message(run, message=2, receiver="order", kind="lost")
    assert facts(run) == before


def test_a_dead_message_is_delivered_again_when_the_operator_retries_it(start, work):
    run = work(start(fail="charge-customer", style="orchestration", fault=("reserve-inventory:compensation-fails",)))
    assert run.status == SagaStatus.COMPENSATION_FAILED
    dead = DeliveryRow.objects.get(run=run, state=DeliveryState.DEAD)
    retry_message(run, message=dead.message, receiver=dead.receiver)
    assert Run.objects.get(pk=run.pk).status == SagaStatus.COMPENSATING
    run = work(run)
    assert run.status == SagaStatus.COMPENSATED
    with pytest.raises(Conflict, match="nothing is left to fix"):
        retry_message(run, message=dead.message, receiver=dead.receiver)


def test_a_message_that_is_not_given_up_needs_no_operator(start):
    run = start()
    with pytest.raises(Conflict, match="not given up"):
        retry_message(run, message=first_of(run).message, receiver="order")


def test_a_paused_run_keeps_its_timers_and_they_start_again(start, queued):
    run = start(pace="follow", style="orchestration")
    deliver(first_of(run).pk)
    change_pace(run, pace=Pace.STEP)
    assert not open_rows(run).exclude(release_at=None).exists()
    change_pace(run, pace=Pace.FOLLOW)
    timer = open_rows(run).get(kind="timer")
    assert timer.release_at == pytest.approx(time.time() + 10, abs=2)


def test_a_message_can_be_copied_as_often_as_one_likes(start, work):
    run = start(pace="step", saga="order")
    message = first_of(run).message
    for _ in range(2):
        strike_message(run, message=message, receiver="order", kind="duplicate")
    copies = DeliveryRow.objects.filter(run=run, message=message).values_list("copy", flat=True)
    assert len(set(copies)) == 3
    change_pace(run, pace=Pace.FAST)
    assert not broken(recorded_run(work(run)).findings)


def test_what_the_operator_strikes_at_one_receiver_strikes_no_other(start, work):
    run = start(pace="step", saga="order-parallel")
    release_message(run, message=first_of(run).message)
    work(run, most=1)
    validated = DeliveryRow.objects.get(run=run, name="OrderValidated", receiver="payment")
    strike_message(run, message=validated.message, receiver="payment", kind="transient")
    change_pace(run, pace=Pace.FAST)
    work(run)
    failed = FactRow.objects.filter(run=run, kind=FactKind.ATTEMPT_FAILED).values_list("actor", flat=True)
    assert list(failed) == ["payment"]


def test_an_undo_can_be_made_to_fail_by_the_operator_and_then_needs_a_human(start, work):
    run = start(style="orchestration", fail="charge-customer")
    while not DeliveryRow.objects.filter(run=run, name="ReleaseInventory").exists():
        work(run, most=1)
    asked = DeliveryRow.objects.get(run=run, name="ReleaseInventory")
    strike_message(run, message=asked.message, receiver="inventory", kind="compensation-fails")
    run = work(run)
    assert run.status == SagaStatus.COMPENSATION_FAILED
    dead = DeliveryRow.objects.get(run=run, state=DeliveryState.DEAD)
    retry_message(run, message=dead.message, receiver=dead.receiver)
    assert work(run).status == SagaStatus.COMPENSATED


def test_an_answer_can_be_made_too_late_by_the_operator(start, work):
    run = start(style="orchestration")
    strike_message(
        work(run, most=1),
        message=DeliveryRow.objects.get(run=run, name="ValidateOrder").message,
        receiver="order",
        kind="timeout-after-effect",
    )
    work(run, most=2)
    assert FactRow.objects.get(run=run, kind=FactKind.MESSAGE_DELAYED).details["name"] == "OrderValidated"


def test_in_step_mode_another_attempt_waits_for_the_learner_too(start):
    run = start(pace="step", fault=("validate-order:transient",))
    first = DeliveryRow.objects.get(run=run)
    release_message(run, message=first.message)
    deliver(first.pk)
    first.refresh_from_db()
    assert (first.state, first.attempts, first.release_at) == ("pending", 1, None)
    assert [delivery.held for delivery in recorded_run(run).board.in_flight] == [True]
    release_message(run, message=first.message)
    deliver(first.pk)
    assert DeliveryRow.objects.get(pk=first.pk).state == "handled"
