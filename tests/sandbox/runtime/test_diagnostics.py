"""What the broker and the deliveries tell of a run at this moment."""

import json
import time

import pytest
from django.conf import settings

from sandbox import selectors
from sandbox.definitions.registry import FAULT, QUEUES
from sandbox.engine.projection.liveness import CLOCK, HEARTBEAT_TIMEOUT
from sandbox.models import DeliveryRow
from sandbox.pages.run import snapshot_reader
from sandbox.runtime.broker.heartbeat import ALIVE, beat, is_alive
from sandbox.runtime.diagnostics import runtime_snapshot_of
from tests.sandbox.runtime.rows import first_of, set_apart

PREFIX = settings.REDIS_PREFIX
# A crash kills this very process.
HARMLESS = [kind for kind in FAULT if not FAULT[kind].is_real]


def runtime(run):
    return runtime_snapshot_of(run.pk, QUEUES)


def take(valkey, actor, *, at):
    """Takes the next broker message from an actor's queue, as Celery's worker does, without acknowledging it."""
    broker_message = json.loads(valkey.rpop(f"{PREFIX}{actor}"))
    tag = broker_message["properties"]["delivery_tag"]
    valkey.hset(f"{PREFIX}unacked", tag, json.dumps([broker_message, "", actor]))
    valkey.zadd(f"{PREFIX}unacked_index", {tag: at})


@pytest.mark.parametrize("kind", HARMLESS)
def test_facts_and_deliveries_agree_on_what_is_on_its_way(queued, start, work, kind):
    refused = "schedule-fulfilment" if kind == "compensation-fails" else ""
    often = "=1" if kind == "down" else ""
    run = start(style="orchestration", fail=refused, fault=[f"charge-customer:{kind}{often}"])
    while run.open_deliveries:
        on_its_way = {delivery.key for delivery in selectors.recorded_run(run).board.in_flight}
        assert runtime(run).broker_statuses.keys() == on_its_way
        run = work(run, most=1)


def test_a_message_in_its_queue_says_when_it_is_sent_again(queued, start):
    run = start(style="choreography")
    (status,) = runtime(run).broker_statuses.values()
    assert runtime(run).ready["order"] == 1
    assert status.taken_at is None
    assert status.at == status.sent_at + settings.SANDBOX_RESEND_AFTER


def test_a_message_that_a_worker_has_taken_says_since_when(queued, start, valkey):
    run, at = start(style="choreography"), time.time()
    take(valkey, "order", at=at)
    (status,) = runtime(run).broker_statuses.values()
    assert (status.taken_at, status.taken_from) == (at, "order")
    assert status.at == status.sent_at + settings.SANDBOX_RESEND_AFTER


def test_what_was_handled_and_never_acknowledged_is_with_its_worker_as_a_copy(queued, start, valkey, work):
    run = start(style="choreography")
    set_apart(first_of(run), valkey)
    take(valkey, "order", at=1000.0)
    work(run, most=1)
    first = DeliveryRow.objects.get(run=run, receiver="order", name="OrderPlaced")
    DeliveryRow.objects.create(
        run=run, message=first.message, receiver="order", copy=9, name=first.name, sender="customer", state="sent"
    )
    assert runtime(run).broker_statuses[f"{first.message}-order-9"].taken_at == 1000.0


def test_a_message_that_waits_says_when_it_may_go_and_one_that_is_held_does_not(queued, start):
    (paced,) = runtime(start(style="choreography", pace="follow")).broker_statuses.values()
    assert 0.5 < paced.at - time.time() < 1.3
    assert paced.sent_at is None
    (held,) = runtime(start(style="choreography", pace="step")).broker_statuses.values()
    assert (held.at, held.sent_at) == (None, None)


def test_who_is_silent_for_long_is_taken_for_dead_and_then_forgotten(queued, start, valkey):
    run = start(style="choreography")
    now = time.time()
    valkey.zadd(ALIVE, {"payment 1.0": now - HEARTBEAT_TIMEOUT - 0.5, "order 1.0": now - 3600})
    assert not runtime(run).is_alive("payment")
    assert not is_alive("payment")
    assert runtime(run).heartbeats["payment"][1.0] == pytest.approx(HEARTBEAT_TIMEOUT + 0.5, abs=0.2)
    beat(CLOCK)
    assert runtime(run).heartbeats.keys() == {"payment", CLOCK}
    assert runtime(run).is_alive(CLOCK)
    assert is_alive(CLOCK)


def test_any_worker_of_an_actor_counts_but_only_one_born_before_can_have_taken_a_message(queued, start, valkey):
    run = start(style="choreography")
    now = time.time()
    valkey.zadd(ALIVE, {"payment 10.0": now - 60, "payment 20.0": now})
    assert runtime(run).is_alive("payment")
    assert runtime(run).is_alive("payment", since=25.0)
    assert not runtime(run).is_alive("payment", since=15.0)


def test_why_of_a_run_takes_a_few_milliseconds(queued, start, work):
    run = work(start(style="orchestration", saga="order-hybrid"), most=20)
    board = selectors.recorded_run(run).board

    def once():
        began = time.perf_counter()
        snapshot_reader.idle_reason_of(run.pk, board)
        return time.perf_counter() - began

    assert min(once() for _ in range(20)) < 0.005
