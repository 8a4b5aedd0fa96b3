"""What was rendered lately is kept for the next request, whatever other threads ask for meanwhile."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.analysis.invariants import judge
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.pages.run import fragments, frames
from sandbox.pages.run.fragments import RenderedPage
from sandbox.pages.run.frames import Frame
from sandbox.pages.run.lru import RunLru
from sandbox.pages.run.run_snapshot import RunSnapshot

THREADS, ASKED = 8, 2_000


@pytest.fixture
def hasty():
    """Makes threads switch as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def few(monkeypatch, hasty):
    """Keeps one page and one recording only."""
    monkeypatch.setattr(fragments, "_recent", RunLru(1))
    monkeypatch.setattr(frames, "_recordings", RunLru(1))


@pytest.fixture
def moments():
    """Returns one run at each of its facts."""
    known = simulate(compile_plan(SAGA["order"], Style.CHOREOGRAPHY))
    snapshot = RunSnapshot("a-run", known.settings, known.board, known.facts, known.entries, judge(known))
    return [frames.as_of(snapshot, seq) for seq in range(1, len(known.facts) + 1)]


def asked_at_once(seq_of, moments, forget):
    """Asks for each moment in several threads, from another one on in each, while one more forgets them."""

    def ask(first):
        for moment in islice(cycle(moments), first, first + ASKED):
            assert seq_of(moment) == moment.board.seq

    with ThreadPoolExecutor(THREADS + 1) as threads:
        tasks = [threads.submit(ask, first) for first in range(THREADS)]
        tasks.append(threads.submit(lambda: [forget("a-run") for _ in range(ASKED)]))
        for task in tasks:
            task.result()


def test_threads_that_ask_for_more_pages_than_are_kept_all_get_theirs(few, moments, monkeypatch):
    monkeypatch.setattr(fragments, "render", lambda snapshot, earlier: RenderedPage(snapshot, {}))
    asked_at_once(lambda snapshot: fragments.rendered_page(snapshot).seq, moments, fragments.forget)


def test_threads_that_ask_for_more_recordings_than_are_kept_all_get_theirs(few, moments, monkeypatch):
    monkeypatch.setattr(
        frames, "frames", lambda snapshot: [Frame(snapshot.run_id, snapshot.board.seq, 0.0, (), ended=False)]
    )
    asked_at_once(lambda snapshot: json.loads(frames.recording_of(snapshot))[0]["seq"], moments, frames.forget)
