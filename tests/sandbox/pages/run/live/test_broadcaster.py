"""The live view outlives errors, and what it logs says which run it is about."""

import asyncio
import uuid
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from infra.logs import WithContext, log_context
from sandbox.pages.run.live import broadcaster
from sandbox.pages.run.live.broadcaster import Broadcaster, Watched

RUN = uuid.uuid4()
POLL_EVERY, WATCHED_FOR = 0.05, 0.5


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    """Polls often, and asks at once why a run is quiet."""
    monkeypatch.setattr(broadcaster, "POLL_EVERY", POLL_EVERY)
    monkeypatch.setattr(broadcaster, "QUIET_AFTER", 0.0)


@pytest.fixture
def logged(caplog):
    with caplog.filtering(WithContext()):
        yield caplog


def watch():
    """Watches a quiet run for a moment, as its viewer's request does; returns how many tasks followed it."""

    async def watch():
        broadcaster, tasks = Broadcaster(), set()
        page = SimpleNamespace(is_ended=False, seq=1, snapshot=SimpleNamespace(run_id=str(RUN)))
        broadcaster._watched[RUN] = Watched(page, changed_at=0.0, live=())
        with log_context(saga_id="the first viewer's", actor="web"):
            broadcaster._start()
        end = asyncio.get_running_loop().time() + WATCHED_FOR
        while asyncio.get_running_loop().time() < end:
            tasks.add(broadcaster._task)
            await asyncio.sleep(0.01)
        broadcaster._watched.clear()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)
        broadcaster._database.shutdown()
        return len(tasks)

    return asyncio.run(watch())


def fail(monkeypatch, owner, name, error):
    """Makes one function of the live view fail; returns a list with an item for each call."""
    calls = []

    def failing(*_):
        calls.append(name)
        raise error

    monkeypatch.setattr(owner, name, failing)
    return calls


@pytest.mark.parametrize(("error", "level"), [(OperationalError("down"), "WARNING"), (KeyError("oops"), "ERROR")])
def test_an_error_while_the_runs_are_read_is_logged_and_they_are_read_again_after_a_pause(
    monkeypatch, logged, error, level
):
    calls = fail(monkeypatch, broadcaster, "current_runs", error)
    assert watch() == 1
    assert 2 <= len(calls) <= WATCHED_FOR / POLL_EVERY + 2
    assert len(logged.records) == len(calls)
    assert {(record.levelname, record.actor) for record in logged.records} == {(level, "web")}
    assert not any(hasattr(record, "saga_id") for record in logged.records)


@pytest.mark.parametrize(
    ("owner", "name", "words"),
    [
        (Broadcaster, "_update", "could not be brought up to date"),
        (broadcaster, "live_fragments_of", "could not be found"),
    ],
)
def test_an_error_at_one_run_is_logged_with_that_run(monkeypatch, logged, owner, name, words):
    monkeypatch.setattr(broadcaster, "current_runs", lambda run_ids: {RUN: SimpleNamespace(last_seq=1)})
    monkeypatch.setattr(broadcaster, "live_fragments_of", lambda page: ())
    calls = fail(monkeypatch, owner, name, KeyError("oops"))
    assert watch() == 1
    assert len(logged.records) == len(calls) >= 2
    assert all(words in record.getMessage() and record.exc_info for record in logged.records)
    assert {(record.saga_id, record.actor) for record in logged.records} == {(str(RUN), "web")}
