"""The runtime against a real database and a real broker: what is written down, and what may never happen twice."""

import base64
import json
import logging
import time
from collections import Counter
from functools import partial
from io import StringIO
from logging.config import DictConfigurator

import pytest
from django.conf import settings as product_settings
from django.db import OperationalError

from config.celery import app
from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, queue_key
from sandbox.definitions.faults import Fault
from sandbox.definitions.model import RetryPolicy
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import OPEN, DeliveryState, Effect, FactKind, Guarantee, Pace, SagaStatus
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.execution.delivery import MAXIMUM_REDELIVERIES
from sandbox.engine.simulation.simulator import simulate
from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Run
from sandbox.render.text.idle_reason import idle_reason
from sandbox.runtime import clock
from sandbox.runtime.broker import inspection
from sandbox.runtime.broker.outbox_relay import relay_due
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.storage.runs import plan_of_run
from sandbox.runtime.worker import handle_delivery
from sandbox.selectors import facts_of, recorded_run
from sandbox.services import (
    Conflict,
    InvalidValue,
    RunSettings,
    change_pace,
    fork_run,
    release_message,
    retry_message,
    skip_time,
    strike_message,
)
from sandbox.settings_checks import check_settings
from tests.sandbox.conftest import deliver

pytestmark = pytest.mark.django_db


def lying(valkey):
    """The deliveries in queues and in good hands, as the clock looks them up."""
    return partial(inspection.accounted_for, broker=valkey)


def first_of(run):
    return DeliveryRow.objects.filter(run=run).earliest("pk")


def facts(run, *kinds):
    rows = FactRow.objects.filter(run=run).order_by("seq")
    return [row.kind for row in rows if not kinds or row.kind in kinds]


def with_an_impossible_undo(run, work, *, after, actor, account):
    """Empties an account once that refusal is under way, so that its undo cannot be done; the run as it then ends."""
    while not DeliveryRow.objects.filter(run=run, name=after).exists():
        work(run, most=1)
    memory = ActorMemory.objects.get(run=run, actor=actor)
    memory.data["balances"][account] = 0
    memory.save()
    return work(run)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize("refused", ["", "validate-order", "charge-customer", "schedule-fulfilment"])
def test_a_run_ends_right_in_the_database_as_in_memory(start, work, style, refused):
    run = work(start(style=style, fail=refused))
    assert run.status == (SagaStatus.COMPENSATED if refused else SagaStatus.COMPLETED)
    assert run.open_deliveries == 0
    assert not broken(recorded_run(run).findings)


def test_a_run_is_read_by_columns_in_the_order_of_its_fields():
    read = hot_path_sql.RUN_COLUMNS.split(", ")
    assert read == [field.attname for field in Run._meta.concrete_fields if field.attname in read]


def test_it_has_no_second_effect_when_delivered_twice(start, work):
    run = start()
    order = first_of(run).pk
    deliver(order)
    before = facts(run)
    deliver(order)
    deliver(order, again=True)
    assert facts(run) == before
    assert not broken(recorded_run(work(run)).findings)


def test_nothing_is_half_written_when_handling_fails(start, monkeypatch):
    run = start()
    before = ActorMemory.objects.get(run=run, actor="order").data

    def fail_late(run_id, new):
        add_facts(run_id, new)
        if any(fact.kind is FactKind.STEP_COMPLETED for fact in new):
            raise RuntimeError("late")

    add_facts = hot_path_sql.add_facts
    monkeypatch.setattr(hot_path_sql, "add_facts", fail_late)
    deliver(first_of(run).pk)
    assert facts(run)[2:] == [FactKind.SANDBOX_FAILED, FactKind.MESSAGE_DEAD, FactKind.SAGA_ENDED]
    assert ActorMemory.objects.get(run=run, actor="order").data == before
    assert not EntryRow.objects.filter(run=run, seq__gt=1).exists()
    assert not DeliveryRow.objects.filter(run=run).exclude(pk=first_of(run).pk).exists()
    assert first_of(run).state == DeliveryState.DEAD


