"""A broker message wakes an actor, which handles what waits for it: together what is ordinary, alone what is not."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, FactKind, SagaStatus
from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Run
from sandbox.runtime import worker
from sandbox.runtime.broker.outbox_relay import MOST_AT_ONCE
from sandbox.runtime.mailbox import handle_mailbox
from sandbox.runtime.storage import hot_path_sql
from sandbox.services import start_together
from tests.sandbox.runtime.rows import broker_messages, facts, first_of

pytestmark = pytest.mark.django_db

A_BUG = ZeroDivisionError("a bug of ours")
HANDLED, SENT = DeliveryState.HANDLED, DeliveryState.SENT


def states(runs):
    return [first_of(run).state for run in runs]


def alones(valkey, queue):
    """Returns the deliveries that have broker messages of their own in a queue."""
    found = [message["headers"]["argsrepr"] for message in broker_messages(valkey, queue)]
    return sorted(int(text.strip("[]")) for text in found if text != "[]")


def rows_of(run):
    models = (ActorMemory, DeliveryRow, EntryRow, FactRow)
    return [list(model.objects.filter(run=run).order_by("pk").values()) for model in models]


@pytest.fixture
def failing_for(monkeypatch):
    """Has the handling of that run's messages fail with a bug of ours."""

    def failing_for(run, error=A_BUG):
        receive = worker.receive

        def receive_or_fail(run_state, delivery, memory, *, now):
            if run_state.settings.quantity == run.run_settings.quantity:
                raise error
            return receive(run_state, delivery, memory, now=now)

        monkeypatch.setattr(worker, "receive", receive_or_fail)

    return failing_for


def test_what_waits_for_an_actor_is_handled_together_and_wakes_the_next_one_once(start, queued):
    runs = [start() for _ in range(5)]
    with CaptureQueriesContext(connection) as statements:
        handle_mailbox("order")
    assert states(runs) == [HANDLED] * 5
    assert queued("inventory") == 1
    assert DeliveryRow.objects.filter(receiver="inventory", state=SENT).count() == 5
    assert sum(one["sql"].startswith("SAVEPOINT") for one in statements) == 1


def test_each_message_tells_how_long_its_own_handling_took(start, queued, monkeypatch):
    runs, now, receive = [start(quantity=seconds) for seconds in (2, 3, 5)], [0.0], worker.receive

    def receive_slowly(run_state, *args, **more):
        now[0] += run_state.settings.quantity
        return receive(run_state, *args, **more)

    monkeypatch.setattr(worker, "receive", receive_slowly)
    monkeypatch.setattr(worker.time, "perf_counter", lambda: now[0])
    handle_mailbox("order")
    took = [FactRow.objects.get(run=run, kind=FactKind.MESSAGE_HANDLED).details["took"] for run in runs]
    assert took == [2, 3, 5]


def test_of_more_than_it_takes_at_once_it_leaves_the_newest_and_is_woken_again(start, queued, valkey):
    runs = [start() for _ in range(MOST_AT_ONCE + 2)]
    valkey.flushall()
    handle_mailbox("order")
    assert states(runs) == [HANDLED] * MOST_AT_ONCE + [SENT] * 2
    assert queued("order") == 1
    handle_mailbox("order")
    assert states(runs) == [HANDLED] * len(runs)


def test_of_two_messages_of_one_run_it_takes_the_older_and_is_woken_again(start, queued, valkey):
    run = start(fault=("validate-order:duplicate",))
    valkey.flushall()
    handle_mailbox("order")
    assert facts(run, FactKind.STEP_COMPLETED, FactKind.DUPLICATE_IGNORED) == [FactKind.STEP_COMPLETED]
    assert queued("order") == 1
    handle_mailbox("order")
    assert FactKind.DUPLICATE_IGNORED in facts(run)


