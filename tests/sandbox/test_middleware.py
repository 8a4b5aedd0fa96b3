"""A run that cannot be shown is answered with why, whatever was asked of it, and with the way to the learner's runs.

That is a 404 for one that was deleted or is private, and a 410 for one whose saga is not defined any more.
"""

import re
import uuid

import pytest

from sandbox.models import FactRow, Run

pytestmark = pytest.mark.django_db
RUNS, HTMX = "/sandbox/runs/", {"HX-Request": "true"}
TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def retired(start):
    """A run under way of a saga that there is not any more."""
    run = start(pace="follow")
    Run.objects.filter(pk=run.pk).update(saga="retired")
    return run


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "live page"])
@pytest.mark.parametrize(
    ("form", "sent"),
    [
        ("skip", {}),
        ("strike", {"message": "2", "receiver": "order", "fault": "duplicate"}),
    ],
)
def test_a_form_that_operates_such_a_run_is_a_410(client, retired, form, sent, headers):
    response = client.post(f"{RUNS}{retired.pk}/{form}/", sent, headers=headers)
    assert response.status_code == 410
    assert "defined otherwise since" in response.content.decode()
    assert (response["Content-Type"] == TEXT) == bool(headers)


@pytest.mark.parametrize(
    "address", ["/sandbox/figure/{}/{}/", "/sandbox/compare/{}/{}/"], ids=["in a figure", "on its page"]
)
def test_a_comparison_with_such_a_run_is_a_410(client, start, work, address):
    one, other = (work(start(style=style)) for style in ("choreography", "orchestration"))
    row = FactRow.objects.get(run=one, seq=4)
    row.details["posting"][1] = "retired account"
    row.save()
    assert client.get(address.format(one.pk, other.pk)).status_code == 410


def test_the_page_of_such_a_run_is_a_410(client, retired):
    response = client.get(f"{RUNS}{retired.pk}/")
    assert response.status_code == 410
    assert "This run is from another time" in response.content.decode()


YOUR_RUNS = f'href="{RUNS}">Your runs</a>'


@pytest.mark.parametrize("address", ["", "facts.json", "frames-1.json", "export/", "?at=3"])
def test_a_run_that_was_deleted_in_another_tab_is_a_404_that_leads_to_the_learners_runs(client, start, address):
    run = start(learner=client.get("/sandbox/").wsgi_request.learner)
    assert client.post(f"{RUNS}{run.pk}/delete/").url == RUNS
    response = client.get(f"{RUNS}{run.pk}/{address}")
    page = response.content.decode()
    assert response.status_code == 404
    assert "it does not exist any more, or it belongs to another learner" in page
    assert YOUR_RUNS in page


@pytest.mark.parametrize("verb", ["name", "share", "delete", "reflection", "pace", "release", "what-if", "repeat"])
def test_a_form_of_a_run_that_was_deleted_is_the_same_404_and_htmx_gets_the_sentence(client, verb):
    address = f"{RUNS}{uuid.uuid4()}/{verb}/"
    page, sentence = client.post(address, {}), client.post(address, {}, headers=HTMX)
    assert (page.status_code, sentence.status_code) == (404, 404)
    assert YOUR_RUNS in page.content.decode()
    assert sentence.content.decode().startswith("There is no run ")
    assert sentence["Content-Type"] == TEXT


def test_a_private_run_of_another_learner_looks_like_one_that_does_not_exist(client, start):
    private, nobodys = start(learner=str(uuid.uuid4())), uuid.uuid4()
    one, other = client.get(f"{RUNS}{private.pk}/"), client.get(f"{RUNS}{nobodys}/")
    assert one.status_code == other.status_code == 404
    told = [re.sub(r"[0-9a-f-]{36}", "", text_of(page)) for page in (one, other)]
    assert told[0] == told[1]


def text_of(page):
    return re.search(r"<main.*</main>", page.content.decode(), re.DOTALL).group()


def test_a_comparison_with_a_run_that_was_deleted_is_a_404_that_leads_to_the_learners_runs(client, start):
    page = client.get(f"/sandbox/compare/{start().pk}/{uuid.uuid4()}/")
    assert page.status_code == 404
    assert YOUR_RUNS in page.content.decode()


def test_another_page_that_does_not_exist_does_not_speak_of_runs(client):
    page = client.get("/sandbox/nowhere/")
    assert page.status_code == 404
    assert "Your runs" not in page.content.decode()