def test_a_failed_attempt_waits_before_the_next_and_the_last_gives_up(start):
    run = start(fault=("validate-order:transient=20",))
    pauses = []
    for _ in range(RetryPolicy().maximum_attempts):
        deliver(first_of(run).pk)
        pauses.append((first_of(run).release_at or 0) - time.time())
    assert [round(pause, 1) for pause in pauses[:3]] == [0.5, 1.0, 2.0]
    assert first_of(run).state == DeliveryState.HANDLED
    assert FactKind.STEP_REJECTED in facts(run)


def test_a_run_that_goes_on_after_a_bug_of_ours_blames_no_service(start, monkeypatch):
    run = start(style="choreography")
    deliver(first_of(run).pk)
    monkeypatch.setattr("sandbox.engine.execution.handling.react", lambda *_, **__: 1 / 0)
    deliver(DeliveryRow.objects.get(run=run, receiver="inventory").pk)
    recorded = recorded_run(Run.objects.get(pk=run.pk))
    assert not recorded.board.is_ended
    said = idle_reason(recorded.board).sentence
    assert said.startswith("An error of the sandbox has ended OrderValidated to Inventory; the order's deadline")


def test_a_message_is_ended_by_a_bug_of_ours_at_once_and_the_log_has_its_traceback(start, monkeypatch, caplog):
    run = start()

    def buggy(*_, **__):
        raise KeyError("oops")

    monkeypatch.setattr("sandbox.engine.execution.handling.react", buggy)
    deliver(first_of(run).pk)
    assert facts(run)[2:] == [FactKind.SANDBOX_FAILED, FactKind.MESSAGE_DEAD, FactKind.SAGA_ENDED]
    ended = Run.objects.get(pk=run.pk)
    assert ended.status == SagaStatus.SANDBOX_FAILED
    (open_end,) = [one for one in recorded_run(ended).findings if one.invariant.name == "comes-to-an-end"]
    assert open_end.if_final.text.startswith("an error of the sandbox: it stays")
    (record,) = [record for record in caplog.records if record.exc_info]
    assert "KeyError: 'oops'" in caplog.text
    assert "in buggy" in caplog.text
    assert record.levelname == "ERROR"


def test_a_run_that_met_a_bug_of_ours_says_so_and_blames_no_service(start, monkeypatch, client):
    run = start()
    monkeypatch.setattr("sandbox.engine.execution.handling.react", lambda *_, **__: 1 / 0)
    deliver(first_of(run).pk)
    page = client.get(f"/sandbox/runs/{run.pk}/").content.decode()
    assert "The sandbox has failed" in page
    assert "Order could not handle OrderPlaced because of an error of the sandbox: ZeroDivisionError" in page
    assert "attempt 1" not in page


def test_what_a_bug_has_ended_can_be_tried_again_once_it_is_fixed(start, work, monkeypatch, client):
    run = start()
    with monkeypatch.context() as broken_code:
        broken_code.setattr("sandbox.engine.execution.handling.react", lambda *_, **__: 1 / 0)
        deliver(first_of(run).pk)
    retry_message(Run.objects.get(pk=run.pk), message=2, receiver="order")
    assert work(run).status == SagaStatus.COMPLETED
    assert "The sandbox has failed" not in client.get(f"/sandbox/runs/{run.pk}/").content.decode()


def test_a_memory_that_cannot_be_read_is_a_bug_of_ours_and_is_not_tried_again(start):
    run = start()
    ActorMemory.objects.filter(run=run, actor="order").update(data={"not": "a memory"})
    deliver(first_of(run).pk)
    assert first_of(run).state == DeliveryState.DEAD
    assert facts(run)[-3:] == [FactKind.SANDBOX_FAILED, FactKind.MESSAGE_DEAD, FactKind.SAGA_ENDED]


