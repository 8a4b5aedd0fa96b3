"""The parts of a page and how they follow from a view: regions, pieces of the picture, rows. Few change at a fact."""

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
from sandbox.engine.simulation.simulator import rehearse
from sandbox.pages.run.lru import Recent
from sandbox.pages.run.regions import REGIONS, Region
from sandbox.pages.run.rows import fact_html, row_html
from sandbox.pages.run.snapshot import View
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.svg import Now, pieces
from sandbox.render.text.idle_reason import Why

RECENT_PAGES = 256
NOBODYS = str(uuid.UUID(int=0))
TRAVEL = {Pace.FOLLOW: FOLLOW_DELAY, Pace.FAST: 0.2, Pace.STEP: 0.0}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page by its name; a new one is appended to the part `into`.

    One that is `live` shows how things stand now, whatever moment the page looks at.
    """

    name: str
    into: str
    html: str
    live: bool = False


Parts = Mapping[str, Part]
# Of each actor, how many messages are ready in its queue, and how many of the run it has not acknowledged.
Counts = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Page:
    """A view and all its parts, by their names and in order."""

    view: View
    parts: Parts = field(repr=False)

    @property
    def seq(self) -> int:
        return self.view.board.seq

    @property
    def is_ended(self) -> bool:
        return self.view.board.is_ended

    def since(self, before: Parts) -> tuple[Part, ...]:
        """The parts that are new or different."""
        return tuple(part for name, part in self.parts.items() if before.get(name) != part)


_recent: Recent[tuple[str, int, bool], Page] = Recent(RECENT_PAGES)


def page_of(view: View, *, earlier: Page | None = None) -> Page:
    """The run's page. A page as of a fact never changes, so it is rendered once; what has not changed since an
    `earlier` one is taken from there.
    """
    return _recent.get(view.key) or _recent.keep(view.key, render(view, earlier=earlier))


def render(view: View, *, earlier: Page | None = None) -> Page:
    """The page, rendered anew but for what is the same as in the earlier one."""
    return Page(view, {part.name: part for part in _parts(view, earlier)})


@lru_cache(256)
def parts_now(why: Why | None = None, counts: Counts = ()) -> tuple[Part, ...]:
    """What is part of no moment: why nothing is happening, and what the broker holds. Empty while something is."""
    return (
        Part("why", "", render_to_string("sandbox/run/_idle_reason.html", {"why": why}), live=True),
        Part("broker", "", render_to_string("sandbox/run/_broker_counts.html", {"counts": counts}), live=True),
    )


def recent_page(run_id: str, seq: int) -> Page | None:
    """The page of a run as of fact `seq`, if this process has rendered it lately."""
    return _recent.get((run_id, seq, False))


def forget(run_id: str) -> None:
    """Forgets the pages of a run that is gone."""
    _recent.forget(run_id)


def warm_up() -> None:
    """Renders a page of each style once; the first learner would otherwise see the first run 0.2 s late."""
    get_template("sandbox/run/run.html")
    for style in SAGA["order"].styles:
        known = rehearse(compile_plan(SAGA["order"], style))
        findings = judge(known)
        page_of(View(NOBODYS, "order", style, "", (), known.order, known.board, known.facts, findings))
        forget(NOBODYS)


def _parts(view: View, earlier: Page | None) -> Iterator[Part]:
    for region in REGIONS:
        yield _kept(region, view, earlier) or Part(region.name, "", region.html(view), region.live)
    yield from _picture(view)
    yield from _sequence(view, earlier)
    yield from _journal(view, earlier)


def _kept(region: Region, view: View, earlier: Page | None) -> Part | None:
    """The region as it was, when nothing that it depends on has changed since."""
    if earlier is None or len(earlier.view.findings) != len(view.findings):
        return None
    pairs = zip(region.depends(earlier.view), region.depends(view), strict=True)
    return earlier.parts[region.name] if all(_is_same(*pair) for pair in pairs) else None


def _is_same(one: object, other: object) -> bool:
    """Boards share what has not changed, so that looking at identity is enough; tuples are short, or share as well."""
    return one is other or (isinstance(one, tuple) and one == other)


def _picture(view: View) -> Iterator[Part]:
    now = Now(view.board, TRAVEL[view.pace], view.address)
    for shape in Shape:
        for piece in pieces(draw(view.board.plan, shape), name=view.tag, now=now):
            yield Part(piece.name, shape, piece.html)


def _sequence(view: View, earlier: Page | None) -> Iterator[Part]:
    before = {row.key: row for row in earlier.view.rows} if earlier else {}
    for row in view.rows:
        known = earlier.parts[row.key] if earlier and row.is_as(before.get(row.key)) else None
        yield known or Part(row.key, "sequence", row_html(row, view))


def _journal(view: View, earlier: Page | None) -> Iterator[Part]:
    for fact in view.facts:
        name = f"fact-{fact.seq}"
        known = earlier.parts.get(name) if earlier else None
        yield known or Part(name, "journal", fact_html(fact, view))
