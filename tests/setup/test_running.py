"""The whole product, started as the learner starts it. In this order: the last tests end what all of them share."""

import os
import pty
import signal
import socket
import stat
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.stack import ROOT, Stack, group_lives, until


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(var=tmp_path_factory.mktemp("a state directory")) as stack:
        yield stack


def refused(stack):
    """What a run that is to refuse said, after it has ended with status 1."""
    stack.launch()
    until(lambda: not stack.is_up(), within=20, what="it ends by itself")
    assert stack.process.returncode == 1
    return stack.said


def test_the_learner_sees_two_lines_and_the_last_is_the_address(stack):
    first, last = stack.said.splitlines()
    assert first.startswith("Starting ")
    assert last == f"Ready: {stack.base_url}/ (Ctrl-C stops everything)"


def test_when_it_says_ready_the_pages_answer(stack):
    assert stack.get("/healthz") == 200


def test_the_brokers_password_is_seen_in_no_process_list(stack):
    password = stack.redis_url.split(":")[2].split("@")[0]
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert "valkey-server" in listing
    assert password not in listing


def test_what_holds_secrets_is_its_owners_alone(stack):
    for name in ("redis-url", "valkey/valkey.conf", "secret-key"):
        assert stat.S_IMODE((stack.var / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["payment", "clock", "web", "valkey"])
def test_what_was_killed_comes_back_and_does_its_work(stack, name):
    old = stack.kill(name)
    stack.wait_for_return(name, after=old)
    assert not group_lives(old)


def test_a_second_run_in_the_same_place_is_refused_in_one_line_and_the_first_goes_on(stack):
    done = subprocess.run(
        [sys.executable, "-m", "config.up"], env=stack.env, capture_output=True, text=True, check=False, timeout=20
    )
    assert done.returncode == 1
    assert done.stdout == f"Already running at {stack.base_url}/. To stop it: kill {stack.process.pid}\n"
    assert done.stderr == ""
    assert stack.get("/healthz") == 200


def test_a_taken_port_is_refused_in_one_line_and_starts_nothing(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        stack = Stack(var=tmp_path, port=server.getsockname()[1])
        said = refused(stack)
    assert said.count("\n") == 1
    assert f"port {stack.port} cannot be used" in said
    assert stack.pids() == {}


def test_a_bad_setting_is_refused_by_name_and_leaves_no_process(tmp_path):
    stack = Stack(var=tmp_path, DEBUG="perhaps")
    said = refused(stack)
    assert "DEBUG='perhaps' is neither yes nor no" in said
    assert "Traceback" not in said
    assert not any(group_lives(pid) for pid in stack.pids().values())


def test_after_its_own_sudden_death_the_next_run_ends_what_was_left_and_starts(stack):
    orphans = stack.pids()
    os.kill(stack.process.pid, signal.SIGKILL)
    stack.process.wait()
    assert all(group_lives(pid) for pid in orphans.values())
    stack.start()
    assert stack.said.startswith("Ended what an earlier run had left behind: ")
    assert stack.get("/healthz") == 200
    assert not any(group_lives(pid) for pid in orphans.values())


@pytest.fixture
def no_nohup():
    """As if these tests had not been started under nohup, whose children ignore SIGHUP."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.usefixtures("no_nohup")
def test_asked_to_stop_it_ends_well_and_leaves_no_process(stack, number):
    if not stack.is_up():
        stack.start()
    pids = stack.pids()
    os.killpg(stack.process.pid, number)
    assert stack.process.wait(timeout=25) == 0
    assert not any(group_lives(pid) for pid in pids.values())
    assert stack.get("/healthz") == 0


@pytest.fixture
def in_a_terminal(stack):
    """A shell that ignores the hang-up leads the terminal, as make does in `ssh -t host make run`."""
    stack.stop()
    stack.said_file.write_text("")
    script = 'trap \'\' HUP; "$0" -m config.up > "$1"; :'
    leader, terminal = pty.fork()
    if leader == 0:
        try:
            os.chdir(ROOT)
            os.execve("/bin/sh", ["sh", "-c", script, sys.executable, str(stack.said_file)], stack.env)
        finally:
            os._exit(127)
    until(lambda: "Ready:" in stack.said, within=60, what="everything is ready")
    yield terminal
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGTERM)
    os.waitpid(leader, 0)


def test_when_its_terminal_is_gone_it_stops_though_only_the_leader_heard_of_it(stack, in_a_terminal):
    pids = stack.pids().values()
    os.close(in_a_terminal)
    until(lambda: not any(group_lives(pid) for pid in pids), within=25, what="everything has stopped")
