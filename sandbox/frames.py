"""The parts of a run's page, rendered from its board; a frame is what changed between two boards.

The page, a reload and the live stream all show these parts, so that a page is the same however one came to it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import get_template, render_to_string

from sandbox.books import books
from sandbox.definitions.records import FaultType, Order
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import SETTLED, Guarantee, Pace, StepKind, Style, Verb
from sandbox.engine.board import Arrow, Board
from sandbox.engine.laws import Finding, broken, judge
from sandbox.engine.messages import Fact
from sandbox.engine.placement import fitting
from sandbox.engine.plan import Plan, Way
from sandbox.engine.rehearsal import rehearse
from sandbox.engine.styles import compile_plan
from sandbox.engine.trip import FOLLOW_DELAY
from sandbox.pictures import pictures
from sandbox.render.svg import SIGN, STEP_SIGN
from sandbox.render.words import headline, sentence, undo_name, who

# Parts are rendered once for everyone; each page puts its own token in this place.
CSRF_BLANK = "csrf-token-of-this-page"
RECENT_PAGES = 256
# Seconds from which on it is worth skipping a wait.
LONG = 2.0
REGIONS = ("headline", "controls", "topology", "steps", "books", "verdict")
TRAVEL = {Pace.FOLLOW: FOLLOW_DELAY, Pace.FAST: 0.2, Pace.STEP: 0.0}


@dataclass(frozen=True, slots=True)
class View:
    """What the parts are rendered from. `findings` are there once the run has ended."""

    run_id: str
    saga: str
    style: str
    refused: str
    settings: tuple[tuple[str, str], ...]
    order: Order
    board: Board
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]

    @property
    def pace(self) -> Pace:
        """How fast messages travel now."""
        return self.board.pace

    @property
    def is_moving(self) -> bool:
        """Whether something will happen without the learner."""
        return any(not arrow.held for arrow in self.board.in_flight)

    @property
    def other_styles(self) -> tuple[tuple[Style, tuple[tuple[str, str], ...]], ...]:
        """The styles to compare this run with, each with its settings; a fault that it cannot have is left out."""
        styles = [style for style in self.board.plan.saga.styles if style != self.style]
        return tuple((style, self._settings_in(style)) for style in styles)

    def _settings_in(self, style: Style) -> tuple[tuple[str, str], ...]:
        without = frozenset(Guarantee(value) for name, value in self.settings if name == "without")
        faults = [value for name, value in self.settings if name == "fault"]
        plan = compile_plan(self.board.plan.saga, style, timeouts=Guarantee.TIMEOUTS not in without)
        fit = fitting(plan, faults, order=self.order, refused=self.refused, without=without)
        kept = (pair for pair in self.settings if pair[0] != "fault" or pair[1] in fit)
        return tuple((name, str(style) if name == "style" else value) for name, value in kept)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page with the id `ident`; a new one is appended to the element `into`."""

    ident: str
    into: str
    html: str


Parts = Mapping[str, Part]
_recent: OrderedDict[tuple[str, int], Parts] = OrderedDict()


def parts_of(view: View) -> Parts:
    """Every part of the run's page, in order, by its id. A page as of a fact never changes, so it is rendered once."""
    key = (view.run_id, view.board.seq)
    if key not in _recent:
        _recent[key] = {part.ident: part for part in (*_regions(view), *_arrows(view), *_journal(view))}
        if len(_recent) > RECENT_PAGES:
            _recent.popitem(last=False)
    return _recent[key]


def warm_up() -> None:
    """Renders a page of each style once; the first learner would otherwise see the first run 0.2 s late."""
    get_template("sandbox/run.html")
    for style in SAGA["order"].styles:
        evidence = rehearse(compile_plan(SAGA["order"], style))
        parts_of(
            View("", "order", style, "", (), evidence.order, evidence.board, evidence.facts, findings=judge(evidence)),
        )


def recent_parts(run_id: str, seq: int) -> Parts | None:
    """The page of a run as of fact `seq`, if this process has rendered it lately."""
    return _recent.get((run_id, seq))


def changed(before: Parts, after: Parts) -> list[Part]:
    """The parts that are new or different."""
    return [part for ident, part in after.items() if before.get(ident) != part]


