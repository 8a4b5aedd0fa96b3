import json
import time
import uuid
from statistics import median

import pytest
from django.http import QueryDict

from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, queue_key
from sandbox.engine.analysis.queueing import MessageTiming, depths, rates, waiting
from sandbox.models import FactRow, Load, Run
from sandbox.pages.load.form import LoadForm
from sandbox.pages.load.metrics import legs_of
from sandbox.pages.load.results import results_of
from sandbox.runtime import load_runner
from sandbox.runtime.broker import worker_pool
from sandbox.runtime.broker.heartbeat import beat
from sandbox.runtime.broker.inspection import broker_snapshot
from sandbox.runtime.broker.worker_pool import resize
from sandbox.runtime.load_runner import STARTED_AT_ONCE, advance_load
from sandbox.selectors import runs_of
from sandbox.services import Busy, Conflict, InvalidValue, LoadSettings, start_load, stop_load

pytestmark = pytest.mark.django_db
ME, OTHER = str(uuid.uuid4()), str(uuid.uuid4())
START_LOAD = "/sandbox/load/start/"
LOADS = "/sandbox/load/"


@pytest.fixture(autouse=True)
def _empty_queues(queued):
    """Empties the broker's queues."""


def begin(**chosen):
    return start_load(LoadSettings(**{"count": 3, **chosen}), learner=ME)


def go_on(load, work, *, turns=200):
    """Lets clock and workers run until neither has anything to do, and returns the load."""
    for _ in range(turns):
        if advance_load(time.time()) is None:
            break
        for run in Run.objects.filter(load=load, ended_at=None):
            work(run)
    load.refresh_from_db()
    return load


def placed(client):
    """Returns a load of one order that this client's learner has asked for, and that has not begun."""
    response = client.post(START_LOAD, {"style": ["choreography"], "count": "1"})
    assert response.status_code == 302, response.content.decode()
    return Load.objects.latest("asked_at")


# What is counted


def test_depth_and_waits_are_those_of_a_hand_made_queue():
    ways = [MessageTiming("payment", 0.0, 1.0), MessageTiming("payment", 0.5, 3.0), MessageTiming("payment", 2.0, None)]
    assert depths(ways, [0.0, 0.75, 1.5, 2.5, 4.0]) == [1, 2, 1, 2, 1]
    found = waiting("payment", [*ways, MessageTiming("order", 0.0, 9.0)], until=4.0)
    assert (found.messages, found.median, found.p95, found.most, found.now) == (3, 2.0, 2.5, 2, 1)


def test_a_rate_counts_what_happened_since_the_moment_before():
    assert rates([0.5, 1.0, 1.5, 1.6], [0.0, 1.0, 2.0, 4.0]) == [2.0, 2.0, 0.0]


def test_figures_are_those_of_the_facts(work):
    load = go_on(begin(), work)
    for leg in legs_of(load):
        runs = list(Run.objects.filter(load=load, style=leg.style))
        assert leg.begun == leg.over == 3
        assert leg.seconds == max(run.ended_at for run in runs) - min(run.started_at for run in runs)
        assert leg.steps == 15
        counted = counted_by_hand(runs)
        assert sorted(counted) == sorted((one.actor, one.sent, one.handled) for one in leg.timings)
        assert all(one.took > 0 for one in leg.timings)
        for one in leg.waits:
            assert one.median == median(handled - sent for actor, sent, handled in counted if actor == one.actor)
            assert one.now == 0


def counted_by_hand(runs):
    """Returns receiver, sending and handling of every message except timers, from the journals alone."""
    ways = []
    for run in runs:
        facts = FactRow.objects.filter(run=run)
        sent = [fact for fact in facts if fact.kind == "message sent" and fact.details["message_kind"] != "timer"]
        handled = {(f.details["message"], f.actor): f.at for f in facts if f.kind == "message handled"}
        ways += [(to, fact.at, handled[fact.seq, to]) for fact in sent for to in fact.details.get("to", ())]
    return ways


def test_what_is_not_handled_yet_still_waits(work):
    load = begin(style=("choreography",))
    advance_load(time.time())
    advance_load(time.time())
    (leg,) = legs_of(load)
    assert [(one.actor, one.messages, one.now) for one in leg.waits] == [("order", 3, 3)]
    assert leg.bottleneck.actor == "order"
    assert leg.over == 0


def test_the_brokers_counts_distinguish_ready_from_taken(valkey):
    begin(style=("choreography",))
    advance_load(time.time())
    advance_load(time.time())
    post = broker_snapshot(["order", "payment"])
    assert post.ready == {"order": 3, "order.crash": 0, "payment": 0, "payment.crash": 0}
    assert post.unacked == {}
    message = json.loads(valkey.rpop(queue_key("order")))
    valkey.hset(UNACKED, "tag", json.dumps([message, "", "order"]))
    valkey.zadd(UNACKED_INDEX, {"tag": time.time()})
    post = broker_snapshot(["order", "payment"])
    assert (post.ready["order"], post.unacked) == (0, {"order": 3})


