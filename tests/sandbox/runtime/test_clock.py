"""The clock outlives bugs of ours: each part of what it does is tried for itself."""

import time
import uuid

import pytest
from django.db import OperationalError

from infra.logs import WithContext
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow, Load
from sandbox.runtime import clock, load_runner
from sandbox.services import LoadSettings, start_load

pytestmark = pytest.mark.django_db
PARTS = (
    "postpone_overdue_timers",
    "skip_downtime",
    "tick",
    "beat",
    "_checkpoint_wal",
    "sweep",
    "advance_load",
    "judge_ended",
)


def buggy(*_, **__):
    raise KeyError("oops")


def out_of_reach(*_, **__):
    raise OperationalError("database is locked")


@pytest.fixture(autouse=True)
def _inside_a_transaction(queued, monkeypatch):
    """Empties the broker's queues, and leaves the database's log alone: a test's transaction cannot write it away."""
    monkeypatch.setattr(clock, "_checkpoint_wal", lambda: None)


@pytest.fixture
def tried(monkeypatch):
    """The parts that the clock has tried, in their order; none of them does anything."""
    names = []
    for part in PARTS:
        monkeypatch.setattr(clock, part, lambda *_, part=part, **__: names.append(part))
    return names


@pytest.fixture
def bugs(caplog):
    """What was logged with a traceback since it was last asked for."""

    def bugs():
        found = [record for record in caplog.records if record.exc_info]
        caplog.clear()
        return found

    with caplog.filtering(WithContext()):
        yield bugs


@pytest.fixture
def rounds(monkeypatch, valkey):
    """Runs a clock that was stopped for a minute for so many rounds, without a sleep between them."""

    def rounds(number):
        left = [number]
        running = clock.Clock(broker=valkey, last_run_at=time.time() - 60)

        def sleep(*_, **__):
            left[0] -= 1
            if left[0] <= 0:
                running.stop()

        monkeypatch.setattr(running, "_sleep", sleep)
        running.run()

    return rounds


@pytest.mark.parametrize("part", PARTS)
def test_a_bug_in_one_part_is_logged_as_the_clocks_and_stops_no_other(tried, bugs, rounds, monkeypatch, part):
    monkeypatch.setattr(clock, part, buggy)
    rounds(1)
    assert tried == [other for other in PARTS if other != part]
    (bug,) = bugs()
    assert (bug.actor, bug.levelname) == ("clock", "ERROR")
    assert "KeyError" in str(bug.exc_info)


def test_a_bug_while_it_sleeps_stops_nothing_either(tried, bugs, monkeypatch, valkey):
    sleepy = clock.Clock(broker=valkey)

    def sleep(*_, **__):
        sleepy.stopped = tried.count("tick") > 1
        raise KeyError("oops")

    monkeypatch.setattr(sleepy, "_sleep", sleep)
    sleepy.run()
    assert tried.count("tick") == 2
    assert len(bugs()) == 1


def test_a_bug_at_each_round_is_logged_once_in_a_while_and_is_not_met_again_at_once(tried, bugs, rounds, monkeypatch):
    monkeypatch.setattr(clock, "tick", buggy)
    before = time.monotonic()
    rounds(3)
    assert time.monotonic() - before >= 3 * clock.PAUSE_AFTER_BUG
    assert len(bugs()) == 1
    monkeypatch.setattr(clock, "LOG_EVERY", 0.0)
    rounds(3)
    assert len(bugs()) == 3


def test_timers_that_were_overdue_while_the_database_did_not_answer_are_postponed_once_it_does(
    tried, rounds, monkeypatch
):
    answers = [out_of_reach, lambda now: tried.append("postpone_overdue_timers")]
    monkeypatch.setattr(clock, "postpone_overdue_timers", lambda now: answers.pop(0)(now))
    rounds(2)
    assert tried[0] == "postpone_overdue_timers"
    assert tried.count("tick") == 2


def test_a_gap_that_a_bug_keeps_from_being_skipped_is_not_skipped_later_when_it_has_grown(start, monkeypatch, valkey):
    run, sleeper, now = start(pace="follow"), clock.Clock(broker=valkey), time.time()
    DeliveryRow.objects.filter(run=run).update(release_at=now + 3600)
    sleeper.run_once(now)
    with monkeypatch.context() as broken:
        broken.setattr(clock, "skip_downtime", buggy)
        sleeper.run_once(now + 40)
    sleeper.run_once(now + 41)
    row = DeliveryRow.objects.get(run=run)
    assert (row.state, row.release_at) == (DeliveryState.PENDING, now + 3600)


@pytest.fixture
def load():
    return start_load(LoadSettings(style=("choreography",), count=1), learner=str(uuid.uuid4()))


def test_a_load_that_a_bug_stops_is_ended_and_says_that_the_sandbox_has_failed(load, bugs, monkeypatch, valkey):
    monkeypatch.setattr(load_runner, "insert_alike", buggy)
    ticking = clock.Clock(broker=valkey)
    for _ in range(3):
        ticking.run_once(time.time())
    load.refresh_from_db()
    assert not load.is_running
    assert load.ended_at
    assert load.problem.startswith("The sandbox has failed")
    assert len(bugs()) == 1


def test_a_helper_of_a_load_that_a_bug_stops_is_asked_to_go(load, monkeypatch, valkey):
    asked = []
    Load.objects.filter(pk=load.pk).update(helped="payment")
    monkeypatch.setattr(load_runner, "resize", lambda *asked_for: asked.append(asked_for))
    monkeypatch.setattr(load_runner, "_advance", buggy)
    clock.Clock(broker=valkey).run_once(time.time())
    assert asked == [("payment", 1)]


def test_a_load_goes_on_after_an_error_of_the_database(load, rounds, bugs, monkeypatch):
    answers = [out_of_reach, load_runner._advance]
    monkeypatch.setattr(load_runner, "_advance", lambda load, now: answers.pop(0)(load, now))
    rounds(1)
    load.refresh_from_db()
    assert load.is_running
    assert load.began_at
    assert bugs() == []
