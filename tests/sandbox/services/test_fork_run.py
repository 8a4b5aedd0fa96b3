"""A run that is forked from a fact goes on as the first one did."""

import pytest

from sandbox.definitions.terms import FactKind, Pace, SagaStatus
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.simulation.change import Change
from sandbox.models import FactRow, Run
from sandbox.selectors import facts_of, recorded_run
from sandbox.services import (
    InvalidValue,
    change_pace,
    fork_run,
)
from tests.sandbox.conftest import deliver
from tests.sandbox.runtime.rows import facts, first_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_a_run_begun_again_goes_on_from_any_fact_as_the_first_one_did(start, work, style):
    run = work(start(style=style, fail="schedule-fulfilment"))
    last_change = FactRow.objects.filter(run=run, at=run.ended_at).earliest("seq").seq
    for upto in range(1, last_change):
        again = fork_run(run, upto=upto, learner=None)
        assert (again.origin_id, again.forked_at) == (run.pk, upto)
        taken = again.last_seq
        assert facts(again) == facts(run)[:taken]
        again = work(again)
        assert again.status == run.status
        assert facts(again) == facts(run)
        assert not broken(recorded_run(again).findings)


def test_a_forked_run_counts_what_a_fault_has_spared(start, work):
    run = work(start(style="orchestration", fault=("orchestrator:transient@3",)))
    spared, _ = (fact.seq for fact in facts_of(run) if fact.kind is FactKind.FAULT_SPARED)
    again = work(fork_run(run, upto=spared, learner=None))
    assert facts(again) == facts(run)


def test_a_run_that_was_over_by_then_cannot_be_begun_again(start, work):
    run = work(start())
    for upto, why in ((run.last_seq, "was over"), (0, "does not exist"), (999, "does not exist")):
        with pytest.raises(InvalidValue, match=why):
            fork_run(run, upto=upto, learner=None)
    assert Run.objects.count() == 1


def test_a_run_begun_again_counts_its_attempts_and_goes_at_the_pace_that_it_had_then(start, work):
    run = start(pace="follow", fault=("validate-order:transient=3",))
    for _ in range(2):
        deliver(first_of(run).pk)
    upto = Run.objects.get(pk=run.pk).last_seq
    change_pace(run, pace=Pace.STEP)
    again = fork_run(Run.objects.get(pk=run.pk), upto=upto, learner=None)
    assert (again.pace, first_of(again).attempts) == (Pace.FOLLOW, 2)
    assert first_of(again).release_at is not None
    assert work(again).status == SagaStatus.COMPLETED
    attempts = FactRow.objects.filter(run=again, kind=FactKind.ATTEMPT_FAILED).order_by("seq")
    assert [row.details["attempt"] for row in attempts] == [1, 2, 3]


def charge_refused(run):
    """Returns the newest fact before the transition in which the card was declined."""
    refused = next(fact for fact in facts_of(run) if fact.kind is FactKind.STEP_REJECTED)
    return max(fact.seq for fact in facts_of(run) if fact.at < refused.at)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_with_one_change_it_shares_the_past_and_ends_differently_by_the_same_laws(start, work, style):
    run = work(start(style=style, fail="charge-customer"))
    upto = charge_refused(run)
    again = fork_run(run, upto=upto, learner=None, change=Change.read("fail="))
    assert (again.origin_id, again.forked_at, again.run_settings.fail) == (run.pk, upto, "")
    assert facts(again)[:-1] == facts(run)[: again.last_seq - 1]
    again = work(again)
    assert (run.status, again.status) == (SagaStatus.COMPENSATED, SagaStatus.COMPLETED)
    recorded = recorded_run(again)
    assert not broken(recorded.findings)
    assert recorded.record.balance("payment", "merchant") == 2500
    assert not recorded_run(Run.objects.get(pk=run.pk)).record.balance("payment", "merchant")


def test_a_reply_on_its_way_is_lost_in_the_new_run_alone(start, work):
    run = work(start(style="orchestration"))
    sent = next(fact.seq for fact in facts_of(run) if fact.name == "CustomerCharged")
    again = fork_run(run, upto=sent, learner=None, change=Change.read(f"strike={sent}-orchestrator:lost"))
    again = work(again)
    lost = [fact.name for fact in facts_of(again) if fact.kind is FactKind.MESSAGE_LOST]
    assert (lost, again.status) == (["CustomerCharged"], SagaStatus.COMPENSATED)
    assert not [fact for fact in facts_of(run) if fact.kind is FactKind.MESSAGE_LOST]
    assert not broken(recorded_run(again).findings)


def test_a_fault_that_is_added_strikes_on_the_workers_and_the_row_has_it(start, work):
    run = work(start())
    again = fork_run(run, upto=4, learner=None, change=Change.read("fault=charge-customer:transient"))
    assert [str(fault) for fault in again.run_settings.fault] == ["charge-customer:transient"]
    again = work(again)
    assert [f.reason for f in facts_of(again) if f.kind is FactKind.FAULT_INJECTED] == ["charge-customer:transient"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("fail=", "Payment refused charge-customer at fact"),
        ("quantity=3", "Order completed validate-order with 1 item at fact 4"),
        ("style=orchestration", "have begun to follow the rules of this choreography"),
        ("without=gravity", "“without=gravity” is no change that is offered from fact"),
        ("fault=moon:lost", "is no change that is offered from fact"),
    ],
)
def test_a_change_that_is_not_possible_starts_nothing_and_says_why(start, work, change, why):
    run = work(start(fail="charge-customer"))
    refused = next(fact.seq for fact in facts_of(run) if fact.kind is FactKind.STEP_REJECTED)
    with pytest.raises(InvalidValue, match=why):
        fork_run(run, upto=refused, learner=None, change=Change.read(change))
    assert Run.objects.count() == 1


def test_a_history_that_todays_rules_would_not_have_made_starts_nothing(start, work):
    run = work(start(style="orchestration"))
    sent = FactRow.objects.get(run=run, seq=next(f.seq for f in facts_of(run) if f.name == "ReserveInventory"))
    sent.details["name"] = "ReserveEverything"
    sent.save()
    with pytest.raises(InvalidValue, match="and would now send"):
        fork_run(run, upto=sent.seq + 1, learner=None, change=Change.read("without=inbox"))
    assert Run.objects.count() == 1
