"""Two messages of one run, or of two runs that share a stock, are handled at the same moment: one after the other.

The second one sees what the first has done.
"""

import os
import subprocess
import sys

import pytest

from tests.postgresql import postgresql
from tests.stack import ROOT

# The first handler stops in the middle of its transaction until the second has done what it can meanwhile.
AT_ONCE = """
import sys, threading, django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from infra.private_apis.sqlite.base import DatabaseWrapper
from sandbox.definitions.terms import OPEN, DeliveryState
from sandbox.models import DeliveryRow, FactRow, Run
from sandbox.runtime import worker
from sandbox.services import RunSettings, start_together

HALF_A_SECOND = 0.5
same_actor, same_stock, locked = "same-actor" in sys.argv, "same-stock" in sys.argv, "no-lock" not in sys.argv
if not locked:
    type(connection.features).has_select_for_update = False
    connection.settings_dict["OPTIONS"].pop("transaction_mode", None)
    DatabaseWrapper._take_turn = lambda self: None
    connection.close()

each = [RunSettings(saga="order-parallel", pace="fast", stock="shared" if same_stock else "own")] * (1 + same_stock)
runs = start_together(each, learner=None)
# Nobody listens to this broker, so what is published goes back to the outbox; here it counts as delivered.
open_rows = DeliveryRow.objects.filter(run__in=runs, state__in=OPEN).exclude(kind="timer")

def on_their_way():
    open_rows.update(state=DeliveryState.SENT)
    return list(open_rows.order_by("pk"))

for delivery in on_their_way():
    worker.handle_delivery(delivery.pk)
if same_actor:
    for delivery in on_their_way():
        worker.handle_delivery(delivery.pk)
first, second = [row for row in on_their_way() if row.receiver == "inventory" or not same_stock]
if "reversed" in sys.argv:
    first, second = second, first
assert (first.receiver == second.receiver) == (same_actor or same_stock)
failures = []
receive = worker.receive

def handle(delivery):
    try:
        worker.handle_delivery(delivery.pk)
    except Exception as error:
        failures.append(repr(error))
    finally:
        connection.close()

def receive_slowly(run_state, arrived, memory, **now):
    if other.ident is None:  # this is the first
        other.start()
        other.join(HALF_A_SECOND)
    return receive(run_state, arrived, memory, **now)

worker.receive = receive_slowly
one, other = (threading.Thread(target=handle, args=[delivery]) for delivery in (first, second))
one.start()
one.join(), other.join()
assert not failures, failures
states = set(DeliveryRow.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
assert states == {DeliveryState.HANDLED}, states
if same_actor:
    done = FactRow.objects.filter(run__in=runs, kind="step completed", details__step="schedule-fulfilment")
    assert done.count() == 1, "the actor that waits for both has not heard of both"
if same_stock:
    done = FactRow.objects.filter(run__in=runs, kind="step completed", details__step="reserve-inventory")
    assert done.count() == 1, f"there is one item, and {done.count()} orders have it"
"""

# The first worker stops in the middle of its transaction until the second has done what it can meanwhile.
ONE_MAILBOX = """
import threading, django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from sandbox.models import DeliveryRow, FactRow
from sandbox.runtime import mailbox, worker
from sandbox.services import RunSettings, start_runs

HALF_A_SECOND = 0.5
runs = start_runs(RunSettings(pace="fast"), count=4, learner=None)
DeliveryRow.objects.filter(run__in=runs).update(state="sent")
received, receive = [], worker.receive

def handle():
    try:
        mailbox.handle_mailbox("order")
    finally:
        connection.close()

def receive_slowly(run_state, arrived, memory, **now):
    received.append(threading.current_thread())
    if other.ident is None:  # this is the first
        other.start()
        other.join(HALF_A_SECOND)
    return receive(run_state, arrived, memory, **now)

worker.receive = receive_slowly
one, other = (threading.Thread(target=handle) for _ in range(2))
one.start()
one.join(), other.join()
assert received == [one] * 4, f"{len(received)} messages were received, and {len(runs)} sent"
assert FactRow.objects.filter(kind="message handled").count() == 4
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/db.sqlite3"
    else:
        with postgresql() as url:
            yield url


@pytest.fixture
def at_once(database, tmp_path):
    """Handles two messages at once, in a process of its own; gives what it complained of."""
    env = {
        **os.environ,
        "DATABASE_URL": database,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }

    def run(*how, script=AT_ONCE):
        command = [sys.executable, "-c", script, *how]
        result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        return result.stderr if result.returncode else ""

    return run


def test_two_actors_of_one_run_at_the_same_moment(at_once):
    assert at_once() == ""


def test_two_messages_to_one_actor_at_the_same_moment(at_once):
    assert at_once("same-actor") == ""


@pytest.mark.parametrize("order", ["", "reversed"])
def test_two_orders_that_ask_for_the_last_item_at_the_same_moment(at_once, order):
    assert at_once("same-stock", order) == ""


@pytest.mark.parametrize("messages", ["", "same-stock"])
def test_without_the_lock_this_would_be_noticed(at_once, messages):
    assert "AssertionError" in at_once("no-lock", messages)


def test_two_workers_of_one_mailbox_at_the_same_moment(at_once):
    assert at_once(script=ONE_MAILBOX) == ""
