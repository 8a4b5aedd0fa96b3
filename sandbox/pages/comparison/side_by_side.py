"""Shows two runs on one page, each at the same moment of the time that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from sandbox.engine.analysis.run_record import RunRecord
from sandbox.pages.run.fragments import Fragment, RenderedPage
from sandbox.pages.run.panel import Panel, panel_at
from sandbox.render.diagram.timeline import timeline_marks


@dataclass(frozen=True)
class SideBySide:
    """Two panels as of moment `seq` of `last`: each fact of either run is one, by the seconds since its own start."""

    panels: tuple[Panel, ...]
    seq: int
    last: int
    fragment: Mapping[str, SafeString]
    address: str
    unit: str = "moment"
    offset: float | None = None

    @property
    def is_past(self) -> bool:
        return self.seq < self.last

    @property
    def now(self) -> RenderedPage:
        """Returns the page of a run that still goes on, or of either once both have ended."""
        pages = [panel.now for panel in self.panels]
        return next((page for page in pages if not page.snapshot.board.is_ended), pages[0])


def moments_of(records: Sequence[RunRecord]) -> list[tuple[int, int]]:
    """Returns all facts of these runs in the order of their time, each as the run's place and the fact's number."""
    facts = [
        (round(record.board.seconds_at(fact.at), 3), which, fact.seq)
        for which, record in enumerate(records)
        for fact in record.facts
    ]
    return [(which, seq) for _, which, seq in sorted(facts, key=lambda fact: fact[0])]


def side_by_side_of(
    pages: Sequence[RenderedPage], *, at: int | None, token: str, live: Sequence[tuple[Fragment, ...]], address: str
) -> SideBySide:
    """Returns the panels as of moment `at`, or as of now; a run that has not begun yet shows its first fact."""
    passed = moments_of([page.snapshot.record for page in pages])
    last = len(passed)
    seq = last if at is None else min(at, last)
    seqs = [max((fact for run, fact in passed[:seq] if run == which), default=1) for which in range(len(pages))]
    panels = tuple(panel_at(fact, page, token, live=now) for page, fact, now in zip(pages, seqs, live, strict=True))
    return SideBySide(panels, seq, last, {"scrubber": _scrubber(passed, pages)}, address)


def _scrubber(passed: Sequence[tuple[int, int]], pages: Sequence[RenderedPage]) -> SafeString:
    """Draws what lies under the scrubber: both runs' facts, in the order in which they happened."""
    facts = [(pages[which].snapshot.board.plan, pages[which].snapshot.facts[seq - 1]) for which, seq in passed]
    return render_to_string("sandbox/run/_scrubber.html", {"marks": timeline_marks(facts), "last": len(facts)})
