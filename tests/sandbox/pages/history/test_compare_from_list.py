"""Any two runs of a saga can be compared: two that are ticked in the list, or one that is chosen for another."""

import re
import uuid

import pytest
from django.urls import reverse

from sandbox.models import Run

pytestmark = pytest.mark.django_db
RUNS, COMPARE = "/sandbox/runs/", "/sandbox/runs/compare/"


def ticked(client, *runs, **filters):
    return client.get(COMPARE, {"run": [getattr(run, "pk", run) for run in runs], **filters})


def comparison(one, other):
    return reverse("sandbox:comparison", args=[one.pk, other.pk])


def test_two_ticked_runs_are_compared_the_earlier_one_first(client, mine):
    one, _, other = mine(), mine(), mine(fail="charge-customer")
    assert ticked(client, other, one).url == comparison(one, other)


def test_a_run_of_the_command_line_can_be_compared_with_ones_own(client, mine, start):
    one, other = mine(), start(style="orchestration")
    assert ticked(client, one, other).url == comparison(one, other)


@pytest.mark.parametrize(
    ("count", "problem"),
    [
        (0, "No run is ticked. Tick two, then compare them."),
        (1, "Only one run is ticked. Tick one more to compare it with."),
        (3, "3 runs are ticked. Two can be compared at a time."),
    ],
)
def test_any_other_number_of_runs_is_a_400_on_the_same_list_with_the_same_ticks(client, mine, count, problem):
    runs = [mine(pace="step") for _ in range(3)]
    response = ticked(client, *runs[:count], outcome="under-way")
    page = response.content.decode()
    assert response.status_code == 400
    assert problem in page
    assert page.count(" checked>") == count
    assert '<option value="under-way" selected>' in page


def test_runs_of_two_sagas_cannot_be_compared_and_the_list_says_why(client, mine):
    response = ticked(client, mine(), mine(saga="order-fraud"))
    assert response.status_code == 400
    assert "Two runs of the same saga can be compared." in response.content.decode()


def test_a_run_cannot_be_compared_with_itself(client, mine):
    run = mine()
    response = ticked(client, run, run)
    assert response.status_code == 400
    assert "the address has to name two runs" in response.content.decode()


@pytest.mark.parametrize("given", ["x", "", "9" * 90])
def test_what_is_no_run_is_named(client, mine, given):
    response = ticked(client, mine(), given)
    assert response.status_code == 400
    assert f"“{given[:40]}” is no run." in response.content.decode()


def test_a_run_that_was_deleted_meanwhile_or_is_anothers_is_not_compared(client, mine, start):
    own, others = mine(), start(learner=str(uuid.uuid4()))
    gone = mine()
    Run.objects.filter(pk=gone.pk).delete()
    for run in (others, gone):
        response = ticked(client, own, run)
        assert response.status_code == 400
        assert f"There is no run {run.pk} among yours" in response.content.decode()


def test_one_run_alone_offers_nothing_to_compare(client, mine):
    mine()
    assert "Compare these two" not in client.get(RUNS).content.decode()
    mine()
    assert "Compare these two" in client.get(RUNS).content.decode()


def choosing(client, run, **asked):
    return client.get(RUNS, {"with": str(run.pk), **asked})


def offered(page):
    return re.findall(r'class="choose"><a class="button" href="([^"]+)"', page.content.decode())


def test_a_run_to_compare_with_is_chosen_among_those_of_the_same_saga(client, mine):
    run, same, _ = mine(), mine(fail="charge-customer"), mine(saga="order-fraud")
    Run.objects.filter(pk=run.pk).update(name="the late one")
    page = choosing(client, run)
    assert page.status_code == 200
    assert offered(page) == [comparison(run, same)]
    text = page.content.decode()
    assert "<h1>Choose a run to compare with</h1>" in text
    assert f'<a href="{RUNS}{run.pk}/">the late one</a>' in text
    assert 'type="checkbox"' not in text
    assert 'name="saga"' not in text


def test_the_run_to_compare_with_is_kept_while_the_list_is_filtered_and_cleared(client, mine):
    run, _ = mine(), mine()
    page = choosing(client, run, outcome="stuck").content.decode()
    assert f'<input type="hidden" name="with" value="{run.pk}">' in page
    assert f'href="{RUNS}?with={run.pk}">' in page


def test_a_saga_asked_for_besides_the_run_to_compare_with_makes_no_difference(client, mine):
    run, same = mine(), mine()
    assert offered(choosing(client, run, saga="order-fraud")) == [comparison(run, same)]


def test_where_there_is_no_other_run_of_the_saga_the_page_leads_to_where_one_is_started(client, mine):
    run = mine(saga="order-fraud")
    page = choosing(client, run).content.decode()
    assert "There is no other run of this saga yet." in page
    assert 'href="/sandbox/?saga=order-fraud"' in page


def test_a_shared_run_of_another_learner_can_be_compared_with_ones_own(client, mine, start):
    own, theirs = mine(), start(learner=str(uuid.uuid4()))
    Run.objects.filter(pk=theirs.pk).update(shared=True)
    assert offered(choosing(client, theirs)) == [comparison(theirs, own)]


def test_another_learners_run_cannot_be_compared_with(client, mine, start):
    theirs = start(learner=str(uuid.uuid4()))
    assert choosing(client, theirs).status_code == 404
    Run.objects.filter(pk=theirs.pk).delete()
    assert choosing(client, theirs).status_code == 404


def test_what_is_no_run_to_compare_with_is_ignored_and_a_400_says_so(client, mine):
    run = mine()
    response = client.get(RUNS, {"with": "x"})
    assert response.status_code == 400
    assert "“x” is no run to compare with." in response.content.decode()
    assert str(run.pk) in response.content.decode()