def test_a_run_whose_saga_is_gone_is_closed_and_none_of_its_messages_is_sent_again(start, caplog):
    run = start()
    Run.objects.filter(pk=run.pk).update(saga="gone")
    deliver(first_of(run).pk)
    kept = Run.objects.get(pk=run.pk)
    assert (kept.status, kept.open_deliveries) == (SagaStatus.SANDBOX_FAILED, 0)
    assert first_of(run).state == DeliveryState.DEAD
    assert "whose saga does not exist any more" in caplog.text


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("broken_part", ["storage.runs.fold", "worker.read_sent", "worker.run_state_of"])
def test_a_bug_in_what_records_bugs_ends_the_run_instead_of_being_tried_for_ever(
    start, monkeypatch, client, caplog, broken_part, again
):
    run = start()
    with monkeypatch.context() as broken_code:
        broken_code.setattr("sandbox.engine.execution.handling.react", lambda *_, **__: 1 / 0)
        broken_code.setattr(f"sandbox.runtime.{broken_part}", lambda *_, **__: 1 / 0)
        deliver(first_of(run).pk, again=again)
    kept = Run.objects.get(pk=run.pk)
    assert (kept.status, kept.open_deliveries) == (SagaStatus.SANDBOX_FAILED, 0)
    assert facts(run)[-2:] == [FactKind.SANDBOX_FAILED, FactKind.SAGA_ENDED]
    assert not DeliveryRow.objects.filter(run=run, state__in=OPEN).exists()
    assert "cannot be recorded" in caplog.text
    page = client.get(f"/sandbox/runs/{run.pk}/").content.decode()
    assert "The sandbox has failed" in page
    assert "ZeroDivisionError" in page


def test_an_error_of_the_database_is_not_taken_for_a_bug(start, monkeypatch):
    run = start()

    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(hot_path_sql, "add_facts", locked)
    with pytest.raises(OperationalError):
        deliver(first_of(run).pk)
    assert first_of(run).state == DeliveryState.SENT
    assert facts(run) == [FactKind.SAGA_STARTED, FactKind.MESSAGE_SENT]


def test_an_undo_that_cannot_be_done_ends_in_need_of_a_human(start, work):
    run = start(fail="charge-customer")
    run = with_an_impossible_undo(run, work, after="CardDeclined", actor="inventory", account="reserved")
    assert run.status == SagaStatus.COMPENSATION_FAILED


def test_a_message_that_kills_its_worker_each_time_is_given_up_without_effect(start):
    run = start()
    DeliveryRow.objects.filter(run=run).update(redeliveries=MAXIMUM_REDELIVERIES - 1)
    deliver(first_of(run).pk, again=True)
    assert first_of(run).state == DeliveryState.HANDLED
    assert FactKind.STEP_COMPLETED not in facts(run)
    rejected = FactRow.objects.get(run=run, kind=FactKind.STEP_REJECTED)
    assert rejected.details["reason"] == f"it came {MAXIMUM_REDELIVERIES + 1} times and was never answered for"


def test_a_redelivered_message_is_counted_before_it_is_handled(start):
    run = start()
    deliver(first_of(run).pk, again=True)
    assert first_of(run).redeliveries == 1
    assert facts(run)[2:4] == [FactKind.MESSAGE_REDELIVERED, FactKind.MESSAGE_HANDLED]


def test_the_outbox_row_is_there_before_the_broker_has_the_message(start, queued):
    run = start(pace="follow")
    assert first_of(run).state == DeliveryState.PENDING
    assert queued("order") == 0
    relay_due(time.time() + 5)
    assert first_of(run).state == DeliveryState.SENT
    assert queued("order") == 1


def test_at_full_speed_a_message_is_claimed_as_it_is_written_and_published_once(start, queued):
    run = start()
    assert (first_of(run).state, first_of(run).sends) == (DeliveryState.SENT, 1)
    relay_due(time.time() + 5)
    assert queued("order") == 1


def test_two_relays_publish_a_delivery_once(start, queued):
    start(pace="follow")
    relay_due(time.time() + 5)
    relay_due(time.time() + 5)
    assert queued("order") == 1


def test_what_the_broker_does_not_take_goes_back_to_the_outbox(start, queued, valkey):
    valkey.config_set("maxmemory", 1)
    run = start()
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
    run = start(pace="follow")
    three_days = time.time() + 3 * 24 * 3600
    DeliveryRow.objects.filter(run=run).update(release_at=three_days)
    clock.tick(time.time())
    assert queued("order") == 0
    DeliveryRow.objects.filter(run=run).update(release_at=time.time())
    clock.tick(time.time())
    assert queued("order") == 1


def test_the_clock_sends_again_what_an_emptied_broker_lost(start, queued, valkey):
    run = start()
    clock.tick(time.time())
    valkey.flushall()
    assert clock.sweep(time.time() + 60, lying(valkey)) == 1
    assert queued("order") == 1
    assert first_of(run).sends == 2


