"""Two orders that were started together take from one stock; no other order does."""

import pytest

from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import SagaStatus, Stock
from sandbox.models import Run
from sandbox.services import repeat_run, start_together

pytestmark = pytest.mark.django_db


def started(stock):
    return start_together([RunSettings(pace="fast", stock=stock)] * 2, learner=None)


def ends(*runs):
    return [Run.objects.get(pk=run.pk).status for run in runs]


@pytest.mark.parametrize("first", [0, 1])
def test_whichever_order_comes_first_gets_the_last_item(work, first):
    runs = started(Stock.SHARED)
    work(runs[first]), work(runs[1 - first])
    assert ends(runs[first], runs[1 - first]) == [SagaStatus.COMPLETED, SagaStatus.COMPENSATED]


def test_with_enough_for_each_both_get_theirs(work):
    runs = started(Stock.OWN)
    assert [work(run).status for run in runs] == [SagaStatus.COMPLETED] * 2


def test_an_order_that_is_repeated_later_finds_an_item_of_its_own(work):
    one, _ = map(work, started(Stock.SHARED))
    again = repeat_run(one, style="orchestration", learner=None)
    assert again.compared_with_id == one.pk
    assert work(again).status == SagaStatus.COMPLETED


def test_when_one_of_two_orders_is_deleted_the_other_finds_its_item(work):
    one, other = started(Stock.SHARED)
    work(one)
    one.delete()
    assert work(other).status == SagaStatus.COMPLETED
