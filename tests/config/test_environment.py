"""The environment's variables: each is checked at the start, and one that cannot be used is reported in one line."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import metadata, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from config import processes as entries
from config.env import ROOT, VARIABLES, env, problems
from infra.instance_state import instance_name, make_private
from infra.launcher import broker, valkey
from infra.launcher.instance import StartError, make_directories, read_instance
from tests.stack import Stack, until

BAD = {
    "VAR_DIR": ["", "~nobody-of-that-name/x"],
    "HOST": [" ", "two words"],
    "PORT": ["web", "0", "65536", "-1", "80 80", "9" * 5000],
    "DEBUG": ["", "perhaps"],
    "SECRET_KEY": ["", " ", "short"],
    "SECRET_KEY_FALLBACKS": ["", ","],
    "INSTANCE": ["", "a b", "x" * 33, "naïve"],
    "ALLOWED_HOSTS": ["", ",", "https://example.org", "example.org:8000"],
    "CSRF_TRUSTED_ORIGINS": ["", "example.org", "https://example.org/", "ftp://example.org"],
    "TRUSTED_PROXIES": ["", "*", "proxy.example.org", "10.0.0.1/8", "192.0.2.7:80"],
    "DATABASE_URL": ["", "  ", "foo", "mysql://a/b", "postgresql://host", "postgresql://host:port/name"],
    "REDIS_URL": [
        "",
        "localhost:6379",
        "http://localhost",
        "redis://",
        "redis://host:port/0",
        "redis://host/name",
        "redis://h/0?socket_timeout=abc",
    ],
    "REDIS_PREFIX": ["", "a b"],
    "LOG_LEVEL": ["", "foo"],
    "LOG_FORMAT": ["", "xml"],
    "ASK_PER_ADDRESS": ["", "0", "-1", "many", "1.5", "1000000"],
    "ASK_LLM_URL": ["", "host/v1", "ftp://host", "https://", "http://host:port"],
    "ASK_LLM_MODEL": ["", "a model"],
    "ASK_LLM_KEY": ["", "a key"],
    "SANDBOX_RESEND_AFTER": ["", "nan", "inf", "-1", "soon"],
    "SANDBOX_FOLLOW_DELAY": ["", "nan", "-1", "slow"],
    "SANDBOX_SAGAS": ["", "no.such.module", "..", "os"],
}
GOOD = {
    "VAR_DIR": ("/srv/../srv/state", Path("/srv/state")),
    "HOST": ("::1", "::1"),
    "PORT": (" 8001 ", 8001),
    "DEBUG": ("On", True),
    "SECRET_KEY": ("s" * 50, "s" * 50),
    "SECRET_KEY_FALLBACKS": ("short, shorter", ["short", "shorter"]),
    "INSTANCE": ("class-3", "class-3"),
    "ALLOWED_HOSTS": ("a.org,.b.net,192.0.2.7,[::1],*", ["a.org", ".b.net", "192.0.2.7", "[::1]", "*"]),
    "CSRF_TRUSTED_ORIGINS": ("https://a.org, http://b:8080", ["https://a.org", "http://b:8080"]),
    "TRUSTED_PROXIES": ("192.0.2.7, 10.0.0.0/8,2001:db8::1", ["192.0.2.7", "10.0.0.0/8", "2001:db8::1"]),
    "DATABASE_URL": ("postgresql://me:a%23b@db.org:5433/course", {"PASSWORD": "a#b", "PORT": 5433, "NAME": "course"}),
    "REDIS_URL": ("rediss://:secret@example.org:6380/1", "rediss://:secret@example.org:6380/1"),
    "REDIS_PREFIX": ("course:", "course:"),
    "LOG_LEVEL": ("warning", "WARNING"),
    "LOG_FORMAT": ("JSON", "json"),
    "ASK_PER_ADDRESS": ("40", 40),
    "ASK_LLM_URL": ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
    "ASK_LLM_MODEL": ("small:3b", "small:3b"),
    "ASK_LLM_KEY": ("k-1", "k-1"),
    "SANDBOX_RESEND_AFTER": ("0.5", 0.5),
    "SANDBOX_FOLLOW_DELAY": ("2.5", 2.5),
    "SANDBOX_SAGAS": ("benchmarks.sagas", "benchmarks.sagas"),
}


def test_every_variable_has_values_that_this_test_tries():
    assert BAD.keys() == GOOD.keys() == {variable.name for variable in VARIABLES}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_a_variable_cannot_say_is_reported_in_one_line_with_its_name(name, text):
    (line,) = problems({name: text})
    assert line.startswith(name)
    assert "\n" not in line
    hides = next(variable.hidden for variable in VARIABLES if variable.name == name)
    assert not (hides and text.strip() and re.search(rf"['\"]{re.escape(text.strip())}", line))


@pytest.mark.parametrize("name", GOOD)
def test_what_a_variable_can_say_is_taken(name):
    text, expected = GOOD[name]
    value = env(name, {name: text})
    assert problems({name: text}) == []
    assert {key: value[key] for key in expected} == expected if isinstance(expected, dict) else value == expected


def test_all_that_is_wrong_is_reported_at_once():
    with pytest.raises(StartError) as error:
        read_instance({"PORT": "web", "LOG_LEVEL": "foo", "ALLOWED_HOSTS": ""})
    assert [line.partition("=")[0].split()[0] for line in str(error.value).splitlines()] == [
        "PORT",
        "ALLOWED_HOSTS",
        "LOG_LEVEL",
    ]


def refused(tmp_path, **environment):
    """What `make run` says as it refuses these variables."""
    stack = Stack(var=tmp_path / "var", **environment)
    stack.launch()
    until(lambda: not stack.is_up(), within=40, what="it ends by itself")
    assert stack.process.returncode == 1
    assert stack.pids() == {}
    return stack.output.splitlines()


def test_make_run_refuses_bad_variables_in_a_line_each_and_starts_nothing(tmp_path):
    bad = {"DATABASE_URL": "", "ALLOWED_HOSTS": "", "SECRET_KEY": " ", "LOG_LEVEL": "foo", "SANDBOX_SAGAS": "no.such"}
    lines = refused(tmp_path, **bad, SANDBOX_RESEND_AFTER="nan")
    assert len(lines) == 6
    assert not any("Traceback" in line for line in lines)


NOBODY_ANSWERS = "redis://:secret@127.0.0.1:1/0"


def test_make_run_says_at_once_for_which_broker_it_waits_and_can_be_stopped(tmp_path):
    stack = Stack(var=tmp_path / "var", REDIS_URL=NOBODY_ANSWERS)
    stack.launch()
    until(lambda: stack.output != "", within=10, what="it says something")
    assert stack.output.startswith("Waiting up to 15 s for the broker at redis://127.0.0.1:1/0: ")
    assert stack.stop() == 0
    assert "Starting" not in stack.output
    assert stack.pids() == {}


def test_a_broker_that_never_answers_is_given_up(tmp_path):
    said = []
    with pytest.raises(StartError, match="correct REDIS_URL") as error:
        broker.wait_for(NOBODY_ANSWERS, report=said.append, is_stopped=lambda: False, time_limit=0.1)
    assert len(said) == 1
    assert "secret" not in said[0] + str(error.value)


def test_a_broker_that_refuses_the_password_is_not_waited_for(tmp_path):
    place = read_instance({"VAR_DIR": str(tmp_path)})
    make_directories(place)
    valkey.configure(place)
    server = subprocess.Popen(entries.broker(place).command, stdout=subprocess.DEVNULL)
    try:
        until(lambda: valkey.answers(place), within=10, what="it answers")
        wrong = re.sub(r":[^:@]+@", ":wrong@", place.redis_url_file.read_text().strip())
        with pytest.raises(StartError, match="refuses us"):
            broker.wait_for(wrong, report=pytest.fail, is_stopped=lambda: False)
        broker.wait_for(place.redis_url_file.read_text().strip(), report=pytest.fail, is_stopped=lambda: False)
    finally:
        server.kill()
        server.wait()


WRITE = """import django; django.setup()
from django.db import connection
connection.cursor().execute("CREATE TABLE written (line TEXT)")"""


def write_in(folder):
    """Has a process of its own write to the database of that folder."""
    env = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WRITE]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_the_variables_say_is_what_the_product_goes_by(tmp_path):
    said = {
        "SECRET_KEY": "k" * 40,
        "SECRET_KEY_FALLBACKS": "older,oldest",
        "INSTANCE": "class-3",
        "VAR_DIR": str(tmp_path),
    }
    code = """import django; from django.conf import settings as s