@pytest.mark.parametrize("queue", ["order", "order.crash"])
def test_the_clock_never_sends_a_second_broker_message_while_the_first_is_queued(start, queued, valkey, queue):
    start()
    clock.tick(time.time())
    valkey.rename(queue_key("order"), queue_key(queue))
    for later in (20, 60, 3600):
        assert clock.sweep(time.time() + later, lying(valkey)) == 0
    assert queued(queue) == 1


def test_what_a_worker_took_and_never_acknowledged_is_sent_again_though_others_wait_in_the_queue(start, queued, valkey):
    taken, _ = start(), start()
    clock.tick(time.time())
    assert valkey.rpop(queue_key("order"))
    assert clock.sweep(time.time() + 20, lying(valkey)) == 1
    assert first_of(taken).sends == 2


def test_a_malformed_broker_message_in_a_queue_stops_no_sweep(start, queued, valkey):
    start()
    clock.tick(time.time())
    for rubbish in (b"\xff\xfe", b"hello", b'{"headers": {"argsrepr": "[one]"}}'):
        valkey.lpush(queue_key("order"), rubbish)
    assert clock.sweep(time.time() + 20, lying(valkey)) == 0


@pytest.mark.parametrize("gap", [40.0, -40.0])
def test_a_clock_that_slept_or_was_set_passes_over_the_time_in_between(start, queued, gap):
    long, short = start(style="orchestration"), start(style="orchestration", saga="order-long")
    for run in (long, short):
        deliver(first_of(run).pk)
    far = open_rows(short).filter(kind="timer").first()
    DeliveryRow.objects.filter(pk=far.pk).update(release_at=time.time() + 3 * 24 * 3600, after=3 * 24 * 3600)
    before = {row.pk: (row.release_at, row.sent_at) for row in DeliveryRow.objects.all()}
    sleeper, now = clock.Clock(), time.time()
    sleeper.detect_gap(now)
    sleeper.detect_gap(now + 1)
    assert before == {row.pk: (row.release_at, row.sent_at) for row in DeliveryRow.objects.all()}
    sleeper.detect_gap(now + 1 + gap)
    for row in open_rows(long):
        release_at, sent_at = before[row.pk]
        if row.state == DeliveryState.PENDING:
            assert row.release_at == pytest.approx(release_at + gap)
        else:
            assert row.sent_at == pytest.approx(sent_at + gap)
    far.refresh_from_db()
    assert far.release_at == before[far.pk][0]


def test_a_service_that_is_down_stays_so_for_as_long_when_the_clock_is_set(start, work):
    run = start(fault=["order:down=20"])
    run = work(run, most=1)
    (before,) = (Fault.load(fault).until for fault in run.faults)
    clock.skip_downtime(-3600.0)
    run.refresh_from_db()
    assert Fault.load(run.faults[0]).until == pytest.approx(before - 3600)


def test_time_that_could_not_be_passed_over_is_passed_over_once_when_it_can_be(start, monkeypatch):
    run = start(style="orchestration", fault=["payment:down=20"])
    deliver(first_of(run).pk)
    timer = open_rows(run).filter(kind="timer").first()
    sleeper, now = clock.Clock(), time.time()
    sleeper.detect_gap(now)
    with monkeypatch.context() as broken:
        broken.setattr(Run.objects, "select_for_update", lambda: 1 / 0)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                sleeper.detect_gap(now + 40)
    sleeper.detect_gap(now + 40)
    assert open_rows(run).get(pk=timer.pk).release_at == pytest.approx(timer.release_at + 40)


def test_a_message_for_an_actor_that_there_is_not_any_more_stops_nobody_elses(start, queued, valkey):
    gone, other = start(), start()
    DeliveryRow.objects.filter(run=gone).update(receiver="loyalty", state="pending", release_at=0)
    clock.tick(time.time())
    assert first_of(gone).state == DeliveryState.SENT
    valkey.flushall()
    assert clock.sweep(time.time() + 20, lying(valkey)) == 2
    assert first_of(other).sends == 2