def test_one_that_fails_is_given_its_alone_and_takes_nothing_from_the_others(start, queued, valkey, failing_for):
    good, bad, other = start(), start(quantity=7), start()
    before = rows_of(bad)[0], rows_of(bad)[2:]
    failing_for(bad)
    valkey.flushall()
    handle_mailbox("order")
    assert states([good, bad, other]) == [HANDLED, SENT, HANDLED]
    assert (rows_of(bad)[0], rows_of(bad)[2:]) == before
    assert alones(valkey, "order") == [first_of(bad).pk]
    handle_mailbox("order")
    assert alones(valkey, "order") == [first_of(bad).pk]
    worker.handle_delivery(first_of(bad).pk)
    assert FactKind.SANDBOX_FAILED in facts(bad)
    assert FactKind.SANDBOX_FAILED not in facts(good) + facts(other)


@pytest.mark.parametrize("kind", ["crash-before-work", "crash-after-commit", "crash-after-publish"])
def test_one_that_is_to_kill_its_worker_goes_to_the_worker_that_may_die(start, queued, valkey, kind):
    good, bad, other = start(), start(fault=(f"validate-order:{kind}",)), start()
    before = facts(bad)
    handle_mailbox("order")
    assert states([good, bad, other]) == [HANDLED, SENT, HANDLED]
    assert facts(bad) == before
    assert alones(valkey, "order.crash") == [first_of(bad).pk]
    assert alones(valkey, "order") == []


def test_when_they_cannot_be_written_together_none_is_and_each_is_handled_alone(start, queued, valkey, monkeypatch):
    good, bad = start(), start(quantity=7)
    before = [rows_of(run)[0] for run in (good, bad)], [rows_of(run)[2:] for run in (good, bad)]
    add_facts = hot_path_sql.add_facts

    def fail_for_one(new):
        new = list(new)
        add_facts(new)
        if any(run_id == bad.pk for run_id, _ in new):
            raise ValueError("cannot be written")

    monkeypatch.setattr(hot_path_sql, "add_facts", fail_for_one)
    handle_mailbox("order")
    assert ([rows_of(run)[0] for run in (good, bad)], [rows_of(run)[2:] for run in (good, bad)]) == before
    assert alones(valkey, "order") == [first_of(good).pk, first_of(bad).pk]
    worker.handle_delivery(first_of(good).pk)
    assert states([good, bad]) == [HANDLED, SENT]


def test_when_the_database_fails_all_stay_as_they_were(start, queued, failing_for):
    good, bad = start(), start(quantity=7)
    before = [rows_of(good), rows_of(bad)]
    failing_for(bad, OperationalError("database is locked"))
    with pytest.raises(OperationalError):
        handle_mailbox("order")
    assert [rows_of(good), rows_of(bad)] == before


def test_after_a_worker_died_each_of_what_waits_is_handled_alone(start, queued, valkey):
    runs = [start() for _ in range(3)]
    valkey.flushall()
    handle_mailbox("order", again=True)
    assert states(runs) == [SENT] * 3
    assert alones(valkey, "order") == [first_of(run).pk for run in runs]
    assert not any(FactKind.MESSAGE_REDELIVERED in facts(run) for run in runs)
    handle_mailbox("order")
    assert states(runs) == [SENT] * 3


def test_orders_that_share_a_stock_are_handled_alone(queued, valkey):
    runs = start_together([RunSettings(pace="fast", stock="shared")] * 2, learner=None)
    valkey.flushall()
    handle_mailbox("order")
    assert alones(valkey, "order") == [first_of(run).pk for run in runs]


def test_an_empty_mailbox_is_no_work(queued):
    handle_mailbox("order")
    assert queued("inventory") == 0


def test_runs_that_are_handled_together_end_right(start, queued):
    runs = [start(fail=fail) for fail in ("", "charge-customer", "schedule-fulfilment") for _ in range(4)]
    for _ in range(20):
        for actor in ("order", "inventory", "payment", "fulfilment", "notification"):
            handle_mailbox(actor)
    ends = [Run.objects.get(pk=run.pk).status for run in runs]
    assert ends == [SagaStatus.COMPLETED] * 4 + [SagaStatus.COMPENSATED] * 8
