"""A run that is forked from a fact goes on as the first one did."""

import pytest

from sandbox.definitions.terms import FactKind, Pace, SagaStatus
from sandbox.engine.analysis.invariants import broken
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
