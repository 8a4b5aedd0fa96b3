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


def come_together(count, *, seen=1, then=lambda watched: None):
    """Lets so many viewers come to a watched run at once, and one more after a change; returns their first frames."""

    async def one(broadcaster):
        frames = broadcaster.frames({RUN: seen}, learner="me")
        frame = await anext(frames)
        return frames, frame

    async def come():
        broadcaster = Broadcaster()
        page = SimpleNamespace(is_ended=False, seq=5, snapshot=SimpleNamespace(run_id=str(RUN)))
        broadcaster._watched[RUN] = watched = Watched(page, changed_at=0.0, live=())
        broadcaster._start = lambda: None
        met = await asyncio.gather(*(one(broadcaster) for _ in range(count)))
        then(watched)
        met.append(await one(broadcaster))
        for frames, _ in met:
            await frames.aclose()
        broadcaster._database.shutdown()
        return [frame for _, frame in met]

    return asyncio.run(come())


@pytest.fixture
def reads(monkeypatch):
    """The runs that each query asked for; first frames are made of the page, of what was seen, and of the reason."""
    asked = []

    def current_runs(run_ids):
        asked.append(set(run_ids))
        return {RUN: SimpleNamespace(last_seq=5)}

    def first_frame(page, seen, live):
        return SimpleNamespace(page=page, seen=seen.seq, live=live, ended=False)

    monkeypatch.setattr(broadcaster, "current_runs", current_runs)
    monkeypatch.setattr(broadcaster, "may_see", lambda run, learner: True)
    monkeypatch.setattr(broadcaster, "recent_page", lambda run_id, seq: SimpleNamespace(seq=seq))
    monkeypatch.setattr(broadcaster, "first_frame", first_frame)
    return asked


def test_viewers_who_come_together_are_let_in_by_one_query_and_sent_the_same_frame(reads):
    *together, _ = come_together(50)
    assert reads == [{RUN}, {RUN}]
    assert {id(frame) for frame in together} == {id(together[0])}


def test_whoever_comes_after_a_change_is_sent_what_is_new(reads):
    newer = SimpleNamespace(is_ended=False, seq=6, snapshot=SimpleNamespace(run_id=str(RUN)))
    earlier, later = come_together(1, then=lambda watched: watched.change(page=newer, live=("idle",)))
    assert (earlier.page.seq, earlier.live) == (5, ())
    assert (later.page, later.live) == (newer, ("idle",))
