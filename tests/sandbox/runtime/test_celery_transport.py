"""What a worker takes for a message, and what it puts aside."""

import json
import time
from base64 import b64encode

import pytest

from config.celery import app
from infra.private_apis.celery_messages import EARLY_TASK, TASK, envelope
from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, queue_key
from infra.private_apis.celery_transport import Transport, is_control, is_ours
from sandbox.models import DeliveryRow
from sandbox.runtime.broker.heartbeat import ALIVE
from sandbox.runtime.broker.inspection import broker_snapshot
from sandbox.runtime.broker.outbox_relay import MOST_AT_ONCE
from tests.foreign_messages import foreign_messages
from tests.sandbox.runtime.rows import first_of


@pytest.mark.parametrize("task", [TASK, EARLY_TASK])
@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize(("queue", "arguments"), [("payment", []), ("payment", [7]), ("payment.crash", [7])])
def test_what_the_relay_writes_is_ours_also_when_celery_has_put_it_back(valkey, task, again, queue, arguments):
    message = json.loads(envelope(task, queue, arguments, again=again))
    assert is_ours(message, queue)
    with app.connection_for_read() as connection:
        taken = connection.default_channel.Message(message, channel=connection.default_channel)
        put_back = json.loads(json.dumps(taken.serializable()))
    put_back["headers"]["redelivered"] = put_back["properties"]["delivery_info"]["redelivered"] = True
    assert is_ours(put_back, queue)


def test_anything_else_is_not():
    unread = {"no text", "no JSON", "too deep"}  # which is found as it is read
    read = {name: json.loads(message) for name, message in foreign_messages().items() if name not in unread}
    assert [name for name, message in read.items() if is_ours(message, "payment")] == []


def test_what_remote_control_cannot_read_is_none():
    told = {"body": b64encode(b'{"method": "ping"}').decode(), "headers": {"clock": 1}}
    properties = {"delivery_tag": "x", "body_encoding": "base64"}
    assert is_control({**told, "properties": properties})
    for bad in (5, [], {}, told, {**told, "properties": properties, "body": "***"}, {**told, "properties": 5}):
        assert not is_control(bad)


@pytest.mark.parametrize(("url", "is_secure"), [("redis://example.org:1/0", False), ("rediss://example.org:1/0", True)])
def test_messages_travel_by_this_transport_and_secretly_where_the_address_says_so(url, is_secure):
    connection = app.connection_for_read(url)
    assert isinstance(connection.transport, Transport)
    assert bool(connection.ssl) is is_secure


@pytest.mark.parametrize("arguments", [["7"], [7, 8], [7.0], [None], "7", 7, {"7": 7}])
def test_other_arguments_are_not(arguments):
    assert not is_ours(json.loads(envelope(TASK, "payment", arguments, again=False)), "payment")


def test_what_the_broker_holds_of_others_breaks_no_count(start, queued, valkey):
    row = first_of(start())
    DeliveryRow.objects.filter(pk=row.pk).update(receiver="payment", alone=True)
    ours = envelope(TASK, "payment.crash", [row.pk], again=False)
    valkey.hset(UNACKED, "ours", json.dumps([json.loads(ours), "", "payment.crash"]))
    for number, message in enumerate(
        (b"\xff", b"5", b"[]", b'[{"headers": {"argsrepr": "x"}}, "", "payment"]', b"null")
    ):
        valkey.hset(UNACKED, f"bad {number}", message)
        valkey.zadd(UNACKED_INDEX, {f"bad {number}": 5})
    valkey.zadd(UNACKED_INDEX, {"ours": 6, "gone": 7})
    valkey.zadd(ALIVE, {"payment 1.5": 1, "payment": 1, b"\xff 1": 1, "payment soon": 1})
    snapshot = broker_snapshot(["payment"])
    assert dict(snapshot.taken) == {row.pk: (6.0, "payment.crash")}
    assert snapshot.unacked["payment"] == 1
    assert list(snapshot.heartbeats) == ["payment"]


def test_messages_are_counted_and_not_taken_messages(start, queued, valkey):
    waiting, crashing, _ = (first_of(start()) for _ in range(3))
    DeliveryRow.objects.filter(pk=crashing.pk).update(alone=True)
    valkey.lpush(queue_key("order.crash"), envelope(TASK, "order.crash", [crashing.pk], again=False))
    assert queued("order") == 1
    snapshot = broker_snapshot(["payment", "order"])
    assert snapshot.ready == {"payment": 0, "payment.crash": 0, "order": 2, "order.crash": 1}
    message = valkey.rpop(queue_key("order"))
    valkey.hset(UNACKED, "tag", json.dumps([json.loads(message), "", "order"]))
    for taken_at, taken in ((waiting.sent_at - 1, 0), (time.time(), 2)):
        valkey.zadd(UNACKED_INDEX, {"tag": taken_at})
        snapshot = broker_snapshot(["order"])
        assert (snapshot.ready["order"], snapshot.unacked["order"]) == (2 - taken, taken)


def test_no_more_is_said_to_be_taken_than_a_worker_takes_at_once(start, queued, valkey):
    for _ in range(MOST_AT_ONCE + 3):
        start()
    message = valkey.rpop(queue_key("order"))
    valkey.hset(UNACKED, "tag", json.dumps([json.loads(message), "", "order"]))
    valkey.zadd(UNACKED_INDEX, {"tag": time.time()})
    snapshot = broker_snapshot(["order"])
    assert (snapshot.ready["order"], snapshot.unacked["order"]) == (3, MOST_AT_ONCE)
