"""What a second process changes: no percentage before three loads of each kind, and a button runs the missing ones."""

import re
import time

import pytest

from sandbox.models import Load, Run
from sandbox.pages.load.results import results_of
from sandbox.pages.load.second_process import comparison_with
from sandbox.runtime import load_runner
from sandbox.runtime.load_runner import advance_load
from sandbox.services import InvalidValue, LoadSettings, repeat_load, start_load, stop_load

pytestmark = pytest.mark.django_db
LOADS = "/sandbox/load/"
PERCENTAGE = re.compile(r"\d+% (more|fewer|less)")


@pytest.fixture(autouse=True)
def _empty_queues(queued, monkeypatch):
    """Empties the broker's queues; each worker has as many processes as it is asked to have."""
    monkeypatch.setattr(load_runner, "resize", lambda actor, processes: processes)


@pytest.fixture
def learner(client):
    return str(client.get("/sandbox/").wsgi_request.learner)


@pytest.fixture
def ended(learner, work):
    """Runs a load of one order in each style to its end; `seconds` are what that took in each style."""

    def ended(helped="", *seconds, learner=learner, **chosen):
        load = start_load(LoadSettings(**{"count": 1, **chosen}, helped=helped), learner=learner)
        to_its_end(load, work)
        for style, took in zip(load.styles, seconds, strict=False):
            Run.objects.filter(load=load, style=style).update(started_at=0.0, ended_at=took)
        return load

    return ended


def to_its_end(load, work):
    while Load.objects.filter(pk=load.pk, is_running=True).exists():
        advance_load(time.time())
        for run in Run.objects.filter(load=load, ended_at=None):
            work(run)


def page_of(client, load):
    return client.get(f"{LOADS}{load.pk}/").content.decode()


def test_one_load_against_one_is_no_percentage_and_says_what_is_missing(client, ended):
    ended("", 1.0, 2.0)
    page = page_of(client, ended("orchestrator", 1.3, 2.6))
    assert not PERCENTAGE.search(page)
    assert "So far 1 load without the second process and 1 load with it." in page
    assert "4 more are needed" in page
    assert "missing loads" in page


def test_a_change_that_the_untouched_style_shows_too_is_noise(client, ended):
    for seconds in (1.0, 1.01, 1.02):
        ended("", seconds, 2 * seconds)
        load = ended("orchestrator", 1.4 * seconds, 2.6 * seconds)
    page = page_of(client, load)
    assert "Choreography, which has no orchestrator, changed by as much" in page
    assert "this is noise" in page
    assert "control: it has no orchestrator" in page
    assert "missing loads" not in page


def test_a_change_of_the_touched_style_alone_is_stated_with_medians_and_ranges(client, ended):
    for seconds in (1.0, 1.01, 1.02):
        ended("", seconds, 2 * seconds)
        load = ended("orchestrator", seconds, seconds)
    page = page_of(client, load)
    assert "Orchestration: 100% more orders per second with the second process, median against median." in page
    assert "changed by less (no change)" in page
    assert "noise" not in page.split('class="soft small">A change')[0]
    assert "0.5 (0.5 to 0.5)" in page


def test_where_every_style_is_touched_there_is_no_control(client, ended):
    for seconds in (1.0, 1.01, 1.02):
        ended("", 2 * seconds, seconds)
        load = ended("payment", seconds, seconds)
    page = page_of(client, load)
    assert "Choreography: 100% more orders per second" in page
    assert "which has no" not in page
    assert "control: it has no" not in page


def test_loads_that_differ_in_anything_else_and_those_of_others_are_no_samples(ended, learner):
    load = ended()
    ended(count=2)
    ended(rate=5)
    ended(slow="payment", work_ms=1)
    ended(saga="order-parallel")
    Load.objects.filter(pk=ended().pk).update(machine="another one")
    Load.objects.filter(pk=ended().pk).update(stopped=True)
    ended(learner="01a22c13-4769-73fd-9fae-c800fca15d8a")
    assert comparison_with(load, "payment").counts == {"": 1, "payment": 0}
    assert {one.load for one in results_of(learner, like=load)} == {load}


def test_with_a_rate_the_time_of_an_order_is_compared(client, ended):
    for seconds in (1.0, 1.01, 1.02):
        ended("", 2 * seconds, 2 * seconds, rate=5)
        load = ended("payment", seconds, seconds, rate=5)
    page = page_of(client, load)
    assert "Choreography: 50% less time for an order" in page
    assert "Median time of an order" in page


