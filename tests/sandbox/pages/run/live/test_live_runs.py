"""One stream follows several runs, each for itself; who gets no stream asks for the same frames."""

import json
import uuid
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from sandbox.models import Run
from sandbox.pages.run.live import viewer
from sandbox.pages.run.live.broadcaster import Broadcaster, broadcaster
from sandbox.pages.run.live.followed_runs import MOST_RUNS

pytestmark = pytest.mark.django_db
ME, STRANGER = str(uuid.uuid4()), str(uuid.uuid4())
LIVE, NEWS = "/sandbox/live/", "/sandbox/live/now.json"


@pytest.fixture(autouse=True)
def _in_this_thread(monkeypatch):
    """Reads in the test's own transaction, and polls only when the test does."""
    monkeypatch.setattr(Broadcaster, "_in_database", lambda self, read, *args: sync_to_async(read)(*args))
    monkeypatch.setattr(Broadcaster, "_start", lambda self: None)
    monkeypatch.setattr(viewer, "HEARTBEAT", 0.01)
    broadcaster.cache_clear()
    yield
    broadcaster.cache_clear()


def live(test):
    """Runs the test in an event loop, with a broadcaster."""

    def run(*args):
        async_to_sync(test)(Broadcaster(), *args)

    return run


@asynccontextmanager
async def watching(live_view, after, learner=ME, key=""):
    frames = live_view.frames({run.pk: seq for run, seq in after.items()}, learner=learner, key=key)
    yield frames
    await frames.aclose()


async def until_silent(frames):
    """Returns the frames until the first heartbeat, or until the end."""
    received = []
    async for frame in frames:
        if frame is None:
            break
        received.append(frame)
    return received


async def until_the_end(frames):
    """Returns what comes until the stream ends, heartbeats as well; of one that does not end only the beginning."""
    received = []
    async for frame in frames:
        received.append(frame)
        if len(received) == 10:
            break
    return received


def facts(frame):
    return [int(one.name.removeprefix("fact-")) for one in frame.fragments if one.name.startswith("fact-")]


def told(frames):
    return [(frame.run_id, frame.is_gone, frame.ended) for frame in frames]


@pytest.fixture
def two(start):
    return start(learner=ME, pace="step"), start(learner=ME, pace="step", style="orchestration")


def test_one_stream_follows_several_runs_each_from_its_own_fact_on(two, work):
    one, other = (work(run, most=2) for run in two)

    @live
    async def follow(live_view):
        async with watching(live_view, {one: 0, other: other.last_seq - 1}) as frames:
            first, second = await until_silent(frames)
            assert [json.loads(frame.text)["run"] for frame in (first, second)] == [str(one.pk), str(other.pk)]
            assert facts(first) == list(range(1, one.last_seq + 1))
            assert facts(second) == [other.last_seq]
            await sync_to_async(work)(other, 1)
            await live_view._poll({one.pk, other.pk})
            assert {frame.run_id for frame in await until_silent(frames)} == {str(other.pk)}

    follow()


def test_a_run_that_ends_has_its_last_frame_and_the_others_go_on(two, work):
    one, other = two

    @live
    async def follow(live_view):
        async with watching(live_view, {one: 1, other: 1}) as frames:
            await until_silent(frames)
            await sync_to_async(work)(one)
            await live_view._poll({one.pk})
            assert [frame.ended for frame in await until_silent(frames)] == [True]
            assert set(live_view._watched) == {other.pk}
            await sync_to_async(work)(other)
            await live_view._poll({one.pk, other.pk})
            assert told(await until_the_end(frames)) == [(str(other.pk), False, True)]
            assert live_view._watched == {}

    follow()


def test_a_private_run_is_gone_for_a_stranger_and_nothing_of_it_is_sent(start):
    mine, theirs, nowhere = start(learner=ME), start(learner=STRANGER), Run(pk=uuid.uuid4())

    @live
    async def follow(live_view):
        async with watching(live_view, {theirs: 0, nowhere: 0, mine: 0}) as frames:
            *gone, own = await until_silent(frames)
            assert told(gone) == [(str(theirs.pk), True, True), (str(nowhere.pk), True, True)]
            assert [frame.fragments for frame in gone] == [(), ()]
            assert own.run_id == str(mine.pk)
            assert set(live_view._watched) == {mine.pk}

    follow()


@pytest.mark.parametrize("how", [lambda run: run.delete(), lambda run: Run.objects.update(shared=False)])
def test_a_run_that_is_lost_on_the_way_is_gone_for_whom_it_is_lost_and_for_no_other_run(start, how):
    mine, theirs = start(learner=ME), start(learner=STRANGER)
    Run.objects.filter(pk=theirs.pk).update(shared=True)
    pk = theirs.pk

    @live
    async def follow(live_view):
        async with watching(live_view, {mine: 1, theirs: 1}) as frames:
            await until_silent(frames)
            await sync_to_async(how)(theirs)
            await live_view._poll({mine.pk, pk})
            assert told(await until_silent(frames)) == [(str(pk), True, True)]
            assert set(live_view._watched) == {mine.pk}

    follow()


def test_a_stream_ends_the_earlier_one_of_the_same_page_but_not_that_of_another_learner(start):
    run = start(pace="step")

    @live
    async def follow(live_view):
        async with (
            watching(live_view, {run: 0}, key="tab") as first,
            watching(live_view, {run: 0}, key="tab", learner=STRANGER) as strangers,
            watching(live_view, {run: 0}, key="tab") as second,
        ):
            for frames in (first, strangers, second):
                assert len(await until_silent(frames)) == 1
            assert await until_the_end(first) == []
            assert len(live_view._watched[run.pk].viewers) == 2
            assert await anext(strangers) is None
            assert await anext(second) is None

    follow()


