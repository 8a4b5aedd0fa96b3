import os
import signal
import sys
import time

import pytest

from infra.launcher.instance import make_directories, read_instance
from infra.launcher.process import Process, Stage
from infra.launcher.supervisor import Supervisor
from tests.stack import group_lives, until

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
SAY_READY = "import os, pathlib, time; pathlib.Path(os.environ['READY_FILE']).touch(); time.sleep(60)"
STUBBORN = (sys.executable, "-c", f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAY_READY}")
WITH_CHILD = (sys.executable, "-c", f"import os; os.fork(); {SAY_READY}")


@pytest.fixture
def instance(tmp_path):
    instance = read_instance({"VAR_DIR": str(tmp_path / "a place with spaces")})
    make_directories(instance)
    return instance


@pytest.fixture
def said():
    return []


@pytest.fixture
def stop_requests():
    return []


@pytest.fixture
def supervisor(instance, said, stop_requests):
    supervisor = Supervisor(instance, report=said.append, is_hurried=lambda: bool(stop_requests))
    yield supervisor
    stop_requests.append("the test is over")
    supervisor.stop()


def has_said_so(instance):
    return instance.ready_file("family").exists() or instance.ready_file("stubborn").exists()


def pid_of(supervisor):
    return supervisor.managed_processes[0].child.pid


def restarted(supervisor, condition):
    def look():
        supervisor.restart_dead()
        return condition()

    return look


def test_a_killed_process_is_back_within_two_seconds_and_one_line_says_so(supervisor, said):
    supervisor.start([Process("nap", SLEEP)])
    old = pid_of(supervisor)
    os.kill(old, signal.SIGKILL)
    until(restarted(supervisor, lambda: pid_of(supervisor) != old), within=2, what="another process")
    assert said == ["nap stopped (signal 9); starting it again."]


def test_the_children_of_a_killed_process_do_not_outlive_it(supervisor):
    supervisor.start([Process("family", WITH_CHILD, is_ready=has_said_so)])
    until(supervisor.is_ready, within=5, what="it has a child")
    old = pid_of(supervisor)
    os.kill(old, signal.SIGKILL)
    until(restarted(supervisor, lambda: pid_of(supervisor) != old), within=2, what="another process")
    assert not group_lives(old)


def test_a_process_that_lives_is_not_started_again(supervisor, said):
    supervisor.start([Process("nap", SLEEP)])
    old = pid_of(supervisor)
    for _ in range(50):
        supervisor.restart_dead()
    assert pid_of(supervisor) == old
    assert said == []


def test_a_process_that_keeps_stopping_is_said_once_with_its_log(supervisor, said, monkeypatch):
    monkeypatch.setattr("infra.launcher.supervisor.RESTART_DELAY", 0)
    supervisor.start([Process("broken", (sys.executable, "-c", "raise SystemExit('no such table')"))])
    until(restarted(supervisor, lambda: supervisor.managed_processes[0].exits >= 5), within=10, what="five deaths")
    log = supervisor.instance.log("broken")
    assert said[1:] == [f"broken keeps stopping; the reason is at the end of {log}"]
    assert "no such table" in log.read_text()


def test_a_process_that_has_just_died_is_not_called_ready_until_it_has_lived_for_a_while(supervisor, monkeypatch):
    supervisor.start([Process("nap", SLEEP)])
    old = pid_of(supervisor)
    os.kill(old, signal.SIGKILL)
    until(restarted(supervisor, lambda: pid_of(supervisor) != old), within=2, what="another process")
    assert not supervisor.is_ready()
    monkeypatch.setattr("infra.launcher.supervisor.STABLE_AFTER", 0)
    assert supervisor.is_ready()


def test_it_is_not_ready_before_each_process_says_so(supervisor):
    supervisor.start([Process("nap", SLEEP), Process("slow", SLEEP, is_ready=lambda instance: False)])
    assert not supervisor.is_ready()


def test_a_ready_mark_of_an_earlier_life_does_not_count(supervisor, instance):
    instance.ready_file("nap").touch()
    supervisor.start([Process("nap", SLEEP, is_ready=lambda instance: instance.ready_file("nap").exists())])
    assert not supervisor.is_ready()


def test_stopping_leaves_no_process_nor_child_of_one(supervisor):
    supervisor.start([Process("nap", SLEEP), Process("family", WITH_CHILD, is_ready=has_said_so)])
    until(supervisor.is_ready, within=5, what="it has a child")
    pids = [managed.child.pid for managed in supervisor.managed_processes]
    supervisor.stop()
    until(lambda: not any(map(group_lives, pids)), within=2, what="the system has cleared away what was killed")


def test_the_broker_stops_after_everything_else(supervisor, monkeypatch):
    supervisor.start([Process("broker", SLEEP, stage=Stage.BROKER), Process("worker", SLEEP)])
    broker, worker = (managed.child for managed in supervisor.managed_processes)
    seen = []
    ask = broker.terminate
    monkeypatch.setattr(broker, "terminate", lambda: (seen.append(worker.poll()), ask()))
    supervisor.stop()
    assert seen == [-signal.SIGTERM]


def test_a_process_that_will_not_end_is_killed_at_once_when_asked_a_second_time(supervisor, stop_requests):
    supervisor.start([Process("stubborn", STUBBORN, is_ready=has_said_so)])
    until(supervisor.is_ready, within=5, what="it ignores the signal")
    stop_requests.append("Ctrl-C")
    before = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - before < 1
    assert supervisor.managed_processes[0].child.returncode == -signal.SIGKILL


def test_a_long_log_is_put_aside_at_the_start(supervisor, instance, monkeypatch):
    monkeypatch.setattr("infra.launcher.supervisor.LOG_LIMIT", 10)
    instance.log("nap").write_text("more than ten characters")
    supervisor.start([Process("nap", SLEEP)])
    assert instance.log("nap").read_text() == ""
    assert instance.log("nap").with_suffix(".old.log").read_text() == "characters"


def test_a_long_log_is_cut_though_there_is_no_room_to_keep_it(supervisor, instance, monkeypatch):
    monkeypatch.setattr("infra.launcher.supervisor.LOG_LIMIT", 10)
    instance.log("nap").with_suffix(".old.log").symlink_to("/dev/full")
    instance.log("nap").write_text("x" * 100_000)
    supervisor.start([Process("nap", SLEEP)])
    assert instance.log("nap").read_text() == ""


def test_the_log_of_a_process_that_never_stops_writing_stays_short(supervisor, instance, monkeypatch):
    monkeypatch.setattr("infra.launcher.supervisor.LOG_LIMIT", 100_000)
    monkeypatch.setattr("infra.launcher.supervisor.LOG_CHECK_INTERVAL", 0)
    supervisor.start([Process("chatter", (sys.executable, "-uc", "while True: print('x' * 1000)"))])
    log, longest, cuts = instance.log("chatter"), 0, 0

    def was_cut_often():
        nonlocal longest, cuts
        before = log.stat().st_size
        supervisor.restart_dead()
        longest, cuts = max(longest, before), cuts + (log.stat().st_size < before)
        return cuts > 5

    until(was_cut_often, within=20, what="its log was cut")
    kept = log.with_suffix(".old.log").read_text()
    assert 0 < len(kept) <= longest
    assert set(kept) == {"x", "\n"}
    assert "\0" not in log.read_text()