def test_one_button_runs_the_missing_loads_one_after_the_other_by_turns(client, ended, work):
    first = ended("", 1.0, 1.0)
    answer = client.post(f"{LOADS}{first.pk}/missing/", {"helped": "payment"})
    assert answer.url == f"{LOADS}{first.pk}/#second-process"
    running = Load.objects.get(is_running=True)
    assert (running.helped, running.then) == ("payment", ["", "payment", "", "payment"])
    page = page_of(client, first)
    assert "Another load of this kind is running, with a second" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "/missing/" not in page
    while following := Load.objects.filter(is_running=True).first():
        to_its_end(following, work)
    assert [load.helped for load in Load.objects.order_by("asked_at")] == ["", "payment"] * 3
    assert len({load.conditions for load in Load.objects.all()}) == 1
    assert comparison_with(first, "payment").missing == []
    page = page_of(client, first)
    assert "hx-trigger" not in page
    assert "Choreography:" in page


def test_the_part_that_compares_can_be_asked_for_alone(client, ended):
    load = ended("payment")
    part = client.get(
        f"{LOADS}{load.pk}/", headers={"HX-Request": "true", "HX-Target": "second-process"}
    ).content.decode()
    assert part.startswith('<section id="second-process"')
    assert 'id="figures"' not in part
    assert "loads have ended." in part
    assert "loads have ended." not in page_of(client, load)


def test_a_single_missing_load_leads_to_its_own_page(client, ended):
    for _ in range(3):
        ended()
        load = ended("payment")
    Load.objects.filter(pk=load.pk).delete()
    assert "missing load</button>" in page_of(client, Load.objects.first())
    answer = client.post(f"{LOADS}{Load.objects.first().pk}/missing/", {"helped": "payment"})
    running = Load.objects.get(is_running=True)
    assert (answer.url, running.helped, running.then) == (f"{LOADS}{running.pk}/", "payment", [])


def test_where_nothing_is_missing_nothing_starts(client, ended):
    for _ in range(3):
        ended()
        load = ended("payment")
    assert client.post(f"{LOADS}{load.pk}/missing/", {"helped": "payment"}).url == f"{LOADS}{load.pk}/"
    assert not Load.objects.filter(is_running=True).exists()


@pytest.mark.parametrize("then", ["stop", "problem"])
def test_after_a_load_that_was_stopped_or_failed_none_follows(ended, then):
    load = repeat_load(ended(), helped="payment", then=["", "payment"])
    advance_load(time.time())
    advance_load(time.time())
    if then == "stop":
        stop_load(load)
        Run.objects.filter(load=load).update(status="COMPLETED", ended_at=1.0)
        advance_load(time.time())
    else:
        advance_load(time.time() + 1000)
    assert not Load.objects.filter(is_running=True).exists()
    assert Load.objects.count() == 2


def test_the_same_load_again_has_all_its_settings_but_the_second_process(client, ended):
    load = ended(rate=50, slow="inventory", work_ms=1)
    answer = client.post(f"{LOADS}{load.pk}/again/", {"helped": "inventory"})
    again = Load.objects.get(is_running=True)
    assert answer.url == f"{LOADS}{again.pk}/"
    assert (again.conditions, again.styles, again.helped) == (load.conditions, load.styles, "inventory")


@pytest.mark.parametrize("address", ["again", "missing"])
def test_a_second_process_for_who_takes_no_part_starts_nothing_and_says_what_is_allowed(client, ended, address):
    load = ended()
    response = client.post(f"{LOADS}{load.pk}/{address}/", {"helped": "fraud"})
    assert response.status_code == 400
    assert "use one of orchestrator, order, inventory" in response.content.decode()
    assert Load.objects.count() == 1
    with pytest.raises(InvalidValue):
        repeat_load(load, helped="", then=["payment", "fraud"])
    assert Load.objects.count() == 1


@pytest.mark.parametrize("address", ["again", "missing"])
def test_while_a_load_of_another_learner_runs_none_can_be_started(client, ended, address):
    load = ended()
    start_load(LoadSettings(count=1), learner="01a22c13-4769-73fd-9fae-c800fca15d8a")
    response = client.post(f"{LOADS}{load.pk}/{address}/", {"helped": "payment"})
    assert response.status_code == 409
    assert "A load is running already" in response.content.decode()
    assert client.get(f"{LOADS}{load.pk}/{address}/").status_code == 405


@pytest.mark.parametrize("address", ["again", "missing"])
def test_others_loads_cannot_be_repeated(client, ended, address):
    load = ended(learner="01a22c13-4769-73fd-9fae-c800fca15d8a")
    assert client.post(f"{LOADS}{load.pk}/{address}/", {"helped": ""}).status_code == 404
    assert Load.objects.count() == 1
