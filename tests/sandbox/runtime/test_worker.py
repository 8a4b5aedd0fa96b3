"""The worker against a real database and a real broker: what is written down, and what may never happen twice."""

import base64
import json
import logging
import time
from io import StringIO
from logging.config import DictConfigurator

import pytest
from django.conf import settings as product_settings
from django.db import OperationalError

from infra.logs import NoFlood
from sandbox.definitions.model import RetryPolicy
from sandbox.definitions.terms import OPEN, DeliveryState, FactKind, SagaStatus
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.execution.delivery import MAXIMUM_REDELIVERIES
from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Run
from sandbox.render.text.idle_reason import idle_reason
from sandbox.runtime import clock
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.worker import handle_delivery
from sandbox.selectors import recorded_run
from sandbox.services import (
    retry_message,
    strike_message,
)
from tests.sandbox.conftest import deliver
from tests.sandbox.runtime.rows import broker_messages, facts, first_of

pytestmark = pytest.mark.django_db


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

    def fail_late(new):
        new = list(new)
        add_facts(new)
        if any(fact.kind is FactKind.STEP_COMPLETED for _, fact in new):
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


@pytest.mark.parametrize("again", [False, True])
def test_a_crash_on_request_is_left_to_the_worker_that_may_die_and_nothing_is_written(start, queued, valkey, again):
    run = start(fault=["order:crash-before-work"])
    clock.tick(time.time())
    (row,) = DeliveryRow.objects.filter(run=run)
    handle_delivery(row.pk, again=again)
    (broker_message,) = broker_messages(valkey, "order.crash")
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


def test_an_old_broker_message_for_a_delivery_that_waits_again_does_nothing(start):
    run = start(fault=("order:down=9",))
    handle_delivery(first_of(run).pk)
    before = facts(run)
    handle_delivery(first_of(run).pk)
    handle_delivery(first_of(run).pk, again=True)
    assert facts(run) == before
    assert first_of(run).state == DeliveryState.PENDING


def test_a_second_copy_has_no_second_effect(start, work):
    run = start()
    strike_message(run, message=first_of(run).message, receiver="order", kind="duplicate")
    run = work(run)
    assert facts(run, FactKind.DUPLICATE_IGNORED) == [FactKind.DUPLICATE_IGNORED]
    assert not broken(recorded_run(run).findings)


def test_a_bug_is_logged_as_json_with_the_run_the_message_and_the_actor_that_handled_it(start, monkeypatch):
    run = start()
    monkeypatch.setattr("sandbox.engine.execution.handling.react", lambda *_, **__: 1 / 0)
    json_format = DictConfigurator(product_settings.LOGGING).configure_formatter(
        product_settings.LOGGING["formatters"]["json"]
    )
    (console,) = [one for one in logging.getLogger().handlers if one.get_name() == "console"]
    monkeypatch.setattr(console, "formatter", json_format)
    # The tests before may have logged as many lines of this kind in this second as may pass.
    monkeypatch.setattr(console, "filters", [one for one in console.filters if not isinstance(one, NoFlood)])
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