def test_what_a_worker_has_taken_just_now_is_not_sent_again_however_long_it_was_in_the_queue(start, queued, valkey):
    start()
    clock.tick(time.time())
    broker_message = json.loads(valkey.rpop(queue_key("order")))
    later = time.time() + 3600
    valkey.hset(UNACKED, "tag", json.dumps([broker_message, "", "order"]))
    for taken_at, sent_again in ((later - 1, 0), (later - 60, 1)):
        valkey.zadd(UNACKED_INDEX, {"tag": taken_at})
        assert clock.sweep(later, lying(valkey)) == sent_again


@pytest.mark.parametrize("again", [False, True])
def test_a_crash_on_request_is_left_to_the_worker_that_may_die_and_nothing_is_written(start, queued, valkey, again):
    run = start(fault=["order:crash-before-work"])
    clock.tick(time.time())
    (row,) = DeliveryRow.objects.filter(run=run)
    handle_delivery(row.pk, again=again)
    (broker_message,) = broker_statuses(valkey, "order.crash")
    assert json.loads(base64.b64decode(broker_message["body"]))[0] == [row.pk]
    assert broker_message["properties"]["delivery_info"]["routing_key"] == "order.crash"
    told = [kind for kind in facts(run) if kind != FactKind.MESSAGE_REDELIVERED]
    assert FactKind.FAULT_INJECTED not in told
    assert Run.objects.get(pk=run.pk).faults == run.faults
    row.refresh_from_db()
    # Counted once: where it was redelivered, before it was passed on.
    assert (row.state, row.redeliveries) == (DeliveryState.SENT, int(again))
    assert broker_message["headers"]["sent_again"] is False


def test_what_ends_in_no_crash_is_handled_where_it_arrives(start, queued, work):
    run = work(start(fault=["payment:crash-before-work"]), most=2)
    assert queued("order.crash") == 0
    assert run.last_seq > 2


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


def test_a_relay_sends_nothing_before_its_time(start, queued):
    run = start(pace="follow")
    relay_due(time.time())
    assert queued("order") == 0
    assert first_of(run).state == DeliveryState.PENDING


def test_a_long_queue_at_one_actor_does_not_hide_what_another_lost(start, queued, valkey):
    for _ in range(clock.BATCH + 5):
        start()
    clock.tick(time.time())
    lost = start(style="orchestration")
    clock.tick(time.time())
    valkey.delete(queue_key("orchestrator"))
    assert clock.sweep(time.time() + 20, lying(valkey)) == 1
    assert first_of(lost).sends == 2
    assert queued("orchestrator") == 1


def test_laws_about_the_end_stay_open_while_a_human_is_needed(start, work):
    run = start(fail="schedule-fulfilment")
    run = with_an_impossible_undo(run, work, after="NoCourier", actor="payment", account="merchant")
    assert run.status == SagaStatus.COMPENSATION_FAILED
    still_open = {finding.invariant.name for finding in recorded_run(run).findings if finding.is_open}
    assert still_open == {"one-charge", "charged-iff-shipped", "comes-to-an-end", "reservations-settled"}


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


def test_deleting_a_run_leaves_its_messages_without_effect(start):
    run = start()
    delivery, ident = first_of(run).pk, run.pk
    run.delete()
    deliver(delivery)
    assert not FactRow.objects.filter(run=ident).exists()
    assert not Run.objects.exists()


def test_the_ledgers_in_the_database_are_those_of_the_journal(start, work):
    run = work(start(fail="schedule-fulfilment"))
    record = recorded_run(run).record
    assert record.balance("payment", "merchant") == 0
    assert len([e for e in record.entries if e.seq > 1]) == 2 * len(record.board.postings)


def open_rows(run):
    return DeliveryRow.objects.filter(run=run, state__in=[DeliveryState.PENDING, DeliveryState.SENT])


def test_a_timer_that_is_settled_rings_no_more(start, work):
    run = work(start(style="orchestration"))
    timers = DeliveryRow.objects.filter(run=run, kind="timer")
    assert timers.count() == 5
    assert set(timers.values_list("state", flat=True)) == {DeliveryState.HANDLED}
    assert FactKind.STEP_TIMED_OUT not in facts(run)


