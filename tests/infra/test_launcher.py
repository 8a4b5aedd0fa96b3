"""The whole product, started as the learner starts it. In this order: the last tests end what all of them share."""

import http.client
import os
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
import uuid
from contextlib import suppress
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.stack import ROOT, Stack, group_lives, until

LESSON = "choreography-vs-orchestration"
OF_ADDRESS = 20
NO_RUN = uuid.uuid4()  # of no run


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(var=tmp_path_factory.mktemp("a state directory"), ASK_PER_ADDRESS=str(OF_ADDRESS)) as stack:
        yield stack


def refused(stack):
    """What a run that is to refuse said, after it has ended with status 1."""
    stack.launch()
    until(lambda: not stack.is_up(), within=20, what="it ends by itself")
    assert stack.process.returncode == 1
    return stack.output


def test_the_learner_sees_two_lines_and_the_last_is_the_address(stack):
    first, last = stack.output.splitlines()
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


@pytest.fixture
def connection(stack):
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)
    yield connection
    connection.close()


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "200000"}], ids=["of unknown length", "of known length"])
def test_a_body_is_not_read_beyond_its_limit(connection, headers):
    chunks = (b"x" * 1000 for _ in range(200))
    connection.putrequest("POST", "/sandbox/start/")
    for name, value in (headers or {"Transfer-Encoding": "chunked"}).items():
        connection.putheader(name, value)
    connection.endheaders()
    with suppress(BrokenPipeError, ConnectionResetError):
        for chunk in chunks:
            connection.send(chunk if headers else b"3e8\r\n" + chunk + b"\r\n")
        connection.send(b"" if headers else b"0\r\n\r\n")
    response = connection.getresponse()
    assert response.status == 413
    assert response.read() == b"At most 64,000 bytes are read."


def test_a_head_of_a_live_view_is_answered_at_once_and_leaves_the_connection_free(connection):
    for followed, status in ((f"run={NO_RUN}:0", 200), (f"run={NO_RUN}", 400)) * 2:
        connection.request("HEAD", f"/sandbox/live/?{followed}")
        response = connection.getresponse()
        assert (response.status, response.read()) == (status, b"")


def test_learners_behind_a_proxy_are_limited_one_by_one(connection):
    def status(browser):
        headers = {"X-Forwarded-For": browser, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/lessons/{LESSON}/ask/", body="question=outbox", headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status

    assert [status("198.51.100.7") for _ in range(OF_ADDRESS)] == [302] * OF_ADDRESS
    assert status("198.51.100.7") == status("203.0.113.66, 198.51.100.7") == 429
    assert status("198.51.100.8") == 302


@pytest.mark.parametrize("style", ["choreography", "both"])
def test_a_double_click_while_the_server_is_slow_starts_one_run(stack, style):
    """Both come in while the server stands still, and are handled at the same moment."""
    with urlopen(f"{stack.base_url}/sandbox/") as page:
        cookies = "; ".join(one.partition(";")[0] for one in page.headers.get_all("Set-Cookie"))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
    sent = urlencode({"csrfmiddlewaretoken": token, "style": style, "pace": "step"})
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    clicks = [http.client.HTTPConnection("127.0.0.1", stack.port, timeout=20) for _ in range(2)]
    os.kill(stack.pid("web"), signal.SIGSTOP)
    for click in clicks:
        click.request("POST", "/sandbox/start/", body=sent, headers=headers)
    os.kill(stack.pid("web"), signal.SIGCONT)
    where = {click.getresponse().headers["Location"] for click in clicks}
    for click in clicks:
        click.close()
    assert len(where) == 1
    assert re.match(r"/sandbox/(runs|compare)/", where.pop())


@pytest.mark.parametrize("name", ["payment", "clock", "web", "valkey"])
def test_what_was_killed_comes_back_and_does_its_work(stack, name):
    old = stack.kill(name)
    stack.wait_for_return(name, after=old)
    assert not group_lives(old)


def test_a_second_run_in_the_same_place_is_refused_in_one_line_and_the_first_goes_on(stack):
    done = subprocess.run(
        [sys.executable, "-m", "infra.launcher"], env=stack.env, capture_output=True, text=True, check=False, timeout=20
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
    assert stack.output.startswith("Ended what an earlier run had left behind: ")
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
    stack.output_file.write_text("")
    script = 'trap \'\' HUP; "$0" -m infra.launcher > "$1"; :'
    leader, terminal = pty.fork()
    if leader == 0:
        try:
            os.chdir(ROOT)
            os.execve("/bin/sh", ["sh", "-c", script, sys.executable, str(stack.output_file)], stack.env)
        finally:
            os._exit(127)
    until(lambda: "Ready:" in stack.output, within=60, what="everything is ready")
    yield terminal
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGTERM)
    os.waitpid(leader, 0)


def test_when_its_terminal_is_gone_it_stops_though_only_the_leader_heard_of_it(stack, in_a_terminal):
    pids = stack.pids().values()
    os.close(in_a_terminal)
    until(lambda: not any(group_lives(pid) for pid in pids), within=25, what="everything has stopped")
