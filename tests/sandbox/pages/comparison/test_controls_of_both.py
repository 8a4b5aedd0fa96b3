"""The buttons of a comparison act on both runs, where that is possible, and on nobody else's."""

import uuid

import pytest
from django.urls import reverse

from sandbox.definitions.terms import Pace
from sandbox.models import DeliveryRow, Run

pytestmark = pytest.mark.django_db
ACTIONS = pytest.mark.parametrize("action", ["skip-both", "pace-both"])


@pytest.fixture
def pair(client):
    client.post("/sandbox/start/", {"style": "both", "pace": "follow"})
    return list(Run.objects.order_by("compared_with_id"))


def address(action, one, other):
    return reverse(f"sandbox:{action}", args=[one.pk, other.pk])


def paces():
    return list(Run.objects.values_list("pace", flat=True))


def test_both_runs_go_on_at_the_pace_that_was_chosen(client, pair):
    assert client.post(address("pace-both", *pair), {"pace": "step"}).status_code == 302
    assert paces() == [Pace.STEP] * 2
    assert client.post(address("pace-both", *pair), {"pace": "fast"}, headers={"HX-Request": "true"}).status_code == 204
    assert paces() == [Pace.FAST] * 2


def test_a_pace_that_does_not_exist_is_refused_on_the_page_and_changes_neither(client, pair):
    response = client.post(address("pace-both", *pair), {"pace": "warp"})
    assert response.status_code == 400
    page = response.content.decode()
    assert "“warp” is no pace; use one of follow, fast, step." in page
    assert "side by side" in page
    assert paces() == [Pace.FOLLOW] * 2


def test_what_can_be_done_to_one_only_is_done_to_that_one(client, pair, work):
    ended = work(pair[0])
    DeliveryRow.objects.filter(run=pair[1]).update(release_at=4_000_000_000.0)
    assert ended.ended_at
    assert client.post(address("skip-both", *pair)).status_code == 302
    assert not DeliveryRow.objects.filter(run=pair[1], release_at=4_000_000_000.0).exists()


def test_what_can_be_done_to_neither_is_a_409_that_says_why(client, pair, work):
    for run in pair:
        work(run)
    response = client.post(address("skip-both", *pair), headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.content.decode() == "Nothing waits for its time in this run."


@ACTIONS
@pytest.mark.parametrize("shared", [False, True])
def test_a_stranger_changes_neither_run_even_if_one_is_their_own(client, pair, action, shared):
    theirs = pair[0]
    Run.objects.filter(pk=theirs.pk).update(learner=uuid.uuid4(), shared=shared)
    before = list(DeliveryRow.objects.values()), paces()
    assert client.post(address(action, *pair), {"pace": "fast"}).status_code == 404
    assert (list(DeliveryRow.objects.values()), paces()) == before


@ACTIONS
def test_a_run_beside_itself_is_no_pair(client, pair, action):
    response = client.post(address(action, pair[0], pair[0]), {"pace": "fast"})
    assert response.status_code == 400
    assert paces() == [Pace.FOLLOW] * 2