def test_who_asks_because_nothing_comes_through_leaves_no_stream_behind(start):
    run = start(pace="step")

    @live
    async def follow(live_view):
        async with watching(live_view, {run: 0}, key="tab") as frames:
            await anext(frames)
            await live_view.news({run.pk: 0}, learner=ME, key="another tab")
            assert len(live_view._watched[run.pk].viewers) == 1
            await live_view.news({run.pk: 0}, learner=ME, key="tab")
            assert (live_view._watched, live_view._keyed) == ({}, {})
            assert await until_the_end(frames) == []

    follow()


def test_a_stream_that_ends_while_it_begins_watches_nothing(two, monkeypatch):
    one, other = two
    monkeypatch.setattr(Broadcaster, "_page_at", ended_meanwhile(Broadcaster._page_at))

    @live
    async def follow(live_view):
        async with watching(live_view, {one: 0, other: 0}, key="tab") as frames:
            assert await until_the_end(frames) == []
            assert (live_view._watched, live_view._keyed) == ({}, {})

    follow()


def ended_meanwhile(page_at):
    async def ended(self, *args):
        self._end(ME, "tab")
        return await page_at(self, *args)

    return ended


def test_a_viewer_that_is_too_slow_is_let_go_after_what_waits_for_it(two, work, monkeypatch):
    one, other = two
    monkeypatch.setattr(viewer, "QUEUE_LIMIT", 2)

    @live
    async def follow(live_view):
        async with watching(live_view, {one: 1, other: 1}) as frames:
            await anext(frames)
            for run in two:
                await sync_to_async(work)(run, 1)
                await live_view._poll({run.pk})
            assert live_view._watched == {}
            assert [frame.run_id for frame in await until_the_end(frames)] == [str(other.pk), str(one.pk)]

    follow()


def asked(client, *followed, **more):
    return client.get(NEWS, {"run": [f"{run.pk}:{seq}" for run, seq in followed], **more})


def test_asking_gives_what_the_stream_would_and_is_kept_nowhere(client, two, work):
    one, other = (work(run, most=2) for run in two)
    Run.objects.update(shared=True)
    answer = asked(client, (one, 2), (other, other.last_seq))
    assert answer["Cache-Control"] == "no-store"
    first, second = answer.json()
    assert (first["run"], first["seq"], second["run"]) == (str(one.pk), one.last_seq, str(other.pk))
    names = [fragment["fragment"] for fragment in first["fragments"]]
    assert {f"fact-{seq}" for seq in range(3, one.last_seq + 1)} < set(names)
    assert "fact-2" not in names

    @live
    async def streamed(live_view):
        async with watching(live_view, {one: 2}, learner=STRANGER) as frames:
            known = json.loads((await anext(frames)).text)
            assert {**first, "fragments": []} == {**known, "fragments": []}
            assert [one for one in first["fragments"] if "live" not in one] == [
                one for one in known["fragments"] if "live" not in one
            ]

    streamed()


def test_who_asks_while_nothing_is_new_is_told_why_and_no_more(client, start):
    run = start(pace="step")
    [frame] = asked(client, (run, run.last_seq)).json()
    assert {fragment["fragment"] for fragment in frame["fragments"]} == {"why", "broker"}
    assert "press Deliver" in frame["fragments"][0]["html"]
    assert frame["ended"] is False


def test_asking_again_reads_only_what_is_new(client, start, work, django_assert_num_queries):
    run = start(pace="step")
    asked(client, (run, run.last_seq))
    with django_assert_num_queries(3):
        asked(client, (run, run.last_seq))
    later = work(run, most=1)
    with django_assert_num_queries(4):
        [frame] = asked(client, (run, run.last_seq)).json()
    assert frame["seq"] == later.last_seq > run.last_seq


def test_to_a_stranger_who_asks_a_private_run_is_as_one_that_does_not_exist(client, start):
    theirs, nowhere, shared = start(learner=STRANGER), Run(pk=uuid.uuid4()), start()
    first, second, third = asked(client, (theirs, 0), (nowhere, 0), (shared, 0)).json()
    assert first == {**second, "run": str(theirs.pk)}
    assert (first["gone"], first["fragments"]) == (True, [])
    assert "gone" not in third


RUN = uuid.uuid4()


@pytest.mark.parametrize("address", [LIVE, NEWS])
@pytest.mark.parametrize(
    ("followed", "problem"),
    [
        ([], "Say which runs to follow: run=<the run's id>:<the number of the last fact seen>, for at most 50 runs."),
        (["x:1"], "“x:1” does not say which run to follow; write run=<the run's id>:"),
        ([f"{RUN}"], f"“{RUN}” does not say which run"),
        ([f"{RUN}:-1"], f"“{RUN}:-1” does not say which run"),
        ([f"{RUN}:{'9' * 20}"], "does not say which run"),
        ([f"{RUN}:1"] * (MOST_RUNS + 1), f"At most {MOST_RUNS} runs are followed at once; these are {MOST_RUNS + 1}."),
    ],
)
def test_what_cannot_be_followed_is_refused_in_a_sentence(client, address, followed, problem):
    answer = client.get(address, {"run": followed})
    assert answer.status_code == 400
    assert problem in answer.content.decode()


def test_as_many_runs_as_are_allowed_fit_into_an_address(client, start):
    assert len(asked(client, *[(Run(pk=uuid.uuid4()), 999_999_999)] * MOST_RUNS).json()) == 1
    runs = [(Run(pk=uuid.uuid4()), 999_999_999) for _ in range(MOST_RUNS)]
    assert len(asked(client, *runs, viewer="x" * 40).json()) == MOST_RUNS
