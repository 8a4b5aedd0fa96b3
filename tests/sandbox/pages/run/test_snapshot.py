"""A snapshot holds what belongs together, however much is written while it is read."""

import pytest

from sandbox import selectors
from sandbox.models import Run
from sandbox.pages.run import snapshot_reader
from sandbox.pages.run.snapshot_reader import snapshot_after, snapshot_of
from sandbox.runtime.storage.journal import read_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def overtaken(monkeypatch, work):
    """Lets a message be handled each time between the reading of a run's facts and of what else belongs to it."""

    def read(run_id, **after):
        facts = read_facts(run_id, **after)
        work(Run.objects.get(pk=run_id), most=1)
        return facts

    for module in (snapshot_reader, selectors):
        monkeypatch.setattr(module, "read_facts", read)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_entries_made_while_it_is_read_come_with_their_facts_and_once(start, overtaken, style):
    run = start(style=style, fail="schedule-fulfilment")
    snapshot = snapshot_of(run)
    while not snapshot.board.is_ended:
        assert all(entry.seq <= snapshot.board.seq for entry in snapshot.entries)
        snapshot = snapshot_after(snapshot, run)
    assert snapshot.entries == selectors.recorded_run(run).record.entries
    assert [finding.invariant.name for finding in snapshot.findings if not finding.is_kept] == []