print(s.SECRET_KEY_FALLBACKS, s.LEARNER_COOKIE, s.REDIS_PREFIX, len(s.SECRET_KEY), s.DATABASES["default"]["NAME"])"""
    env = {"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings", **said}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert done.stdout == f"['older', 'oldest'] learner-class-3 saga:class-3: 40 {tmp_path}/db.sqlite3\n"


# Folders whose names mean something in a URL.
@pytest.mark.proof
@pytest.mark.parametrize("name", ["team#1", "what?", "50%41", "a b;c&d=e"])
def test_the_database_lies_in_the_folder_whatever_its_name(tmp_path, name):
    write_in(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    address = f"{(tmp_path / name / 'db.sqlite3').as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as database:
        assert database.execute("SELECT COUNT(*) FROM written").fetchone() == (0,)


def test_the_state_is_its_owners_alone(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new" / "state"
    old.mkdir(mode=0o755)
    (old / "secret-key").touch()
    for folder in (old, new):
        make_private(folder)
        assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("mode", "holds"), [(0o1777, "secret-key"), (0o755, "something else")])
def test_a_folder_that_is_for_everybody_or_somebody_elses_stays_as_it_is(tmp_path, mode, holds):
    (tmp_path / holds).touch()
    tmp_path.chmod(mode)
    make_private(tmp_path)
    assert tmp_path.stat().st_mode & 0o7777 == mode


@pytest.mark.proof
def test_what_a_command_writes_is_its_owners_alone_wherever_it_lies(tmp_path):
    tmp_path.chmod(0o755)
    command = [sys.executable, "manage.py", "showmigrations", "quiz"]
    env = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path)}
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    assert {"secret-key", "instance", "db.sqlite3"} <= {file.name for file in tmp_path.iterdir()}
    assert [file.name for file in tmp_path.rglob("*") if file.stat().st_mode & 0o077] == []


def test_an_instance_is_called_by_its_data_and_not_by_where_or_with_which_key_it_runs(tmp_path):
    def name(var, url):
        return instance_name(tmp_path / var, env("DATABASE_URL", {"DATABASE_URL": url}) if url else None)

    for var in ("one", "other"):
        (tmp_path / var).mkdir()
    one = "postgresql://me:secret@db.example.org/course"
    assert name("one", one) == name("other", one.replace("me:secret", "you:changed"))
    assert len({name("one", one), name("one", f"{one}2"), name("one", ""), name("other", "")}) == 4
    assert name("one", "") == name("one", "")


def test_processes_that_start_together_agree_on_a_secret(tmp_path):
    code = f"""from infra.instance_state import kept; from pathlib import Path
