"""Another learner gets nothing at any address of a private run, and can only look at a shared one."""

import uuid

import pytest
from django.urls import reverse

from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Run
from sandbox.urls import urlpatterns

pytestmark = pytest.mark.django_db
# Every address with a run in it, those that are added later as well, with something for the rest of the address.
ROUTES = {
    one.name: set(one.pattern.converters) - {"run_id"} for one in urlpatterns if "run_id" in one.pattern.converters
}
EVERY_ROUTE = pytest.mark.parametrize("route", ROUTES)
# A form that is valid at each of them for the run's own learner.
FORM = {"pace": "fast", "fault": "lost", "fact": "2", "name": "mine", "shared": "yes", "reflection": "Because."}


@pytest.fixture
def theirs(start):
    """Starts a run of another learner that waits to be stepped through."""
    return start(learner=str(uuid.uuid4()), pace="step")


@pytest.fixture
def shared(theirs):
    Run.objects.filter(pk=theirs.pk).update(shared=True)
    return theirs


def visited(client, route, run):
    """Returns the method that the address takes, and its response."""
    address = reverse(f"sandbox:{route}", kwargs={"run_id": run.pk, **dict.fromkeys(ROUTES[route], 1)})
    response = client.get(address)
    if response.status_code != 405:
        return "GET", response
    message = DeliveryRow.objects.filter(run=run).first()
    return "POST", client.post(address, {"message": message.message, "receiver": message.receiver, **FORM})


def rows(run):
    """Returns all rows of the run."""
    own = list(Run.objects.filter(pk=run.pk).values())
    return own + [list(one.objects.filter(run=run).values()) for one in (ActorMemory, DeliveryRow, EntryRow, FactRow)]


@EVERY_ROUTE
def test_a_private_run_is_a_404_for_a_stranger_and_stays_as_it_is(client, theirs, route):
    before = rows(theirs)
    _, response = visited(client, route, theirs)
    assert response.status_code == 404
    assert rows(theirs) == before
    assert Run.objects.count() == 1


@EVERY_ROUTE
def test_a_stranger_may_look_at_a_shared_run_and_change_nothing(client, shared, route):
    before = rows(shared)
    method, response = visited(client, route, shared)
    assert response.status_code == (200 if method == "GET" else 404)
    assert rows(shared) == before
    assert Run.objects.count() == 1


@EVERY_ROUTE
def test_a_learner_finds_every_address_of_their_own_run(client, start, route):
    run = start(learner=client.get("/sandbox/").wsgi_request.learner, pace="step")
    _, response = visited(client, route, run)
    assert response.status_code in {200, 302, 409}


@pytest.mark.parametrize("is_first", [True, False])
def test_a_private_run_is_not_shown_next_to_one_that_a_stranger_may_see(client, start, theirs, is_first):
    pair = (theirs.pk, start().pk) if is_first else (start().pk, theirs.pk)
    assert client.get(reverse("sandbox:comparison", args=pair)).status_code == 404
    Run.objects.filter(pk=theirs.pk).update(shared=True)
    assert client.get(reverse("sandbox:comparison", args=pair)).status_code == 200
