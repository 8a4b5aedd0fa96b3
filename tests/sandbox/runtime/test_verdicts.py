"""Once a run has ended, the clock stores the verdict on it for the lists of runs; loads take no time for that."""

import uuid
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from sandbox.definitions.terms import SagaStatus
from sandbox.engine.analysis import verdict as verdicts
from sandbox.engine.analysis.verdict import Verdict
from sandbox.models import DeliveryRow, FactRow, Load, Run
from sandbox.runtime import clock
from sandbox.runtime.storage import records
from sandbox.selectors import recorded_run, verdict_on
from sandbox.services import retry_message
from tests.sandbox.conftest import deliver

pytestmark = pytest.mark.django_db
TWICE = {"fault": ("charge-customer:duplicate",), "without": ("inbox",)}
BROKEN = {"broken": ["one-charge", "effects-once"], "undone": []}
KEPT = {"broken": [], "undone": []}
NOTHING_KNOWN = {"broken": [], "undone": None}


def stored(run):
    return Run.objects.get(pk=run.pk).verdict


@pytest.fixture
def needs_a_human(start, work):
    """A run whose refund was given up."""
    return work(start(fail="schedule-fulfilment", fault=("charge-customer:compensation-fails",)))


def test_an_ended_run_has_its_verdict_stored_and_one_under_way_has_none(start, work):
    twice, under_way = work(start(**TWICE)), start()
    assert clock.judge_ended() == 1
    assert stored(twice) == BROKEN
    assert stored(under_way) is None
    assert clock.judge_ended() == 0


def test_the_verdict_names_the_steps_that_were_undone_in_their_order(start, work):
    run = work(start(fail="charge-customer"))
    clock.judge_ended()
    assert stored(run) == {"broken": [], "undone": ["reserve-inventory", "validate-order"]}


def test_no_order_of_a_load_is_judged_by_whoever_handles_its_messages_or_by_the_clock(start, work, monkeypatch):
    load = Load.objects.create(
        learner=uuid.uuid4(), saga="order", styles=["choreography"], count=1, machine="", asked_at=0, is_running=False
    )
    run = start()
    Run.objects.filter(pk=run.pk).update(load=load)
    monkeypatch.setattr(verdicts, "judge", None)
    assert work(run).status == SagaStatus.COMPLETED
    assert clock.judge_ended() == 0
    assert stored(run) is None


def test_no_worker_judges_a_run(start, work, monkeypatch):
    monkeypatch.setattr(verdicts, "judge", None)
    assert stored(work(start(**TWICE))) is None


def test_the_newest_runs_are_judged_first_and_few_at_a_time(start, work):
    runs = [work(start()) for _ in range(clock.JUDGED_AT_ONCE + 1)]
    assert clock.judge_ended() == clock.JUDGED_AT_ONCE
    assert [stored(run) for run in runs] == [None, *[KEPT] * clock.JUDGED_AT_ONCE]
    assert clock.judge_ended() == 1


@pytest.mark.parametrize(("took", "rests"), [(0.001, 1.0), (0.2, 4.0)])
def test_the_clock_judges_once_a_second_and_takes_at_most_a_twentieth_of_the_time(monkeypatch, took, rests):
    readings = iter([100.0, 100.0 + took])
    monkeypatch.setattr(clock, "time", SimpleNamespace(time=lambda: next(readings)))
    ticking = clock.Clock(broker=None)
    ticking._judge(100.0)
    assert ticking.next_judging == pytest.approx(100.0 + rests)


def test_nothing_is_judged_while_a_load_runs(start, work, monkeypatch):
    run, ticking = work(start()), clock.Clock(broker=None)
    for part in ("tick", "beat", "_checkpoint_wal", "sweep"):
        monkeypatch.setattr(clock, part, lambda *_, **__: None)
    for waits, expected in ((0.05, None), (None, KEPT)):
        monkeypatch.setattr(clock, "advance_load", lambda now, waits=waits: waits)
        ticking.run_once(100.0)
        assert stored(run) == expected


