"""Two runs on one page: what each of them shows at a moment of the time that they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.frames.film import as_of
from sandbox.frames.pane import Pane
from sandbox.frames.parts import Page, page_of
from sandbox.frames.view import View


@dataclass(frozen=True)
class Pair:
    """Two panes as of moment `seq` of `last`: each fact of either run is one, by the seconds since its own start."""

    panes: tuple[Pane, ...]
    seq: int
    last: int

    @property
    def is_past(self) -> bool:
        return self.seq < self.last

    @property
    def now(self) -> Page:
        """The page of a run that still goes on, or of either once both have ended."""
        pages = [pane.now for pane in self.panes]
        return next((page for page in pages if not page.view.board.is_ended), pages[0])


def moments(views: Sequence[View]) -> list[tuple[int, int]]:
    """Which run, and which of its facts, one after the other."""
    facts = [
        (round(fact.at - view.board.started_at, 3), which, fact.seq)
        for which, view in enumerate(views)
        for fact in view.facts
    ]
    return [(which, seq) for _, which, seq in sorted(facts, key=lambda fact: fact[0])]


def pair_of(views: Sequence[View], *, at: int | None, token: str) -> Pair:
    """The panes of these runs as of moment `at`, or as of now; a run that has not begun yet shows its first fact."""
    passed = moments(views)
    last = len(passed)
    seq = last if at is None else min(at, last)
    seqs = [max((fact for run, fact in passed[:seq] if run == which), default=1) for which in range(len(views))]
    return Pair(tuple(_pane(view, seq, token) for view, seq in zip(views, seqs, strict=True)), seq, last)


def _pane(view: View, seq: int, token: str) -> Pane:
    now = page_of(view)
    return Pane(now if seq >= now.seq else page_of(as_of(view, seq)), now, token)
