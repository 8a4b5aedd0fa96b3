"""A run is simulated once on its way in, and drawing a page simulates none."""

from urllib.parse import urlencode

import pytest

from sandbox.engine.simulation.fault_reach import why_unreachable
from sandbox.engine.simulation.simulator import Simulator
from sandbox.models import Run

pytestmark = pytest.mark.django_db
CHOSEN = {"style": "orchestration", "fail": "schedule-fulfilment", "fault": "charge-customer:transient=2"}


@pytest.fixture
def simulations(monkeypatch):
    """Notes each simulation that begins."""
    begun, begin = [], Simulator.__init__

    def noted(simulator, run_state, *args, **kwargs):
        begun.append(run_state)
        begin(simulator, run_state, *args, **kwargs)

    monkeypatch.setattr(Simulator, "__init__", noted)
    why_unreachable.cache_clear()
    return begun


def test_a_run_with_a_fault_is_simulated_once_on_its_way_in(client, simulations):
    assert client.post("/sandbox/start/", CHOSEN).status_code == 302
    assert len(simulations) == 1


def test_two_runs_side_by_side_are_simulated_once_each(client, simulations):
    assert client.post("/sandbox/start/", {**CHOSEN, "style": "both"}).status_code == 302
    assert len(simulations) == 2


def test_a_run_without_faults_is_not_simulated(client, simulations):
    client.post("/sandbox/start/", {"fail": "charge-customer", "pace": "step"})
    assert Run.objects.count() == 1
    assert simulations == []


def test_a_page_is_drawn_without_a_simulation(client, simulations):
    run = client.post("/sandbox/start/", CHOSEN).url
    address = f"/sandbox/?{urlencode(CHOSEN)}"
    pair = client.post("/sandbox/start/", {**CHOSEN, "style": "both"}).url
    simulations.clear()
    pages = (
        run,
        f"{run}?at=2",
        pair,
        "/sandbox/runs/",
        "/sandbox/",
        address,
        "/sandbox/?fail=charge-customer&style=both",
        "/lessons/choreography-vs-orchestration/",
    )
    for page in pages:
        assert client.get(page).status_code == 200
        assert simulations == [], page
