import subprocess

import pytest
import redis
from django.conf import settings as django_settings

from config.celery import app
from infra.launcher.valkey import server_program
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker import connection
from sandbox.runtime.worker import handle_delivery
from sandbox.services import RunSettings, start_run
from tests.stack import free_port, until


def answers(client):
    try:
        return client.ping()
    except redis.RedisError:
        return False


@pytest.fixture(scope="session", autouse=True)
def valkey(tmp_path_factory):
    """A real Valkey for the relay to publish to."""
    port = free_port()
    command = [str(server_program()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, cwd=tmp_path_factory.mktemp("valkey"), stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    django_settings.REDIS_URL, app.conf.broker_url = url, url
    connection.client.cache_clear()
    client = redis.Redis.from_url(url)
    until(lambda: answers(client), within=10, what="valkey answers")
    yield client
    client.close()
    process.terminate()
    process.wait()


@pytest.fixture
def queued(valkey):
    """How many messages are ready in an actor's queue; all queues start empty."""
    valkey.flushall()
    return lambda actor: valkey.llen(f"{django_settings.REDIS_PREFIX}{actor}")


@pytest.fixture
def start(db):
    """Starts a run that nobody works on, unless the test does."""

    def start(learner=None, prediction=None, **chosen):
        stored = {name: list(one) if isinstance(one, tuple) else one for name, one in chosen.items()}
        return start_run(RunSettings.from_json({"pace": "fast", **stored}), learner=learner, prediction=prediction)

    return start


def deliver(delivery_id, *, again=False):
    """Lets a delivery arrive, which the relay sends first if it has not left yet."""
    DeliveryRow.objects.filter(pk=delivery_id, state=DeliveryState.PENDING).update(state=DeliveryState.SENT)
    handle_delivery(delivery_id, again=again)


@pytest.fixture
def work():
    """Handles what is open in a run, oldest first, as the workers would; returns the run afterwards."""

    def work(run, most=100):
        for _ in range(most):
            waiting = DeliveryRow.objects.filter(run=run, state__in=[DeliveryState.PENDING, DeliveryState.SENT])
            delivery = waiting.order_by("release_at", "pk").first()
            if delivery is None:
                break
            deliver(delivery.pk)
        return Run.objects.get(pk=run.pk)

    return work
