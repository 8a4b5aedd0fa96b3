"""The runtime against a real database and a real broker: what is written down, and what may never happen twice."""

import time

import pytest

from sandbox.definitions.terms import DeliveryState, FactKind, Pace, SagaStatus
from sandbox.engine.laws import broken
from sandbox.models import ActorMemory, Delivery, FactRow, Run
from sandbox.runtime import clock, retry
from sandbox.runtime.relay import relay, relay_due
from sandbox.selectors import story_of
from sandbox.services import Stale, change_pace, handle_delivery, release_message

pytestmark = pytest.mark.django_db


def first_of(run):
    return Delivery.objects.filter(run=run).earliest("pk")


def facts(run, *kinds):
    rows = FactRow.objects.filter(run=run).order_by("seq")
    return [row.kind for row in rows if not kinds or row.kind in kinds]


def with_an_impossible_undo(run, work, *, after, actor, account):
    """Empties an account once that refusal is under way, so that its undo cannot be done; the run as it then ends."""
    while not Delivery.objects.filter(run=run, name=after).exists():
        work(run, most=1)
    memory = ActorMemory.objects.get(run=run, actor=actor)
    memory.data["balances"][account] = 0
    memory.save()
    return work(run)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize("refused", ["", "validate-order", "charge-customer", "schedule-fulfilment"])
def test_a_run_ends_right_in_the_database_as_in_memory(start, work, style, refused):
    run = work(start(style=style, refused=refused))
    assert run.status == (SagaStatus.COMPENSATED if refused else SagaStatus.COMPLETED)
    assert run.open_deliveries == 0
    assert not broken(story_of(run).findings)


def test_it_has_no_second_effect_when_delivered_twice(start, work):
    run = start()
    order = first_of(run).pk
    handle_delivery(order)
    before = facts(run)
    handle_delivery(order)
    handle_delivery(order, again=True)
    assert facts(run) == before
    assert not broken(story_of(work(run)).findings)


def test_nothing_is_half_written_when_handling_fails(start):
    run = start()
    ActorMemory.objects.filter(run=run, actor="order").update(data={"not": "a memory"})
    handle_delivery(first_of(run).pk)
    assert facts(run)[-1] == FactKind.ATTEMPT_FAILED
    assert not Delivery.objects.filter(run=run).exclude(pk=first_of(run).pk).exists()
    assert first_of(run).state == DeliveryState.PENDING


def test_a_failed_attempt_waits_before_the_next_and_the_last_gives_up(start):
    run = start()
    ActorMemory.objects.filter(run=run, actor="order").update(data={"not": "a memory"})
    pauses = []
    for _ in range(retry.POLICY.maximum_attempts):
        handle_delivery(first_of(run).pk)
        pauses.append((first_of(run).release_at or 0) - time.time())
    assert [round(pause) for pause in pauses[:3]] == [1, 2, 4]
    assert first_of(run).state == DeliveryState.DEAD
    assert facts(run)[-2:] == [FactKind.MESSAGE_DEAD, FactKind.SAGA_ENDED]
    assert Run.objects.get(pk=run.pk).status == SagaStatus.STUCK


def test_an_undo_that_cannot_be_done_ends_in_need_of_a_human(start, work):
    run = start(refused="charge-customer")
    run = with_an_impossible_undo(run, work, after="CardDeclined", actor="inventory", account="reserved")
    assert run.status == SagaStatus.COMPENSATION_FAILED


def test_a_message_that_kills_its_worker_each_time_is_given_up(start):
    run = start()
    for _ in range(retry.MAXIMUM_REDELIVERIES - 1):
        retry.note_redelivery(first_of(run).pk)
    assert first_of(run).state == DeliveryState.PENDING
    handle_delivery(first_of(run).pk, again=True)
    assert first_of(run).state == DeliveryState.DEAD
    assert FactKind.STEP_COMPLETED not in facts(run)


def test_the_outbox_row_is_there_before_the_broker_has_the_message(start, queued):
    run = start()
    assert first_of(run).state == DeliveryState.PENDING
    assert queued("order") == 0
    relay_due(time.time())
    assert first_of(run).state == DeliveryState.SENT
    assert queued("order") == 1


def test_two_relays_publish_a_delivery_once(start, queued):
    run = start()
    relay([first_of(run).pk])
    relay([first_of(run).pk])
    relay_due(time.time())
    assert queued("order") == 1


def test_what_the_broker_does_not_take_goes_back_to_the_outbox(start, queued, valkey):
    run = start()
    valkey.config_set("maxmemory", 1)
    relay([first_of(run).pk])
    valkey.config_set("maxmemory", 0)
    assert queued("order") == 0
    assert first_of(run).state == DeliveryState.PENDING
    assert first_of(run).release_at > time.time()


def test_the_clock_releases_what_is_due_and_nothing_else(start, queued):
    soon, held = start(pace="follow"), start(pace="step")
    clock.tick(time.time())
    assert queued("order") == 0
    clock.tick(time.time() + 5)
    assert queued("order") == 1
    assert first_of(soon).state == DeliveryState.SENT
    assert first_of(held).state == DeliveryState.PENDING


