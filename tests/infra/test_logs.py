"""Logs tell what went wrong with us, and cannot be filled from outside."""

import io
import json
import logging
import os
import subprocess
import sys

import pytest
from django.test import Client

from infra.logs import LIMIT, NoFlood, add_to_log_context, log_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """What went to the log since it was last asked for; the handler of the product, with its filters."""
    (handler,) = [one for one in logging.getLogger().handlers if one.get_name() == "console"]

    stream = io.StringIO()
    before, filters = handler.setStream(stream), handler.filters
    handler.filters = [NoFlood() if isinstance(one, NoFlood) else one for one in filters]  # as if it were quiet so far
    yield lambda: stream.getvalue().splitlines()
    handler.setStream(before)
    handler.filters = filters


@pytest.mark.parametrize(
    ("where", "headers"),
    [
        ("/sandbox/?" + "&".join(f"n{number}=1" for number in range(400)), {}),
        ("/sandbox/?fault=%00", {}),
        ("/sandbox/coverage/?saga=none", {}),
        ("/lessons/nowhere/", {}),
        ("/sandbox/", {"host": "elsewhere.example"}),
    ],
)
def test_a_refused_request_is_one_line_without_a_traceback(written, where, headers):
    assert 400 <= Client().get(where, headers=headers).status_code < 500
    assert len(written()) == 1


def test_what_breaks_on_our_side_keeps_its_traceback(written, monkeypatch):
    monkeypatch.setattr("sandbox.pages.coverage.views.coverage_context", lambda *_: 1 / 0)
    response = Client(raise_request_exception=False).get("/sandbox/coverage/")
    assert response.status_code == 500
    assert "ZeroDivisionError" in "\n".join(written())


def record(text, *args, level=logging.WARNING):
    return logging.LogRecord("asyncio", level, "", 0, text, args, None)


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("infra.logs.time.monotonic", lambda: now[0])
    return now


def test_the_same_line_over_and_over_is_written_a_few_times_a_second_and_the_rest_counted(clock):
    passes = NoFlood().filter
    assert sum(passes(record("no more sockets: %d", number)) for number in range(2000)) == LIMIT
    clock[0] += 1
    other, after = record("something else"), record("no more sockets: %d", 7)
    assert passes(other)
    assert passes(after)
    assert other.getMessage() == "something else"
    assert after.getMessage() == f"no more sockets: 7 ({2000 - LIMIT} such lines were left out before)"


def test_a_line_whose_words_do_not_fit_is_left_to_the_handler(clock):
    passes = NoFlood().filter
    assert all(passes(record("%d of %d", "one")) for _ in range(LIMIT))


def test_a_flood_of_warnings_hides_no_error(clock):
    passes = NoFlood().filter
    for _ in range(100):
        passes(record("%s: %s", "Not Found", "/x"))
    assert passes(record("%s: %s", "Internal Server Error", "/y", level=logging.ERROR))


def test_what_is_no_warning_is_not_counted(clock):
    passes = NoFlood().filter
    assert all(passes(record("a step", level=logging.INFO)) for _ in range(100))


def test_a_line_says_which_run_it_is_about_and_who_wrote_it(written):
    with log_context(actor="payment"):
        add_to_log_context(saga_id="a-run", message_id=7)
        logging.getLogger("sandbox").warning("something is odd")
    logging.getLogger("sandbox").warning("something else")
    assert written() == [
        "WARNING sandbox: something is odd saga_id=a-run message_id=7 actor=payment",
        "WARNING sandbox: something else",
    ]


def test_logs_are_json_when_the_environment_asks_for_it():
    code = (
        "import django; django.setup(); import logging; from infra.logs import log_context\n"
        "with log_context(saga_id='a-run', message_id=7, actor='payment'):\n"
        "    try: 1 / 0\n"
        "    except ZeroDivisionError: logging.getLogger('sandbox').exception('a bug')"
    )
    env = {**os.environ, "LOG_FORMAT": "json", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    (line,) = done.stderr.splitlines()
    fields = json.loads(line)
    expected = {"saga_id": "a-run", "message_id": 7, "actor": "payment", "message": "a bug", "level": "ERROR"}
    assert {name: fields[name] for name in expected} == expected
    assert "ZeroDivisionError" in fields["exc_info"]


def test_a_page_about_a_run_logs_the_run(written):
    Client().get("/sandbox/runs/01a229d4-ae31-731a-87e8-4343e4a8c98e/")
    (line,) = written()
    assert line.endswith("saga_id=01a229d4-ae31-731a-87e8-4343e4a8c98e actor=web")
