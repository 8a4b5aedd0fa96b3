"""Two runs on one page: what each of them shows at a moment of the time that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from sandbox.pages.run.fragments import Page, Part, page_of
from sandbox.pages.run.frames import as_of
from sandbox.pages.run.panel import Pane
from sandbox.pages.run.snapshot import View
from sandbox.render.diagram.timeline import track


@dataclass(frozen=True)
class Pair:
    """Two panes as of moment `seq` of `last`: each fact of either run is one, by the seconds since its own start."""

    panes: tuple[Pane, ...]
    seq: int
    last: int
    part: Mapping[str, SafeString]
    address: str
    unit: str = "moment"
    offset: float | None = None

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


def pair_of(
    pages: Sequence[Page], *, at: int | None, token: str, present: Sequence[tuple[Part, ...]], address: str
) -> Pair:
    """The panes of these runs as of moment `at`, or as of now; a run that has not begun yet shows its first fact."""
    passed = moments([page.view for page in pages])
    last = len(passed)
    seq = last if at is None else min(at, last)
    seqs = [max((fact for run, fact in passed[:seq] if run == which), default=1) for which in range(len(pages))]
    parts = zip(pages, seqs, present, strict=True)
    panes = tuple(_pane(page, fact, token, now) for page, fact, now in parts)
    return Pair(panes, seq, last, {"track": _track(passed, pages)}, address)


def _track(passed: Sequence[tuple[int, int]], pages: Sequence[Page]) -> SafeString:
    """What the scrubber is painted with: both runs' facts, in the order in which they happened."""
    told = [(pages[which].view.board.plan, pages[which].view.facts[seq - 1]) for which, seq in passed]
    return render_to_string("sandbox/run/_track.html", {"marks": track(told), "last": len(told)})


def _pane(now: Page, seq: int, token: str, present: tuple[Part, ...]) -> Pane:
    return Pane(now if seq >= now.seq else page_of(as_of(now.view, seq)), now, token, present=present)
