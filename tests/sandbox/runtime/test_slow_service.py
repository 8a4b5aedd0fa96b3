"""An actor that a load makes slow works for its time on each message, and keeps nobody else from working meanwhile."""

import time
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.models import DeliveryRow, FactRow, Load, Run
from sandbox.runtime import worker
from sandbox.runtime.load_runner import advance_load
from sandbox.runtime.mailbox import handle_mailbox
from sandbox.runtime.worker import handle_delivery
from sandbox.services import LoadSettings, start_load

WORK = 0.08


@pytest.fixture
def order_of(queued):
    """Starts a load of one order, and returns the order that waits for its first message to be handled."""

    def order_of(**chosen):
        settings = LoadSettings(style=("choreography",), count=1, work_ms=int(WORK * 1000), **chosen)
        load = start_load(settings, learner=str(uuid.uuid4()))
        advance_load(time.time())
        advance_load(time.time())
        return Run.objects.get(load=load)

    return order_of


@pytest.fixture
def waits(monkeypatch):
    """The seconds that the worker has waited, and whether it held a transaction meanwhile; it does wait."""
    seen, sleep = [], time.sleep

    def waiting(seconds):
        seen.append((seconds, connection.in_atomic_block))
        sleep(seconds)

    monkeypatch.setattr(worker.time, "sleep", waiting)
    return seen


def handle_next(run):
    """Lets a worker handle the oldest message of the run; returns its fact."""
    delivery = DeliveryRow.objects.filter(run=run, state="sent").earliest("pk")
    handle_delivery(delivery.pk)
    return FactRow.objects.filter(run=run, kind="message handled").latest("seq")


@pytest.mark.django_db(transaction=True)
def test_it_works_for_its_time_on_each_message_and_locks_nothing_meanwhile(order_of, waits):
    run = order_of(slow="order")
    fact = handle_next(run)
    assert waits == [(WORK, False)]
    assert fact.details["took"] >= WORK
    sent = FactRow.objects.get(run=run, seq=fact.details["message"])
    assert fact.at - sent.at >= WORK


@pytest.mark.django_db(transaction=True)
def test_who_is_not_slow_does_not_wait(order_of, waits):
    run = order_of(slow="payment")
    assert handle_next(run).actor == "order"
    assert waits == []
    handle_next(run)
    assert waits == []
    assert handle_next(run).actor == "payment"
    assert waits == [(WORK, False)]


@pytest.mark.django_db
def test_orders_of_a_load_without_a_slow_actor_do_not_wait(order_of, waits):
    handle_next(order_of())
    assert waits == []


@pytest.mark.django_db
def test_a_run_that_belongs_to_no_load_reads_none_and_does_not_wait(start, queued, waits):
    run = start(style="choreography")
    DeliveryRow.objects.filter(run=run).update(state="sent")
    with CaptureQueriesContext(connection) as captured:
        handle_next(run)
    assert waits == []
    assert not any("sandbox_load" in query["sql"] for query in captured)


@pytest.mark.django_db
def test_what_is_slow_is_read_once_for_many_messages(order_of, waits):
    run = order_of(slow="notification")
    with CaptureQueriesContext(connection) as captured:
        handle_next(run)
        handle_next(run)
    assert sum("sandbox_load" in query["sql"] for query in captured) == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_that_another_process_handled_meanwhile_is_not_handled_twice(order_of, monkeypatch):
    run = order_of(slow="order")
    delivery = DeliveryRow.objects.get(run=run)
    monkeypatch.setattr(worker.time, "sleep", lambda _: None)
    handle_delivery(delivery.pk)
    facts = FactRow.objects.filter(run=run).count()
    DeliveryRow.objects.filter(pk=delivery.pk).update(state="sent")

    def handled_by_another(_):
        DeliveryRow.objects.filter(pk=delivery.pk).update(state="handled")

    monkeypatch.setattr(worker.time, "sleep", handled_by_another)
    handle_delivery(delivery.pk)
    assert FactRow.objects.filter(run=run).count() == facts


@pytest.mark.django_db(transaction=True)
def test_an_order_that_was_deleted_while_it_was_worked_on_is_passed_over(order_of, monkeypatch):
    run = order_of(slow="order")
    monkeypatch.setattr(worker.time, "sleep", lambda _: Load.objects.all().delete())
    handle_delivery(DeliveryRow.objects.get(run=run).pk)
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_takes_time_keeps_nothing_else_in_the_mailbox_waiting(order_of, waits, start):
    slow, other = order_of(slow="order"), start()
    handle_mailbox("order")
    assert waits == []
    rows = DeliveryRow.objects.filter(receiver="order", kind="event", name="OrderPlaced")
    told = {row.run_id: (row.state, row.alone) for row in rows}
    assert told == {slow.pk: ("sent", True), other.pk: ("handled", False)}
