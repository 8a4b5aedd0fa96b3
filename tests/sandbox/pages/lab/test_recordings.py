"""Who asks to be shown a lab gets a recording of real runs, which nobody operates and which does not count."""

import pytest

from sandbox import services
from sandbox.labs.experiments import labs
from sandbox.management.commands.checklabs import problems_of
from sandbox.models import LabAttempt, Run
from sandbox.selectors import recorded_run
from tests.sandbox.pages.lab.lab_forms import LOAD, ONE, TWO, address

pytestmark = pytest.mark.django_db
RECORDED = [name for name, lab in labs().items() if not lab.is_load]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_of_a_run_that_shows_what_the_lab_claims(name):
    lab = labs()[name]
    records = [recorded_run(run).record for run in services.recorded_runs_of(lab)]
    assert list(problems_of(lab, records)) == []


@pytest.mark.parametrize("name", [ONE, TWO])
def test_who_asks_to_be_shown_gets_the_recorded_runs_played_and_it_does_not_count(client, learner, name):
    for _ in range(2):
        response = client.post(address(name, "begin/"), {"show": "yes"})
        assert response.url.endswith("?at=1&play=1")
        assert "Go to the lab" in client.get(response.url).content.decode()
    assert Run.objects.count() == len(labs()[name].runs)
    assert not LabAttempt.objects.exists()
    assert "0 of" in client.get("/sandbox/labs/").content.decode()


def test_nobody_can_operate_a_recording(client, learner):
    response = client.post(address(ONE, "begin/"), {"show": "yes"})
    page = client.get(response.url.partition("?")[0]).content.decode()
    assert "I have fixed it" not in page
    assert "Run it yourself" in page


def test_a_load_has_no_recording_and_what_is_shown_does_not_count(client, learner):
    client.post(address(LOAD, "begin/"), {"show": "yes"})
    assert LabAttempt.objects.get().shown
    assert "0 of" in client.get("/sandbox/labs/").content.decode()