def test_skipping_time_takes_everything_that_waits_along(start, work):
    run = start(style="orchestration", saga="order-long")
    while not open_rows(run).filter(name="ScheduleFulfilmentDue").exists():
        deliver(open_rows(run).exclude(kind="timer").first().pk)
    skip_time(run)
    waits = dict(open_rows(run).values_list("name", "release_at"))
    assert waits["ScheduleFulfilmentDue"] == pytest.approx(time.time(), abs=5)
    assert waits["ScheduleFulfilmentTimedOut"] == pytest.approx(time.time() + 10, abs=5)
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
        assert queued("order") == 2
    else:
        handle_delivery(first_of(run).pk)
        assert first_of(run).state == DeliveryState.PENDING
    assert work(run).status == SagaStatus.COMPLETED


def test_an_old_broker_message_for_a_delivery_that_waits_again_does_nothing(start):
    run = start(fault=("order:down=9",))
    handle_delivery(first_of(run).pk)
    before = facts(run)
    handle_delivery(first_of(run).pk)
    handle_delivery(first_of(run).pk, again=True)
    assert facts(run) == before
    assert first_of(run).state == DeliveryState.PENDING


def test_a_message_that_has_arrived_cannot_be_struck(start, work):
    run = work(start())
    before = facts(run)
    with pytest.raises(Conflict, match="not on its way"):
        strike_message(run, message=2, receiver="order", kind="lost")
    assert facts(run) == before


def test_a_second_copy_has_no_second_effect(start, work):
    run = start()
    strike_message(run, message=first_of(run).message, receiver="order", kind="duplicate")
    run = work(run)
    assert facts(run, FactKind.DUPLICATE_IGNORED) == [FactKind.DUPLICATE_IGNORED]
    assert not broken(recorded_run(run).findings)


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


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_a_run_begun_again_goes_on_from_any_fact_as_the_first_one_did(start, work, style):
    run = work(start(style=style, fail="schedule-fulfilment"))
    last_change = FactRow.objects.filter(run=run, at=run.ended_at).earliest("seq").seq
    for upto in range(1, last_change):
        again = fork_run(run, upto=upto, learner=None)
        assert (again.origin_id, again.forked_at) == (run.pk, upto)
        taken = again.last_seq
        assert facts(again) == facts(run)[:taken]
        again = work(again)
        assert again.status == run.status
        assert facts(again) == facts(run)
        assert not broken(recorded_run(again).findings)


def test_a_forked_run_counts_what_a_fault_has_spared(start, work):
    run = work(start(style="orchestration", fault=("orchestrator:transient@3",)))
    spared, _ = (fact.seq for fact in facts_of(run) if fact.kind is FactKind.FAULT_SPARED)
    again = work(fork_run(run, upto=spared, learner=None))
    assert facts(again) == facts(run)


def test_a_run_that_was_over_by_then_cannot_be_begun_again(start, work):
    run = work(start())
    for upto, why in ((run.last_seq, "was over"), (0, "does not exist"), (999, "does not exist")):
        with pytest.raises(InvalidValue, match=why):
            fork_run(run, upto=upto, learner=None)
    assert Run.objects.count() == 1


def test_a_paused_run_keeps_its_timers_and_they_start_again(start, queued):
    run = start(pace="follow", style="orchestration")
    deliver(first_of(run).pk)
    change_pace(run, pace=Pace.STEP)
    assert not open_rows(run).exclude(release_at=None).exists()
    change_pace(run, pace=Pace.FOLLOW)
    timer = open_rows(run).get(kind="timer")
    assert timer.release_at == pytest.approx(time.time() + 10, abs=2)


def broker_statuses(valkey, actor):
    return [json.loads(text) for text in valkey.lrange(queue_key(actor), 0, -1)]


def shape(broker_message):
    """Returns a broker message without the parts that differ from one to the next."""
    mine = {"id", "root_id", "correlation_id", "delivery_tag", "argsrepr", "origin", "sent_again", "delivery_info"}
    parts = {
        name: {k: v for k, v in broker_message[name].items() if k not in mine} for name in ("headers", "properties")
    }
    body = json.loads(base64.b64decode(broker_message["body"]))
    return {**broker_message, **parts, "body": body[1:]}


def test_what_the_relay_sends_is_what_celery_itself_would_send(start, queued, valkey):
    start()
    app.send_task("sandbox.deliver", args=[1], queue="order", ignore_result=True, headers={"sent_again": False})
    celerys, ours = broker_statuses(valkey, "order")
    assert shape(ours) == shape(celerys)
    assert ours["headers"].keys() == celerys["headers"].keys()
    assert ours["properties"]["delivery_info"]["routing_key"] == "order"
    assert json.loads(base64.b64decode(ours["body"]))[0] == [DeliveryRow.objects.get().pk]