# How it goes


def test_one_style_follows_the_other_and_each_has_all_its_orders(work):
    load = go_on(begin(count=23), work)
    first, second = legs_of(load)
    assert (first.style, second.style) == ("choreography", "orchestration")
    assert (first.over, second.over) == (23, 23)
    assert first.until <= second.since
    assert not load.is_running
    assert load.problem == ""


def test_a_clock_that_was_restarted_begins_no_order_twice(work):
    load = begin(style=("choreography",), count=15)
    for _ in range(3):
        advance_load(time.time())
    assert Run.objects.filter(load=load).count() == 15
    advance_load(time.time())
    assert Run.objects.filter(load=load).count() == 15


def test_a_stopped_load_places_no_more_orders_and_ends_when_those_placed_have(work):
    load = begin(count=STARTED_AT_ONCE + 10)
    advance_load(time.time())
    advance_load(time.time())
    stop_load(load)
    load = go_on(load, work)
    assert [(leg.style, leg.over) for leg in legs_of(load)] == [("choreography", STARTED_AT_ONCE)]
    assert (load.is_running, load.stopped) == (False, True)
    with pytest.raises(Conflict, match="ended already"):
        stop_load(load)


def test_only_one_load_of_all_learners_runs_at_a_time():
    begin()
    with pytest.raises(Busy, match="running already"):
        start_load(LoadSettings(), learner=OTHER)
    assert Load.objects.count() == 1


def test_the_helper_is_there_before_the_first_order_and_gone_before_the_end(work, monkeypatch):
    calls = []

    def resize(actor, processes):
        calls.append((actor, processes, Run.objects.filter(ended_at=None).exists()))
        return processes if len(calls) != 1 else 1

    monkeypatch.setattr(load_runner, "resize", resize)
    load = go_on(begin(helped="payment"), work)
    assert calls == [("payment", 2, False), ("payment", 2, False), ("payment", 1, False)]
    assert Run.objects.filter(load=load).count() == 6


def test_a_worker_that_gets_no_second_process_ends_the_load_before_any_order(monkeypatch):
    monkeypatch.setattr(load_runner, "resize", lambda actor, processes: None)
    load = begin(helped="payment")
    assert advance_load(load.asked_at + 1) == load_runner.LOOK_EVERY
    assert advance_load(load.asked_at + load_runner.SET_UP_LIMIT + 1) is None
    load.refresh_from_db()
    assert "Payment's worker got no second process" in load.problem
    assert not Run.objects.exists()


def test_a_worker_that_does_not_answer_in_a_moment_counts_as_silent():
    """The clock waits for the answer, and does nothing else meanwhile."""
    assert resize("payment", 2) is None
    assert worker_pool.REPLY_TIMEOUT <= 0.5


def test_a_worker_that_lives_and_does_not_answer_is_asked_again_to_stop_its_helper(work, monkeypatch):
    answers = [2, None, 1]
    monkeypatch.setattr(load_runner, "resize", lambda actor, processes: answers.pop(0))
    load = begin(style=("choreography",), helped="payment")
    beat("payment")
    load = go_on(load, work)
    assert not load.is_running
    assert answers == []


def test_a_worker_that_has_died_keeps_no_load_from_its_end(work, monkeypatch):
    monkeypatch.setattr(load_runner, "resize", lambda actor, processes: processes if processes == 2 else None)
    assert not go_on(begin(style=("choreography",), helped="payment"), work).is_running


def test_a_load_that_does_not_end_is_given_up():
    load = begin(style=("choreography",))
    advance_load(load.asked_at)
    advance_load(load.asked_at)
    load.refresh_from_db()
    assert advance_load(load.asked_at + load_runner.LIMIT + 1) is None
    load.refresh_from_db()
    assert load.problem == "Not all of it had ended after 180 seconds."
    assert results_of(ME) == []


def test_orders_of_a_load_are_no_single_runs(work):
    load = go_on(begin(style=("choreography",)), work)
    assert Run.objects.filter(learner=ME, load=load).count() == 3
    assert runs_of(ME) == []


