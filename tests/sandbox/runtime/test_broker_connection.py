import gc
import threading

import pytest
import redis
from django.conf import settings

from sandbox.runtime.broker import connection, heartbeat, notifications
from tests.stack import until


def test_a_connection_that_was_closed_meanwhile_is_opened_again(valkey):
    connection.send_commands([("SET", "word", "one")])
    valkey.client_kill_filter(_type="normal", skipme=True)
    connection.send_commands([("SET", "word", "two")])
    assert valkey.get("word") == b"two"


def test_after_a_command_that_is_not_taken_the_next_answer_is_its_own(valkey):
    valkey.delete("list")
    with pytest.raises(redis.ResponseError):
        connection.send_commands([("LPUSH", "list", "a"), ("INCR", "list"), ("INCR", "list")])
    connection.send_commands([("SET", "word", "three")])
    assert valkey.get("word") == b"three"


@pytest.fixture
def no_collection():
    """As where garbage is collected long after."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_as_many_threads_as_one_likes_can_speak(valkey):
    failures = []

    def speak(number):
        try:
            connection.send_commands([("SET", "word", str(number))])
        except redis.RedisError as error:
            failures.append(error)

    for number in range(150):
        thread = threading.Thread(target=speak, args=[number])
        thread.start()
        thread.join()
    assert not failures
    assert valkey.get("word") == b"149"
    until(lambda: len(valkey.client_list()) < 50, within=10, what="their connections are closed")


def test_a_notification_reaches_its_listeners(valkey):
    with valkey.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(notifications.CHANNEL)
        assert listener.get_message(timeout=5) is None  # subscribed
        notifications.notify("a run")
        assert listener.get_message(timeout=5)["data"] == b"a run"


def test_without_a_broker_a_notification_is_dropped_and_nobody_waits(monkeypatch):
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    connection.client.cache_clear()
    try:
        notifications.notify("a run")
        with pytest.raises(redis.ConnectionError):
            connection.send_commands([("PING",)])
        assert not heartbeat.is_alive("anybody")
    finally:
        connection.client.cache_clear()