def test_a_timer_of_three_days_can_be_skipped_forward(start, queued):
    run = start()
    three_days = time.time() + 3 * 24 * 3600
    Delivery.objects.filter(run=run).update(release_at=three_days)
    clock.tick(time.time())
    assert queued("order") == 0
    Delivery.objects.filter(run=run).update(release_at=time.time())
    clock.tick(time.time())
    assert queued("order") == 1


def test_the_clock_sends_again_what_an_emptied_broker_lost(start, queued, valkey):
    run = start()
    clock.tick(time.time())
    valkey.flushall()
    assert clock.sweep(time.time() + 60, queued) == 1
    assert queued("order") == 1
    assert first_of(run).sends == 2


def test_the_clock_does_not_breed_copies_of_what_is_still_in_a_queue(start, queued):
    start()
    clock.tick(time.time())
    assert clock.sweep(time.time() + 30, queued) == 0
    assert queued("order") == 1


def test_even_behind_a_queue_that_never_empties_it_is_sent_again_in_the_end(start, queued):
    start()
    clock.tick(time.time())
    assert clock.sweep(time.time() + clock.LONGEST_PATIENCE + 1, queued) == 1


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
    validated = Delivery.objects.get(run=run, name="OrderValidated", receiver="payment")
    release_message(run, message=validated.message, receiver="payment")
    clock.tick(time.time())
    assert (queued("payment"), queued("inventory")) == (1, 0)
    held = {arrow.receiver: arrow.held for arrow in story_of(run).board.in_flight}
    assert held == {"payment": False, "inventory": True}


def test_what_has_left_already_is_not_called_held(start):
    run = start(pace="follow")
    clock.tick(time.time() + 5)
    change_pace(run, pace=Pace.STEP)
    assert [arrow.held for arrow in story_of(run).board.in_flight] == [False]


def test_a_relay_sends_nothing_before_its_time(start, queued):
    run = start(pace="follow")
    relay([first_of(run).pk])
    assert queued("order") == 0
    assert first_of(run).state == DeliveryState.PENDING


def test_a_long_queue_at_one_actor_does_not_hide_what_another_lost(start, queued, valkey):
    for _ in range(clock.BATCH + 5):
        start()
    clock.tick(time.time())
    lost = start(style="orchestration")
    clock.tick(time.time())
    valkey.delete(f"{clock.settings.REDIS_PREFIX}orchestrator")
    assert clock.sweep(time.time() + 30, queued) == 1
    assert first_of(lost).sends == 2
    assert queued("orchestrator") == 1


def test_laws_about_the_end_stay_open_while_a_human_is_needed(start, work):
    run = start(refused="schedule-fulfilment")
    run = with_an_impossible_undo(run, work, after="NoCourier", actor="payment", account="merchant")
    assert run.status == SagaStatus.COMPENSATION_FAILED
    still_open = {finding.law.name for finding in story_of(run).findings if finding.is_open}
    assert still_open == {"one-charge", "charged-iff-shipped", "reservations-settled"}


def test_releasing_twice_is_stale_and_changes_nothing(start):
    run = start(pace="step")
    message = first_of(run).message
    release_message(run, message=message)
    before = facts(run)
    with pytest.raises(Stale, match=f"Message {message} is not held"):
        release_message(run, message=message)
    assert facts(run) == before


def test_letting_a_run_go_releases_all_and_holds_nothing_more(start, work):
    run = start(pace="step", saga="order-parallel")
    change_pace(run, pace=Pace.FOLLOW)
    assert work(run).status == SagaStatus.COMPLETED
    assert not Delivery.objects.filter(run=run, release_at=None, state=DeliveryState.PENDING).exists()


def test_a_paused_run_holds_what_has_not_left_yet(start, queued):
    run = start(pace="follow")
    change_pace(run, pace=Pace.STEP)
    clock.tick(time.time() + 3600)
    assert queued("order") == 0


@pytest.mark.parametrize("pace", [Pace.STEP, Pace.FAST])
def test_the_pace_of_a_run_that_has_ended_cannot_be_changed(start, work, pace):
    run = work(start())
    before = facts(run)
    with pytest.raises(Stale):
        change_pace(run, pace=pace)
    assert facts(run) == before


def test_a_change_of_pace_is_a_fact_so_that_every_page_shows_it(start):
    run = start(pace="follow")
    change_pace(run, pace=Pace.STEP)
    assert facts(run)[-1] == FactKind.PACE_CHANGED
    assert story_of(run).board.pace is Pace.STEP


def test_deleting_a_run_leaves_its_messages_without_effect(start):
    run = start()
    delivery = first_of(run).pk
    run.delete()
    handle_delivery(delivery)
    assert not FactRow.objects.filter(run=run.pk).exists()


def test_the_books_in_the_database_are_those_of_the_journal(start, work):
    run = work(start(refused="schedule-fulfilment"))
    evidence = story_of(run).evidence
    assert evidence.balance("payment", "merchant") == 0
    assert len([e for e in evidence.entries if e.seq > 1]) == 2 * len(evidence.board.postings)