def test_what_should_have_rung_while_no_clock_ran_rings_a_little_later(start):
    run = start(style="orchestration")
    deliver(first_of(run).pk)
    timer = open_rows(run).get(kind="timer")
    later = time.time() + 3600
    assert clock.postpone_overdue_timers(later) == 1
    timer.refresh_from_db()
    assert timer.release_at == later + clock.GRACE
    assert not open_rows(run).exclude(kind="timer").filter(release_at__gt=later).exists()


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


def test_a_run_with_a_message_given_up_has_not_completed_though_every_step_has(start, work):
    run = start()
    while not open_rows(run).filter(name="FulfilmentScheduled", receiver="order").exists():
        work(run, most=1)
    ActorMemory.objects.filter(run=run, actor="order").update(data={"not": "a memory"})
    assert work(run).status == SagaStatus.SANDBOX_FAILED


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize(
    "kind", [name for name, fault in FAULT.items() if fault.effect not in {Effect.CRASH, Effect.SHUT}]
)
def test_a_fault_does_in_the_database_what_it_does_in_memory(start, work, style, kind):
    chosen = {"style": style, "fail": "schedule-fulfilment", "fault": (f"reserve-inventory:{kind}",)}
    run = work(start(**chosen))
    told = simulate(plan_of_run(run), fail=run.run_settings.fail, faults=run.run_settings.fault)
    assert Counter(facts(run)) == Counter(fact.kind for fact in told.facts)
    assert run.status == told.board.status


def test_a_run_begun_again_counts_its_attempts_and_goes_at_the_pace_that_it_had_then(start, work):
    run = start(pace="follow", fault=("validate-order:transient=3",))
    for _ in range(2):
        deliver(first_of(run).pk)
    upto = Run.objects.get(pk=run.pk).last_seq
    change_pace(run, pace=Pace.STEP)
    again = fork_run(Run.objects.get(pk=run.pk), upto=upto, learner=None)
    assert (again.pace, first_of(again).attempts) == (Pace.FOLLOW, 2)
    assert first_of(again).release_at is not None
    assert work(again).status == SagaStatus.COMPLETED
    attempts = FactRow.objects.filter(run=again, kind=FactKind.ATTEMPT_FAILED).order_by("seq")
    assert [row.details["attempt"] for row in attempts] == [1, 2, 3]


def why_not(settings):
    try:
        check_settings(settings)
    except InvalidValue as error:
        return str(error)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize("without", [(), *((guarantee,) for guarantee in Guarantee), tuple(Guarantee)], ids=str)
def test_every_fault_at_every_step_is_taken_or_refused_with_a_reason(style, without):
    for kind in FAULT:
        for step in SAGA["order"].steps:
            settings = RunSettings(style=style, without=without, fault=(Fault(kind, step.name),))
            complaint = why_not(settings)
            assert complaint is None or "could have no effect: " in complaint


def test_the_same_fault_twice_is_refused_and_says_how_to_write_it(start):
    with pytest.raises(InvalidValue, match="placed twice; write payment:lost=2"):
        start(fault=("payment:lost", "payment:lost"))


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


def test_a_bug_is_logged_as_json_with_the_run_the_message_and_the_actor_that_handled_it(start, monkeypatch):
    run = start()
    monkeypatch.setattr("sandbox.engine.execution.handling.react", lambda *_, **__: 1 / 0)
    json_format = DictConfigurator(product_settings.LOGGING).configure_formatter(
        product_settings.LOGGING["formatters"]["json"]
    )
    (console,) = [one for one in logging.getLogger().handlers if one.get_name() == "console"]
    monkeypatch.setattr(console, "formatter", json_format)
    written = StringIO()
    before = console.setStream(written)
    try:
        deliver(first_of(run).pk)
    finally:
        console.setStream(before)
    (line,) = map(json.loads, written.getvalue().splitlines())
    expected = {"saga_id": str(run.pk), "message_id": first_of(run).message, "actor": "order", "level": "ERROR"}
    assert {name: line.get(name) for name in expected} == expected
    assert "ZeroDivisionError" in line["exc_info"]
