"""Runs in a real database end as they do in memory, and are read and deleted whole."""

from collections import Counter

import pytest

from sandbox.definitions.registry import FAULT
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, Effect, FactKind, SagaStatus
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.simulation.simulator import simulate
from sandbox.models import ActorMemory, DeliveryRow, FactRow, Run
from sandbox.runtime.load_runner import STARTED_AT_ONCE
from sandbox.runtime.storage import hot_path_sql
from sandbox.runtime.storage.runs import plan_of_run
from sandbox.selectors import recorded_run
from sandbox.services import start_runs
from tests.sandbox.conftest import deliver
from tests.sandbox.runtime.rows import facts, first_of, open_rows, with_an_impossible_undo

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize("refused", ["", "validate-order", "charge-customer", "schedule-fulfilment"])
def test_a_run_ends_right_in_the_database_as_in_memory(start, work, style, refused):
    run = work(start(style=style, fail=refused))
    assert run.status == (SagaStatus.COMPENSATED if refused else SagaStatus.COMPLETED)
    assert run.open_deliveries == 0
    assert not broken(recorded_run(run).findings)


def test_a_run_is_read_by_columns_in_the_order_of_its_fields():
    read = hot_path_sql.RUN_COLUMNS.split(", ")
    assert read == [field.attname for field in Run._meta.concrete_fields if field.attname in read]


def test_a_run_whose_saga_is_gone_is_closed_and_none_of_its_messages_is_sent_again(start, caplog):
    run = start()
    Run.objects.filter(pk=run.pk).update(saga="gone")
    deliver(first_of(run).pk)
    kept = Run.objects.get(pk=run.pk)
    assert (kept.status, kept.open_deliveries) == (SagaStatus.SANDBOX_FAILED, 0)
    assert first_of(run).state == DeliveryState.DEAD
    assert "whose saga does not exist any more" in caplog.text


def test_an_undo_that_cannot_be_done_ends_in_need_of_a_human(start, work):
    run = start(fail="charge-customer")
    run = with_an_impossible_undo(run, work, after="CardDeclined", actor="inventory", account="reserved")
    assert run.status == SagaStatus.COMPENSATION_FAILED


def test_laws_about_the_end_stay_open_while_a_human_is_needed(start, work):
    run = start(fail="schedule-fulfilment")
    run = with_an_impossible_undo(run, work, after="NoCourier", actor="payment", account="merchant")
    assert run.status == SagaStatus.COMPENSATION_FAILED
    still_open = {finding.invariant.name for finding in recorded_run(run).findings if finding.is_open}
    assert still_open == {"one-charge", "charged-iff-shipped", "comes-to-an-end", "reservations-settled"}


def test_deleting_a_run_leaves_its_messages_without_effect(start):
    run = start()
    delivery, ident = first_of(run).pk, run.pk
    run.delete()
    deliver(delivery)
    assert not FactRow.objects.filter(run=ident).exists()
    assert not Run.objects.exists()


def test_the_ledgers_in_the_database_are_those_of_the_journal(start, work):
    run = work(start(fail="schedule-fulfilment"))
    record = recorded_run(run).record
    assert record.balance("payment", "merchant") == 0
    assert len([e for e in record.entries if e.seq > 1]) == 2 * len(record.board.postings)


def test_a_timer_that_is_settled_rings_no_more(start, work):
    run = work(start(style="orchestration"))
    timers = DeliveryRow.objects.filter(run=run, kind="timer")
    assert timers.count() == 5
    assert set(timers.values_list("state", flat=True)) == {DeliveryState.HANDLED}
    assert FactKind.STEP_TIMED_OUT not in facts(run)


def test_a_run_with_a_message_given_up_has_not_completed_though_every_step_has(start, work):
    run = start()
    while not open_rows(run).filter(name="FulfilmentScheduled", receiver="order").exists():
        work(run, most=1)
    ActorMemory.objects.filter(run=run, actor="order").update(data={"not": "a memory"})
    assert work(run).status == SagaStatus.SANDBOX_FAILED


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize(
    "kind", [name for name, fault in FAULT.items() if fault.effect not in {Effect.CRASH, Effect.SHUT}]
)
def test_a_fault_does_in_the_database_what_it_does_in_memory(start, work, style, kind):
    chosen = {"style": style, "fail": "schedule-fulfilment", "fault": (f"reserve-inventory:{kind}",)}
    run = work(start(**chosen))
    told = simulate(plan_of_run(run), fail=run.run_settings.fail, faults=run.run_settings.fault)
    assert Counter(facts(run)) == Counter(fact.kind for fact in told.facts)
    assert run.status == told.board.status


def test_many_that_start_at_once_are_each_a_whole_run_as_one_alone(start, work):
    alone, many = work(start()), start_runs(RunSettings(pace="fast"), count=STARTED_AT_ONCE + 2, learner=None)
    assert len({run.pk for run in many}) == len(many)
    for run in (many[0], many[-1]):
        run.refresh_from_db()
        assert (run.last_seq, run.open_deliveries) == (FactRow.objects.filter(run=run).count(), len(open_rows(run)))
        assert work(run).status == SagaStatus.COMPLETED
        assert Counter(facts(run)) == Counter(facts(alone))