# What the learner sees


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"count": "0"}, "“0” is out of range; enter a whole number, 1 to 200"),
        ({"count": "201"}, "“201” is out of range; enter a whole number, 1 to 200"),
        ({"count": "many"}, "whole number, 1 to 200"),
        ({"count": ""}, "whole number, 1 to 200"),
        ({"style": ["ballet"]}, "use one of choreography, orchestration"),
        ({"style": [""]}, "at least one style"),
        ({"style": ["hybrid"]}, "run it as one of choreography, orchestration"),
        ({"saga": "order-long"}, "use one of order, order-parallel"),
        ({"helped": "customer"}, "use one of orchestrator, order"),
        ({"helped": "fraud"}, "use one of orchestrator, order, inventory"),
        ({"helped": "orchestrator", "style": ["choreography"]}, "use one of order, inventory"),
        ({"rate": "-1"}, "“-1” is out of range; enter a whole number, 0 to 100"),
        ({"rate": "101"}, "“101” is out of range; enter a whole number, 0 to 100"),
        ({"rate": "2.5"}, "“2.5” is out of range; enter a whole number, 0 to 100"),
        ({"rate": ""}, "a whole number, 0 to 100"),
        ({"rate": "2", "count": "121"}, "at 2 a second arrive for 60 s in each style, and 60 s is the most"),
        ({"rate": "1", "count": "200"}, "take at most 60 orders, or more a second"),
        ({"slow": "fraud"}, "use one of orchestrator, order, inventory"),
        ({"slow": "orchestrator", "style": ["choreography"]}, "use one of order, inventory"),
        ({"slow": "payment", "work_ms": "0"}, "“0” is out of range; enter a whole number, 1 to 500"),
        ({"slow": "payment", "work_ms": "501"}, "“501” is out of range; enter a whole number, 1 to 500"),
        ({"slow": "orchestrator", "work_ms": "200", "count": "100"}, "Orchestrator would work for 120 s on 100 orders"),
    ],
)
def test_bad_settings_start_nothing_and_say_what_is_allowed(client, chosen, complaint):
    response = client.post(START_LOAD, {"style": ["orchestration"], "count": "3", **chosen})
    assert response.status_code == 400
    assert complaint in response.content.decode()
    assert not Load.objects.exists()


def test_an_address_without_settings_chooses_the_defaults_and_no_style_is_not_both():
    form, none = LoadForm.filled(QueryDict("")), LoadForm.filled(QueryDict("style="))
    assert form.is_valid()
    assert form.settings == LoadSettings()
    assert not none.is_valid()


def test_settings_are_checked_without_a_form_too():
    with pytest.raises(InvalidValue, match="each once"):
        LoadSettings(style=("choreography", "choreography"))
    with pytest.raises(InvalidValue, match="“201” is out of range; enter a whole number, 1 to 200"):
        LoadSettings(count=201)


def test_starting_answers_at_once_and_leaves_the_orders_to_the_clock(client):
    began = time.monotonic()
    load = placed(client)
    assert time.monotonic() - began < 1
    assert not Run.objects.exists()
    assert load.count == 1
    assert "Python" in load.machine


def test_a_second_load_is_refused_while_one_runs(client):
    load = placed(client)
    response = client.post(START_LOAD, {"count": "1"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "A load is running already" in page
    assert f"{LOADS}{load.pk}/" in page
    assert f"{load.pk}" not in client.__class__().post(START_LOAD, {"count": "1"}).content.decode()


def test_a_page_asks_for_its_figures_until_the_load_has_ended(client, work):
    load = placed(client)
    url = f"{LOADS}{load.pk}/"
    advance_load(time.time())
    advance_load(time.time())
    page = client.get(url).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert '<td class="number">1 + 0</td>' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    go_on(load, work)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="figures"')
    assert "hx-trigger" not in part
    assert "The load has ended." in part
    assert "hx-trigger" not in client.get(url).content.decode()


def test_every_picture_is_a_table_too(client, work):
    load = go_on(placed(client), work)
    page = client.get(f"{LOADS}{load.pk}/").content.decode()
    (leg,) = legs_of(load)
    assert page.count('src="data:image/svg+xml') == len(leg.waits) + 2
    assert page.count('<th scope="row" class="number">') == len(leg.moments)


def test_a_page_says_so_when_the_broker_does_not_answer(client, monkeypatch):
    load = placed(client)
    advance_load(time.time())
    advance_load(time.time())
    monkeypatch.setattr("sandbox.pages.load.context.broker_snapshot", lambda actors: None)
    assert '<td class="number">?</td>' in client.get(f"{LOADS}{load.pk}/").content.decode()


def test_others_loads_look_as_if_they_did_not_exist(client):
    load = begin()
    for answer in (client.get(f"{LOADS}{load.pk}/"), client.post(f"{LOADS}{load.pk}/stop/")):
        assert answer.status_code == 404
    load.refresh_from_db()
    assert not load.stopped
    assert client.get(f"{LOADS}{uuid.uuid4()}/").status_code == 404
    assert client.get(f"{LOADS}not-an-id/").status_code == 404


def test_an_ended_load_cannot_be_stopped(client, work):
    load = go_on(placed(client), work)
    answer = client.post(f"{LOADS}{load.pk}/stop/")
    assert answer.status_code == 409
    assert "This load has ended already." in answer.content.decode()
    assert client.get(f"{LOADS}{load.pk}/stop/").status_code == 405