def _regions(view: View) -> Iterator[Part]:
    board = view.board
    context: dict[str, Any] = {
        "view": view,
        "csrf_blank": CSRF_BLANK,
        "board": board,
        "headline": headline(board, broken=len(broken(view.findings))),
        "held": [(arrow, _by_hand(arrow, board.plan)) for arrow in board.in_flight if arrow.held],
        "dead": [arrow for arrow in board.arrows.values() if arrow.dead and board.status not in SETTLED],
        "later": not any(arrow.held for arrow in board.in_flight) and any(_waits(arrow) for arrow in board.in_flight),
        "pictures": pictures(board.plan, name="live", board=board, travel=TRAVEL[view.pace]),
        "steps": list(_steps(board)),
        "books": books(board, view.order, view.refused),
        "findings": sorted(view.findings, key=lambda finding: (finding.held, not finding.is_open)),
    }
    for name in REGIONS:
        yield Part(name, "run", render_to_string(f"sandbox/_{name}.html", context))


def _by_hand(arrow: Arrow, plan: Plan) -> list[FaultType]:
    """What can be done to a message on its way: an undo that fails, only where one is asked for."""
    asked = {verb for verb in Verb if plan.asked_by(str(arrow.receiver), arrow.name, verb)}
    return [fault for fault in FAULT.values() if fault.verb is Verb.DO or fault.verb in asked]


def _waits(arrow: Arrow) -> bool:
    """Whether the message was put off for longer than it takes to look."""
    return arrow.due - arrow.sent_at > LONG


def _steps(board: Board) -> Iterator[dict[str, Any]]:
    for step in board.plan.saga.steps:
        view = board.steps[step.name]
        yield {
            "view": view,
            "csrf_blank": CSRF_BLANK,
            "sign": STEP_SIGN[view.status],
            "service": step.service,
            "undo": undo_name(board.plan, step.name) if step.name in board.undo_stack else "",
            "is_pivot": step.kind is StepKind.PIVOT,
        }


def _arrows(view: View) -> Iterator[Part]:
    lanes = view.board.plan.actors
    for arrow in view.board.arrows.values():
        if arrow.is_timer and not arrow.handled:
            continue
        html = _arrow_html(arrow, lanes, view.board.plan, view.board.started_at)
        yield Part(f"arrow-{arrow.key}", "sequence", html)


@lru_cache(4096)
def _arrow_html(arrow: Arrow, lanes: tuple[str, ...], plan: Plan, started_at: float) -> str:
    start = lanes.index(arrow.sender) + 1
    end = lanes.index(arrow.receiver) + 1 if arrow.receiver else start
    way = plan.way_of(arrow.name)
    context = {
        "arrow": arrow,
        "way": way,
        "sign": SIGN[way],
        "low": min(start, end),
        "high": max(start, end),
        "towards": "right" if end > start else "left" if end < start else "nowhere",
        "receiver_lane": end,
        "side": "right" if end > len(lanes) / 2 + 0.5 else "left",
        "state": _state(arrow),
        "offset": arrow.sent_at - started_at,
        "did": [_did(fact, plan) for fact in arrow.outcome],
        "is_undo": way is Way.UNDO,
    }
    return render_to_string("sandbox/_arrow.html", context)


def _state(arrow: Arrow) -> str:
    if arrow.lost or arrow.dead:
        return "lost" if arrow.lost else "dead"
    return "held" if arrow.held else "flying" if arrow.in_flight else "arrived"


def _did(fact: Fact, plan: Plan) -> dict[str, str]:
    return {"kind": fact.kind.replace(" ", "-"), "text": f"{who(fact)} {sentence(fact, plan)}"}


def _journal(view: View) -> Iterator[Part]:
    for fact in view.facts:
        yield Part(f"fact-{fact.seq}", "journal", _fact_html(fact, view.board.plan, view.board.started_at))


@lru_cache(8192)
def _fact_html(fact: Fact, plan: Plan, started_at: float) -> str:
    context = {"fact": fact, "who": who(fact), "sentence": sentence(fact, plan), "offset": fact.at - started_at}
    return render_to_string("sandbox/_fact.html", context)
