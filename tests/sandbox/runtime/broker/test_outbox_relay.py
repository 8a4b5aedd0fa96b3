"""The outbox relay publishes each message once, as Celery itself would send it, to a real broker."""

import base64
import json
import time

import pytest

from config.celery import app
from infra.private_apis.celery_messages import EARLY_TASK, TASK
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow
from sandbox.runtime.broker.outbox_relay import relay_due
from tests.sandbox.runtime.rows import broker_messages, first_of

EARLY = {"without": ("late-ack",)}

pytestmark = pytest.mark.django_db


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


def test_a_relay_sends_nothing_before_its_time(start, queued):
    run = start(pace="follow")
    relay_due(time.time())
    assert queued("order") == 0
    assert first_of(run).state == DeliveryState.PENDING


def shape(broker_message):
    """Returns a broker message without the parts that differ from one to the next."""
    mine = {"id", "root_id", "correlation_id", "delivery_tag", "argsrepr", "origin", "sent_again", "delivery_info"}
    parts = {
        name: {k: v for k, v in broker_message[name].items() if k not in mine} for name in ("headers", "properties")
    }
    body = json.loads(base64.b64decode(broker_message["body"]))
    return {**broker_message, **parts, "body": body[1:]}


def test_one_broker_message_is_enough_for_all_that_waits_for_an_actor(start, queued):
    for _ in range(5):
        start()
    assert queued("order") == 1


def test_a_delivery_that_is_handled_alone_has_a_broker_message_of_its_own_beside_others(start, queued):
    start()
    start(without=("late-ack",))
    assert queued("order") == 2
    start()
    assert queued("order") == 2


@pytest.mark.parametrize(("settings", "task", "arguments"), [({}, TASK, []), (EARLY, EARLY_TASK, ["the delivery"])])
def test_what_the_relay_sends_is_what_celery_itself_would_send(start, queued, valkey, settings, task, arguments):
    start(**settings)
    arguments = [DeliveryRow.objects.get().pk for _ in arguments]
    app.send_task(task, args=arguments, queue="order", ignore_result=True, headers={"sent_again": False})
    celerys, ours = broker_messages(valkey, "order")
    assert shape(ours) == shape(celerys)
    assert ours["headers"].keys() == celerys["headers"].keys()
    assert ours["properties"]["delivery_info"]["routing_key"] == "order"
    assert json.loads(base64.b64decode(ours["body"]))[0] == arguments