print(kept(Path({str(tmp_path / "key")!r}), length=20))"""
    (tmp_path / "key").touch()  # as one that was killed has left it
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    found = {process.communicate()[0].strip() for process in started}
    assert len(found) == 1
    assert len(found.pop()) == 40
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def pinned(file):
    return [Requirement(line.partition("#")[0]) for line in (ROOT / file).read_text().splitlines() if "==" in line]


@pytest.mark.parametrize("requirement", pinned("requirements.txt") + pinned("requirements-dev.txt"), ids=str)
def test_whatever_is_pinned_can_be_had_by_the_oldest_python_that_the_readme_promises(requirement):
    assert requirement.specifier.contains(version(requirement.name))
    assert SpecifierSet(metadata(requirement.name).get("Requires-Python") or "").contains("3.11.0")


def test_every_variable_is_explained():
    explained = (ROOT / "docs" / "environment.md").read_text()
    for variable in VARIABLES:
        assert re.search(rf"^\|.*`{variable.name}`", explained, re.MULTILINE), variable.name


@pytest.mark.parametrize(("environment", "delay"), [({}, "1.2"), ({"SANDBOX_FOLLOW_DELAY": "2.5"}, "2.5")])
def test_a_run_that_can_be_followed_is_as_slow_as_the_environment_says(environment, delay):
    inherited = {name: value for name, value in os.environ.items() if name != "SANDBOX_FOLLOW_DELAY"}
    code = "from sandbox.engine.execution.run_state import DELAYS; print(DELAYS['follow'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=inherited | environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{delay}\n"
