"""Renders a run snapshot as fragments: regions, pieces of the picture, rows. Few of them change at a fact."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.template.loader import get_template, render_to_string

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Pace
from sandbox.engine.analysis.invariants import judge
from sandbox.engine.execution.run_state import FOLLOW_DELAY
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.pages.run.lru import RunLru
from sandbox.pages.run.regions import REGIONS, Region
from sandbox.pages.run.rows import fact_html, goal_in, row_html
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.svg import pieces
from sandbox.render.text.idle_reason import IdleReason

RECENT_PAGES = 256
NO_RUN = str(uuid.UUID(int=0))
TRAVEL = {Pace.FOLLOW: FOLLOW_DELAY, Pace.FAST: 0.2, Pace.STEP: 0.0}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the page by its name; a new one is appended to the fragment `into`.

    One that is `live` shows how things stand now, whatever moment the page looks at.
    """

    name: str
    into: str
    html: str
    live: bool = False


Fragments = Mapping[str, Fragment]
# Of each actor, how many messages are ready in its queue, and how many of the run it has not acknowledged.
Counts = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class RenderedPage:
    """A snapshot and all its fragments, by their names and in order."""

    snapshot: RunSnapshot
    fragments: Fragments = field(repr=False)

    @property
    def seq(self) -> int:
        return self.snapshot.board.seq

    @property
    def is_ended(self) -> bool:
        return self.snapshot.board.is_ended

    def since(self, before: Fragments) -> tuple[Fragment, ...]:
        """Returns the fragments that are new or different."""
        return tuple(fragment for name, fragment in self.fragments.items() if before.get(name) != fragment)


_recent: RunLru[tuple[str, int, bool], RenderedPage] = RunLru(RECENT_PAGES)


def rendered_page(snapshot: RunSnapshot, *, earlier: RenderedPage | None = None) -> RenderedPage:
    """Returns the run's page, rendered once, since a page as of a fact never changes.

    What has not changed since an `earlier` page is taken from there.
    """
    return _recent.get(snapshot.key) or _recent.keep(snapshot.key, render(snapshot, earlier=earlier))


def render(snapshot: RunSnapshot, *, earlier: RenderedPage | None = None) -> RenderedPage:
    """Renders the page, except for what is the same as in the earlier one."""
    return RenderedPage(snapshot, {fragment.name: fragment for fragment in _fragments(snapshot, earlier)})


@lru_cache(256)
def live_fragments(why: IdleReason | None = None, counts: Counts = ()) -> tuple[Fragment, ...]:
    """Renders what belongs to no fact: why nothing is happening, if nothing is, and what the broker holds."""
    return (
        Fragment("why", "", render_to_string("sandbox/run/_idle_reason.html", {"why": why}), live=True),
        Fragment("broker", "", render_to_string("sandbox/run/_broker_counts.html", {"counts": counts}), live=True),
    )


def recent_page(run_id: str, seq: int) -> RenderedPage | None:
    """Returns the page of a run as of fact `seq`, if this process has rendered it lately."""
    return _recent.get((run_id, seq, False))


def forget(run_id: str) -> None:
    """Forgets the pages of a run that is gone."""
    _recent.forget(run_id)


def warm_up() -> None:
    """Renders a page of each style once; the first learner would otherwise see the first run 0.2 s late."""
    get_template("sandbox/run/run.html")
    for style in SAGA["order"].styles:
        known = simulate(compile_plan(SAGA["order"], style))
        findings = judge(known)
        snapshot = RunSnapshot(NO_RUN, known.settings, known.board, known.facts, known.entries, findings)
        rendered_page(snapshot)
        forget(NO_RUN)


def _fragments(snapshot: RunSnapshot, earlier: RenderedPage | None) -> Iterator[Fragment]:
    for region in REGIONS:
        yield _kept(region, snapshot, earlier) or Fragment(region.name, "", region.html(snapshot), region.live)
    yield from _picture(snapshot)
    yield from _sequence(snapshot, earlier)
    yield from _journal(snapshot, earlier)


def _kept(region: Region, snapshot: RunSnapshot, earlier: RenderedPage | None) -> Fragment | None:
    """Returns the region as it was, when nothing that it depends on has changed since."""
    if earlier is None or len(earlier.snapshot.findings) != len(snapshot.findings):
        return None
    pairs = zip(region.depends(earlier.snapshot), region.depends(snapshot), strict=True)
    return earlier.fragments[region.name] if all(_is_same(*pair) for pair in pairs) else None


def _is_same(one: object, other: object) -> bool:
    """Compares by identity, since boards share what has not changed; tuples by value, which are short or shared."""
    return one is other or (isinstance(one, tuple) and one == other)


def _picture(snapshot: RunSnapshot) -> Iterator[Fragment]:
    now = LiveState(snapshot.board, TRAVEL[snapshot.pace], snapshot.address, snapshot.tag, snapshot.goal)
    for shape in Shape:
        for piece in pieces(draw(snapshot.board.plan, shape), name=snapshot.tag, now=now):
            yield Fragment(piece.name, shape, piece.html)


def _sequence(snapshot: RunSnapshot, earlier: RenderedPage | None) -> Iterator[Fragment]:
    was = earlier.snapshot if earlier else None
    before = {row.key: row for row in was.rows} if was else {}
    for row in snapshot.rows:
        is_same = was is not None and row.is_as(before.get(row.key)) and goal_in(row, was) == goal_in(row, snapshot)
        known = earlier.fragments[row.key] if earlier and is_same else None
        yield known or Fragment(row.key, "sequence", row_html(row, snapshot))


def _journal(snapshot: RunSnapshot, earlier: RenderedPage | None) -> Iterator[Fragment]:
    for fact in snapshot.facts:
        name = f"fact-{fact.seq}"
        known = earlier.fragments.get(name) if earlier else None
        yield known or Fragment(name, "journal", fact_html(fact, snapshot))
