"""Makes frames: the fragments of a page that a fact changed, as they are sent to the browser, which keeps them."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from sandbox.engine.analysis.invariants import judge
from sandbox.engine.execution.facts import Fact
from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import advance, fold
from sandbox.pages.run.fragments import Fragment, Fragments, RenderedPage, render
from sandbox.pages.run.fragments import forget as forget_pages
from sandbox.pages.run.lru import RunLru
from sandbox.pages.run.run_snapshot import RunSnapshot

RECENT_RECORDINGS = 32


@dataclass(frozen=True)
class Frame:
    """The fragments that changed on a run's page up to fact `seq`, which is `at` seconds after the run's first.

    One that `is_gone` says instead that the run does not exist any more, or that the viewer may not see it.
    """

    run_id: str
    seq: int
    at: float
    fragments: tuple[Fragment, ...]
    ended: bool
    is_gone: bool = False

    @cached_property
    def text(self) -> str:
        """Returns the frame as JSON, written once for all viewers."""
        fragments = [
            {"fragment": p.name, "html": p.html}
            | ({"into": p.into} if p.into else {})
            | ({"live": True} if p.live else {})
            for p in self.fragments
        ]
        known = {"run": self.run_id, "seq": self.seq, "at": round(self.at, 3), "ended": self.ended}
        return json.dumps(known | ({"gone": True} if self.is_gone else {}) | {"fragments": fragments})

    @cached_property
    def event(self) -> bytes:
        """Returns the frame as a server-sent event, written once for all viewers."""
        return f"data: {self.text}\n\n".encode()


def frame_of(page: RenderedPage, before: Fragments) -> Frame:
    """Returns a frame of what the page shows and an earlier one did not."""
    board = page.snapshot.board
    at = board.seconds_at(board.at)
    return Frame(page.snapshot.run_id, board.seq, at, page.since(before), board.is_ended)


def gone_frame(run_id: uuid.UUID) -> Frame:
    """Returns the last frame of a run that is gone."""
    return Frame(str(run_id), 0, 0.0, (), ended=True, is_gone=True)


def as_of(snapshot: RunSnapshot, seq: int) -> RunSnapshot:
    """Returns the snapshot as it was at fact `seq`."""
    facts = snapshot.facts[:seq]
    return _then(snapshot, fold(snapshot.board.plan, facts), facts)


def _then(snapshot: RunSnapshot, board: Board, facts: tuple[Fact, ...]) -> RunSnapshot:
    is_past = 0 < len(facts) < len(snapshot.facts)
    entries = tuple(entry for entry in snapshot.entries if entry.seq <= board.seq)
    then = replace(snapshot, board=board, facts=facts, entries=entries, findings=(), is_past=is_past)
    if not board.is_ended:
        return then
    # The operator may have reopened a run that had ended: it is judged by what was known then.
    return replace(then, findings=judge(then.record) if is_past else snapshot.findings)


_recordings: RunLru[tuple[str, int, bool], str] = RunLru(RECENT_RECORDINGS)


def recording_of(snapshot: RunSnapshot) -> str:
    """Returns a frame for each fact of the run so far, as JSON: with them, a page can show any moment of it."""
    known = _recordings.get(snapshot.key)
    return known or _recordings.keep(snapshot.key, f"[{','.join(frame.text for frame in frames(snapshot))}]")


def forget(run_id: str) -> None:
    """Forgets all that was rendered of a run that is gone."""
    _recordings.forget(run_id)
    forget_pages(run_id)


def frames(snapshot: RunSnapshot) -> Iterator[Frame]:
    """Yields what each fact of the run changed on its page, without what is always as of now."""
    page: RenderedPage | None = None
    for seq in range(1, len(snapshot.facts) + 1):
        new = snapshot.facts[seq - 1 : seq]
        board = reduce(advance, new, page.snapshot.board) if page else fold(snapshot.board.plan, new)
        then = render(_then(snapshot, board, snapshot.facts[:seq]), earlier=page)
        frame = frame_of(then, page.fragments if page else {})
        yield replace(frame, fragments=tuple(fragment for fragment in frame.fragments if not fragment.live))
        page = then
