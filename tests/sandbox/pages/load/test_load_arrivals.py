"""Orders that arrive at a rate are placed by the time that has passed, and the page says so when they came late."""

import time
import uuid

import pytest

from sandbox.models import Load, Run
from sandbox.pages.load.metrics import legs_of
from sandbox.render.text.load_words import queue
from sandbox.runtime import load_runner
from sandbox.runtime.clock import skip_downtime
from sandbox.runtime.load_runner import LOOK_EVERY, STARTED_AT_ONCE, advance_load
from sandbox.services import LoadSettings, start_load, stop_load

pytestmark = pytest.mark.django_db
ME = str(uuid.uuid4())


@pytest.fixture(autouse=True)
def _empty_queues(queued):
    """Empties the broker's queues."""


@pytest.fixture
def arriving():
    """Starts a load whose orders arrive at a rate, and lets the first one arrive at the time that is returned."""

    def arriving(**chosen):
        load = start_load(LoadSettings(**{"style": ("choreography",), "count": 30, "rate": 5, **chosen}), learner=ME)
        assert advance_load(load.asked_at) == 0.0
        at = load.asked_at + 1.0
        advance_load(at)
        return load, at

    return arriving


def placed(load, style="choreography"):
    return Run.objects.filter(load=load, style=style).count()


def test_the_first_order_arrives_at_once_and_each_further_one_in_its_turn(arriving):
    load, at = arriving()
    assert placed(load) == 1
    for after, expected in ((0.19, 1), (0.21, 2), (0.39, 2), (0.41, 3), (1.01, 6)):
        advance_load(at + after)
        assert placed(load) == expected, after


def test_the_clock_is_back_when_the_next_order_arrives_and_soon_enough_to_see_the_end(arriving):
    load, at = arriving()
    assert advance_load(at + 0.01) == LOOK_EVERY
    assert advance_load(at + 0.18) == pytest.approx(0.02)
    assert placed(load) == 1


def test_a_clock_that_fell_behind_places_what_it_owes_in_batches_and_no_more(arriving):
    load, at = arriving(count=200, rate=20)
    assert advance_load(at + 8.99) == 0.0
    assert placed(load) == 1 + STARTED_AT_ONCE
    advance_load(at + 8.99)
    advance_load(at + 8.99)
    assert placed(load) == 180


def test_no_more_orders_arrive_than_were_asked_for(arriving):
    load, at = arriving(count=3)
    for after in (1.0, 2.0, 60.0):
        advance_load(at + after)
    assert placed(load) == 3


def test_a_stopped_load_places_none_that_had_yet_to_arrive(arriving):
    load, at = arriving()
    stop_load(load)
    advance_load(at + 3.0)
    assert placed(load) == 1


def test_time_in_which_no_clock_ran_brings_no_orders(arriving):
    load, at = arriving()
    skip_downtime(100.0)
    advance_load(at + 100.1)
    assert placed(load) == 1
    advance_load(at + 100.3)
    assert placed(load) == 2


def test_a_system_clock_that_was_set_back_stops_no_arrivals(arriving):
    load, at = arriving()
    skip_downtime(-50.0)
    advance_load(at - 50.0 + 0.41)
    assert placed(load) == 3


def test_a_clock_that_was_restarted_goes_on_where_the_arrivals_are(arriving):
    load, at = arriving()
    assert Load.objects.get(pk=load.pk).arrives_from == at
    advance_load(at + 0.41)
    assert placed(load) == 3


def test_the_second_style_has_arrivals_of_its_own(arriving, work):
    load, at = arriving(count=2, style=("choreography", "orchestration"))
    advance_load(at + 0.3)
    for run in Run.objects.filter(load=load):
        work(run)
    advance_load(at + 9.0)
    assert (placed(load), placed(load, "orchestration")) == (2, 1)
    advance_load(at + 9.3)
    assert placed(load, "orchestration") == 2


def test_orders_at_once_do_not_wait_for_their_time(arriving):
    load, _ = arriving(rate=0, count=10)
    assert placed(load) == 10


def test_each_style_has_its_time_before_a_load_is_given_up(arriving):
    load, _ = arriving(style=("choreography", "orchestration"))
    assert advance_load(load.asked_at + load_runner.LIMIT + 1) is not None
    assert advance_load(load.asked_at + 2 * load_runner.LIMIT + 1) is None
    load.refresh_from_db()
    assert load.problem == "Not all of it had ended after 360 seconds."


@pytest.mark.parametrize(("late", "is_said"), [(0.0, False), (0.9, True)])
def test_the_page_says_how_late_the_latest_order_was_placed(arriving, work, late, is_said):
    load, at = arriving(count=3)
    advance_load(at + 0.41)
    for number, run in enumerate(Run.objects.filter(load=load).order_by("started_at")):
        work(run)
        Run.objects.filter(pk=run.pk).update(started_at=at + number / 5 + late * (number == 2))
    (leg,) = legs_of(load)
    assert leg.lateness == pytest.approx(late, abs=1e-3)
    assert ("The clock fell behind: orders came up to 900 ms late" in queue(leg)) == is_said


def test_the_page_says_at_what_rate_they_arrive(client, work):
    sent = {"style": "choreography", "count": "1", "rate": "7", "slow": "payment", "work_ms": "50"}
    response = client.post("/sandbox/load/start/", sent)
    page = client.get(response.url).content.decode()
    assert "1 order, 7 a second" in page
    assert "Payment works 50 ms longer on each message." in page
    assert "at once" not in page
    load = Load.objects.get()
    assert (load.rate, load.slow, load.work_ms) == (7, "payment", 50)


def test_before_the_first_order_has_ended_the_page_says_nothing_yet_and_no_zero(client, work):
    url = client.post("/sandbox/load/start/", {"style": ["choreography", "orchestration"], "count": "2"}).url
    load = Load.objects.get()
    advance_load(time.time())
    advance_load(time.time())
    page = client.get(url).content.decode()
    assert "None of 4 orders has ended yet" in page
    assert "nothing yet" in page
    for zero in ("0.0 orders", "0 steps", "0.0 ms", "0 of 4"):
        assert zero not in page, zero
    for run in Run.objects.filter(load=load):
        work(run)
    advance_load(time.time())
    page = client.get(url).content.decode()
    assert "2 of 4 orders have ended" in page
    assert '<td\n      class="soft" colspan="5">nothing yet</td>' in page
