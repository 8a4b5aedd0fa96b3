"""Orders of a load belong to it: they are no runs of the learner's own, and go when it goes."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Load, Run
from sandbox.pages.history.history_query import HistoryQuery
from sandbox.pages.history.run_list import pages_of
from sandbox.runtime.load_runner import advance_load
from sandbox.services import LoadSettings, start_load
from sandbox.services.manage import DELETED_AT_ONCE

pytestmark = pytest.mark.django_db
RUNS = "/sandbox/runs/"
OF_A_RUN = (ActorMemory, DeliveryRow, EntryRow, FactRow)


@pytest.fixture
def learner(client):
    return client.get("/sandbox/").wsgi_request.learner


@pytest.fixture
def running(queued):
    """Starts a load of two orders and lets the clock place them; nobody works on them."""

    def running(learner):
        load = start_load(LoadSettings(count=2, style=("choreography",)), learner=str(learner))
        advance_load(time.time())
        advance_load(time.time())
        return load

    return running


@pytest.fixture
def over(running, work):
    """Runs such a load to its end."""

    def over(learner):
        load = running(learner)
        for run in load.runs.all():
            work(run)
        assert advance_load(time.time()) is None
        return load

    return over


def test_orders_of_a_load_are_no_rows_of_the_list(client, learner, over, start):
    over(learner)
    assert list(pages_of(HistoryQuery(), learner).page(1)) == []
    run = start(learner=learner)
    page = client.get(RUNS).content.decode()
    assert page.count('class="kept-run"') == 1
    assert f"run-{run.pk}" in page
    assert "Delete 1 run and 1 load" in page


@pytest.mark.parametrize("back", ["", "1"])
def test_one_order_of_a_load_cannot_be_deleted_alone(client, learner, over, back):
    run = over(learner).runs.first()
    response = client.post(f"{RUNS}{run.pk}/delete/", {"back": back})
    assert response.status_code == 409
    assert "one order of a load" in response.content.decode()
    assert Run.objects.count() == 2
    assert f"{RUNS}{run.pk}/delete/" not in client.get(f"{RUNS}{run.pk}/").content.decode()


def test_deleting_all_deletes_whole_loads_and_spares_those_of_others(client, learner, over, start):
    theirs = over(type(client)().get("/sandbox/").wsgi_request.learner)
    rows = {model: model.objects.count() for model in OF_A_RUN}
    over(learner)
    start(learner=learner)
    assert client.post(f"{RUNS}delete/").url == RUNS
    assert list(Load.objects.all()) == [theirs]
    assert set(Run.objects.all()) == set(theirs.runs.all())
    assert {model: model.objects.count() for model in OF_A_RUN} == rows


def test_a_learner_with_loads_only_can_delete_them_and_nobody_else_is_asked_to(client, learner, over):
    assert "Delete all" not in client.get(RUNS).content.decode()
    over(learner)
    assert "Delete 1 load<" in client.get(RUNS).content.decode()
    client.post(f"{RUNS}delete/")
    assert not Run.objects.exists()
    assert not Load.objects.exists()


def test_while_a_load_runs_nothing_is_deleted_and_no_order_begins_again(client, learner, running, start):
    load, run = running(learner), start(learner=learner)
    response = client.post(f"{RUNS}delete/")
    assert response.status_code == 409
    assert "A load of yours is running. Stop it, or wait for its end" in response.content.decode()
    advance_load(time.time())
    assert set(Run.objects.filter(load=None)) == {run}
    assert load.runs.count() == 2


def test_many_runs_are_deleted_in_few_transactions(client, learner, start):
    for _ in range(DELETED_AT_ONCE + 1):
        start(learner=learner, pace="step")
    with CaptureQueriesContext(connection) as captured:
        client.post(f"{RUNS}delete/")
    assert not Run.objects.exists()
    assert sum(query["sql"].startswith("SAVEPOINT") for query in captured) == 2


def test_the_running_load_of_another_learner_keeps_nobody_from_deleting(client, learner, running, start):
    load = running(type(client)().get("/sandbox/").wsgi_request.learner)
    start(learner=learner)
    assert client.post(f"{RUNS}delete/").status_code == 302
    assert set(Run.objects.all()) == set(load.runs.all())
