"""An impatient second click starts nothing, and a second run that is meant is started."""

import pytest
from django.test import Client

from sandbox.models import Load, Run
from sandbox.services.start import SENT_TWICE

pytestmark = pytest.mark.django_db
START = "/sandbox/start/"
START_LOAD = "/sandbox/load/start/"
SETUP, RUNS, LOADS = "/sandbox/", "/sandbox/runs/", "/sandbox/load/"
STEP = {"pace": "step", "style": "choreography"}


def form(client, where=SETUP, **chosen):
    """Returns what the form of a page sends, with these choices: each page that is opened has another token."""
    token = str(client.get(where).context["csrf_token"])
    return {"csrfmiddlewaretoken": token, **chosen}


@pytest.fixture
def long_ago(monkeypatch):
    """Makes all runs older than the time within which a second click is taken for the first."""
    return lambda: [
        Run.objects.filter(pk=run.pk).update(started_at=run.started_at - SENT_TWICE - 1) for run in Run.objects.all()
    ]


@pytest.mark.parametrize(("style", "count"), [("choreography", 1), ("both", 2)])
def test_the_same_form_sent_twice_starts_once_and_leads_to_the_same_page(client, style, count):
    sent = form(client, **{**STEP, "style": style})
    first, second = client.post(START, sent), client.post(START, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Run.objects.count() == count


def test_another_page_another_choice_or_another_learner_starts_another_run(client):
    sent = form(client, **STEP)
    client.post(START, sent)
    client.post(START, form(client, **STEP))
    client.post(START, {**sent, "quantity": "2"})
    Client().post(START, sent)
    assert Run.objects.count() == 4


def test_the_same_form_sent_again_later_is_meant(client, long_ago):
    sent = form(client, **STEP)
    first = client.post(START, sent).url
    long_ago()
    second = client.post(START, sent).url
    assert first != second
    assert client.post(START, sent).url == second
    assert Run.objects.count() == 2


def test_a_run_that_was_deleted_meanwhile_is_started_again(client):
    sent = form(client, **STEP)
    first = client.post(START, sent).url
    client.post(f"{first}delete/")
    assert client.post(START, sent).url != first
    assert Run.objects.count() == 1


def test_a_run_is_begun_again_once_by_one_form(client):
    run = client.post(START, form(client, **STEP)).url
    sent = form(client, f"{run}what-if/", fact="2", change="fail=charge-customer")
    assert client.post(f"{run}what-if/", sent).url == client.post(f"{run}what-if/", sent).url
    assert Run.objects.count() == 2


def test_a_load_that_was_clicked_twice_leads_to_the_one_that_runs(client):
    sent = form(client, LOADS, style="choreography", count="3")
    first, second = client.post(START_LOAD, sent), client.post(START_LOAD, sent)
    assert first.url == second.url
    assert client.post(START_LOAD, {**sent, "count": "4"}).status_code == 409
    assert Client().post(START_LOAD, sent).status_code == 409
    assert Load.objects.count() == 1
    Load.objects.all().delete()


def test_what_was_started_without_a_form_is_never_the_same(client, start):
    start()
    start()
    client.post(START, STEP)
    client.post(START, STEP)
    assert Run.objects.count() == 4