def test_a_run_that_goes_on_has_no_verdict_until_it_ends_again(needs_a_human, work):
    clock.judge_ended()
    assert verdict_on(Run.objects.get(pk=needs_a_human.pk)) == Verdict((), ())
    dead = DeliveryRow.objects.get(run=needs_a_human, state="dead")
    retry_message(needs_a_human, message=dead.message, receiver=dead.receiver)
    again = Run.objects.get(pk=needs_a_human.pk)
    assert (again.verdict, verdict_on(again)) == (None, None)
    assert clock.judge_ended() == 0
    assert work(again).status == SagaStatus.COMPENSATED
    clock.judge_ended()
    assert stored(again)["undone"] == ["charge-customer", "reserve-inventory", "validate-order"]


def test_a_verdict_on_what_a_run_was_is_not_stored_when_it_has_gone_on_meanwhile(needs_a_human, monkeypatch):
    def goes_on(run):
        dead = DeliveryRow.objects.get(run=run, state="dead")
        retry_message(run, message=dead.message, receiver=dead.receiver)
        return Verdict(("one-charge",))

    monkeypatch.setattr(clock, "read_verdict", goes_on)
    clock.judge_ended()
    assert stored(needs_a_human) is None


def test_a_list_reads_the_verdict_that_is_not_stored_yet_and_stores_nothing(start, work):
    run = work(start(**TWICE))
    assert verdict_on(run).broken == tuple(BROKEN["broken"])
    assert stored(run) is None
    assert verdict_on(start()) is None


def test_the_stored_verdict_is_that_of_the_runs_page(start, work):
    run = work(start(**TWICE))
    clock.judge_ended()
    findings = recorded_run(run).findings
    assert stored(run)["broken"] == [one.invariant.name for one in findings if not one.is_kept]


@pytest.mark.parametrize("change", ["saga", "account"])
def test_a_run_of_a_saga_that_was_redefined_gets_an_empty_verdict_and_is_not_judged_again(start, work, change):
    run = work(start(**TWICE))
    if change == "saga":
        Run.objects.filter(pk=run.pk).update(saga="retired")
    else:
        row = FactRow.objects.get(run=run, seq=4)
        row.details["posting"][1] = "retired account"
        row.save()
    assert [clock.judge_ended(), clock.judge_ended()] == [1, 0]
    assert stored(run) == NOTHING_KNOWN


def test_a_run_that_a_bug_of_ours_has_ended_is_accused_of_nothing(start, work, monkeypatch):
    run = start(**TWICE)
    monkeypatch.setattr("sandbox.runtime.worker.receive", None)
    deliver(DeliveryRow.objects.get(run=run).pk)
    assert Run.objects.get(pk=run.pk).status == SagaStatus.SANDBOX_FAILED
    clock.judge_ended()
    assert stored(run) == NOTHING_KNOWN


def test_a_bug_in_an_invariant_is_logged_and_keeps_no_other_run_from_its_verdict(start, work, monkeypatch, caplog):
    good, bad = work(start(**TWICE)), work(start())

    def judge(record):
        return [][1] if not record.settings.without else verdict_of(record)

    verdict_of = records.verdict_of
    monkeypatch.setattr(records, "verdict_of", judge)
    clock.judge_ended()
    assert (stored(good), stored(bad)) == (BROKEN, NOTHING_KNOWN)
    assert f"run {bad.pk} could not be judged" in caplog.text


def test_while_the_database_does_not_answer_no_verdict_is_made_up(start, work, monkeypatch):
    def out_of_reach(run):
        raise OperationalError("database is locked")

    run = work(start(**TWICE))
    monkeypatch.setattr(records, "read_record", out_of_reach)
    with pytest.raises(OperationalError):
        clock.judge_ended()
    assert stored(run) is None
