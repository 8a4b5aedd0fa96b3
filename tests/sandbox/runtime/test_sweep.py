"""The clock releases what is due, sends again what the broker lost, and passes over time in which nothing ran."""

import json
import time

import pytest

from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, queue_key
from sandbox.definitions.faults import Fault
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow, Run
from sandbox.runtime import clock
from tests.sandbox.conftest import deliver
from tests.sandbox.runtime.rows import first_of, in_broker, open_rows, set_apart

pytestmark = pytest.mark.django_db


def test_the_clock_releases_what_is_due_and_nothing_else(start, queued):
    soon, held = start(pace="follow"), start(pace="step")
    clock.tick(time.time())
    assert queued("order") == 0
    clock.tick(time.time() + 5)
    assert queued("order") == 1
    assert first_of(soon).state == DeliveryState.SENT
    assert first_of(held).state == DeliveryState.PENDING


def test_the_clock_sends_again_what_an_emptied_broker_lost(start, queued, valkey):
    run = start()
    clock.tick(time.time())
    valkey.flushall()
    assert clock.sweep(time.time() + 60, in_broker(valkey)) == 1
    assert queued("order") == 1
    assert first_of(run).sends == 2


@pytest.mark.parametrize("queue", ["order", "order.crash"])
def test_the_clock_never_sends_a_second_broker_message_while_the_first_is_queued(start, queued, valkey, queue):
    set_apart(first_of(start()), valkey)
    clock.tick(time.time())
    valkey.rename(queue_key("order"), queue_key(queue))
    for later in (20, 60, 3600):
        assert clock.sweep(time.time() + later, in_broker(valkey)) == 0
    assert queued(queue) == 1


def test_what_a_worker_took_and_never_acknowledged_is_sent_again_though_others_wait_in_the_queue(start, queued, valkey):
    taken = start()
    set_apart(first_of(taken), valkey)
    assert valkey.rpop(queue_key("order"))
    start()
    assert queued("order") == 1
    assert clock.sweep(time.time() + 20, in_broker(valkey)) == 1
    assert first_of(taken).sends == 2


def test_what_waits_in_a_mailbox_is_sent_again_only_when_the_broker_message_was_lost(start, queued, valkey):
    several = [start() for _ in range(3)]
    assert queued("order") == 1
    assert clock.sweep(time.time() + 3600, in_broker(valkey)) == 0
    valkey.delete(queue_key("order"))
    assert clock.sweep(time.time() + 3600, in_broker(valkey)) == 3
    assert {first_of(run).alone for run in several} == {True}
    assert queued("order") == 3


def test_a_malformed_broker_message_in_a_queue_stops_no_sweep(start, queued, valkey):
    start()
    clock.tick(time.time())
    for rubbish in (b"\xff\xfe", b"hello", b'{"headers": {"argsrepr": "[one]"}}'):
        valkey.lpush(queue_key("order"), rubbish)
    assert clock.sweep(time.time() + 20, in_broker(valkey)) == 0


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
    assert clock.sweep(time.time() + 20, in_broker(valkey)) == 2
    assert first_of(other).sends == 2


def test_what_a_worker_has_taken_just_now_is_not_sent_again_however_long_it_was_in_the_queue(start, queued, valkey):
    start()
    clock.tick(time.time())
    broker_message = json.loads(valkey.rpop(queue_key("order")))
    later = time.time() + 3600
    valkey.hset(UNACKED, "tag", json.dumps([broker_message, "", "order"]))
    for taken_at, sent_again in ((later - 1, 0), (later - 60, 1)):
        valkey.zadd(UNACKED_INDEX, {"tag": taken_at})
        assert clock.sweep(later, in_broker(valkey)) == sent_again


def test_a_long_queue_at_one_actor_does_not_hide_what_another_lost(start, queued, valkey):
    for _ in range(clock.BATCH + 5):
        start()
    clock.tick(time.time())
    lost = start(style="orchestration")
    clock.tick(time.time())
    valkey.delete(queue_key("orchestrator"))
    assert clock.sweep(time.time() + 20, in_broker(valkey)) == 1
    assert first_of(lost).sends == 2
    assert queued("orchestrator") == 1


def test_what_should_have_rung_while_no_clock_ran_rings_a_little_later(start):
    run = start(style="orchestration")
    deliver(first_of(run).pk)
    timer = open_rows(run).get(kind="timer")
    later = time.time() + 3600
    assert clock.postpone_overdue_timers(later) == 1
    timer.refresh_from_db()
    assert timer.release_at == later + clock.GRACE
    assert not open_rows(run).exclude(kind="timer").filter(release_at__gt=later).exists()
