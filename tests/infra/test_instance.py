import asyncio
import socket
import subprocess

import pytest
from uvicorn import Config

from config import processes as entries
from config.env import ROOT
from infra.launcher import valkey, web
from infra.launcher.__main__ import error_line
from infra.launcher.instance import StartError, make_directories, read_instance
from sandbox.definitions.registry import QUEUES


@pytest.fixture
def instance(tmp_path):
    instance = read_instance({"VAR_DIR": str(tmp_path / 'it\'s a "place"')})
    make_directories(instance)
    return instance


def names(instance):
    return [process.name for process in entries.processes(instance)]


def test_every_actor_of_the_registry_has_a_worker(instance):
    assert set(names(instance)) == {"valkey", "web", "clock", entries.CRASH_WORKER, *QUEUES}


def test_another_actor_gets_a_worker_of_its_own_with_no_further_edit(instance, monkeypatch):
    monkeypatch.setattr(entries, "QUEUES", (*QUEUES, "loyalty"))
    (worker,) = (process for process in entries.processes(instance) if process.name == "loyalty")
    assert worker.command[worker.command.index("-Q") + 1] == "loyalty"


def test_one_worker_has_the_crashes_on_request_of_all(instance):
    command = entries.crash_worker().command
    assert command[command.index("-Q") + 1].split(",") == [f"{queue}.crash" for queue in QUEUES]


def test_no_broker_is_started_when_redis_url_names_one():
    assert "valkey" not in names(read_instance({"REDIS_URL": "redis://elsewhere/0"}))


async def remember(scope, receive, send):
    """Notes in the scope's own state whose request it was and by which scheme it came."""
    scope["state"].update(address=scope["client"][0], scheme=scope["scheme"])


def seen(instance, sender, forwarded):
    """Returns address and scheme of a browser as our web server, with its options, tells them to the pages."""
    command = entries.web_server(instance).command
    server = Config(remember, forwarded_allow_ips=command[command.index("--forwarded-allow-ips") + 1], log_config=None)
    server.load()
    headers = [(b"x-forwarded-for", forwarded.encode()), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": (sender, 5000), "scheme": "http", "headers": headers, "state": {}}
    asyncio.run(server.loaded_app(scope, None, None))
    return scope["state"]["address"], scope["state"]["scheme"]


FORGED, BROWSER = "203.0.113.66", "198.51.100.7"


@pytest.mark.parametrize("sender", ["127.0.0.1", "::1", "10.1.2.3"])
def test_a_trusted_proxy_says_whose_request_it_is_and_the_browser_can_forge_nothing(instance, monkeypatch, sender):
    if sender == "10.1.2.3":
        monkeypatch.setenv("TRUSTED_PROXIES", "192.0.2.1,10.0.0.0/8")
    assert seen(instance, sender, BROWSER) == (BROWSER, "https")
    assert seen(instance, sender, f"{FORGED}, {BROWSER}") == (BROWSER, "https")


@pytest.mark.parametrize(("trusted", "sender"), [(None, "10.1.2.3"), ("10.0.0.0/8", "127.0.0.1"), ("10.0.0.1", FORGED)])
def test_nobody_else_is_believed(instance, monkeypatch, trusted, sender):
    if trusted:
        monkeypatch.setenv("TRUSTED_PROXIES", trusted)
    assert seen(instance, sender, BROWSER) == (sender, "http")


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused_by_name(port):
    with pytest.raises(StartError, match="PORT="):
        read_instance({"PORT": port})


def test_a_taken_port_is_refused_and_a_free_one_is_not(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = read_instance({"PORT": str(server.getsockname()[1])})
        with pytest.raises(StartError, match=r"cannot be used: Address already in use\. Choose another"):
            web.require_free(taken)
    web.require_free(taken)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:8000/"), ("0.0.0.0", "http://127.0.0.1:8000/"), ("::1", "http://[::1]:8000/")],
)
def test_the_address_is_one_that_a_browser_here_can_open(host, address):
    assert read_instance({"HOST": host}).address == address


def test_a_state_directory_that_cannot_be_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="Set VAR_DIR") as error:
        make_directories(read_instance({"VAR_DIR": str(tmp_path / "file" / "var")}))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("Traceback (most recent call last):\n  File\nValueError: DEBUG is odd\n", "ValueError: DEBUG is odd"),
        (
            "SystemCheckError:\n\nERRORS:\nquiz: bank.yaml has no answer\n\nSystem check ...\n",
            "quiz: bank.yaml has no answer",
        ),
        (
            "Traceback\n  File\nOperationalError: port 1 failed: refused\n\tIs the server running there?\n",
            "OperationalError: port 1 failed: refused",
        ),
        ("", "Something could not be prepared"),
    ],
)
def test_of_a_failed_check_or_migration_the_line_with_the_error_is_shown(output, line):
    assert error_line(output) == line


def test_the_brokers_password_is_new_each_time_and_only_its_owner_reads_it(instance):
    valkey.configure(instance)
    first = instance.redis_url_file.read_text()
    valkey.configure(instance)
    assert instance.redis_url_file.read_text() != first
    for file in (instance.redis_url_file, valkey.settings_file(instance)):
        assert file.stat().st_mode & 0o077 == 0


def test_the_brokers_password_is_not_on_its_command_line(instance):
    valkey.configure(instance)
    password = instance.redis_url_file.read_text().split(":")[2].split("@")[0]
    assert not any(password in word for word in entries.broker(instance).command)


def fake_python(directory, *, answers):
    """A `python3` whose every call ends as `answers` says for its first matching word."""
    cases = "\n".join(f"*{word}*) exit {status};;" for word, status in answers.items())
    program = directory / "python3"
    program.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}\nesac\necho "Python 3.9.2"\n')
    program.chmod(0o755)
    return {"PATH": f"{directory}:/usr/bin:/bin", "PYTHON": ""}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [({"version_info": 1}, "Python 3.11 or newer is needed"), ({"ensurepip": 1}, "has no venv module")],
)
def test_a_python_that_will_not_do_is_said_in_one_line(tmp_path, answers, expected):
    for newer in ("3.11", "3.12", "3.13", "3.14"):
        (tmp_path / f"python{newer}").symlink_to("/bin/false")
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "venv.sh"],
        env=fake_python(tmp_path, answers=answers),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert expected in done.stderr
    assert not (tmp_path / ".venv").exists()
