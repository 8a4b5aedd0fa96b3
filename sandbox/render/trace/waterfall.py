"""Lays the spans of a run out as a waterfall: a row for each, its bar where it was in time. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sandbox.definitions.registry import title
from sandbox.definitions.terms import FactKind
from sandbox.engine.execution.facts import Fact
from sandbox.render.text.format import brief
from sandbox.render.text.words import STATUS
from sandbox.render.trace.spans import Span, SpanKind, spans_of

# The width of the chart, in units of its rows.
WIDTH = 1000.0
# A bar is at least that wide, since nothing is drawn of one without any width.
THINNEST = 0.1
# The parts of the time between its marks.
PARTS = 4


class RowTone(StrEnum):
    """What a row is about, as a colour that always comes with a word."""

    FORWARD = "forward"
    UNDO = "undo"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One span. `seq` is the fact that it leads to; `cause` that of the row which caused it, if there is one.

    `waits_at` is where its message began to wait, `begins_at` and `width` are those of its bar.
    """

    seq: int
    who: str
    name: str
    tone: RowTone
    note: str
    figures: str
    cause: int | None
    waits_at: float
    begins_at: float
    width: float

    @property
    def wait(self) -> float:
        """Returns the width of the part in which its message waited."""
        return self.begins_at - self.waits_at


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The rows of a run, the whole saga first, and the times along their top.

    `unheard` counts the sends after which there is nothing. The learner `skipped` time that no clock has measured.
    """

    rows: tuple[WaterfallRow, ...]
    times: tuple[str, ...]
    unheard: int
    skipped: bool


def waterfall(facts: Iterable[Fact]) -> Waterfall:
    """Returns the waterfall of a run with these facts.

    A send is where the waiting of its message begins; it has a row of its own only where nobody handled the message.
    """
    known = tuple(facts)
    spans = spans_of(known)
    by_key, heard = {one.key: one for one in spans}, {one.parent for one in spans}
    unheard = [one for one in spans if one.kind is SpanKind.SEND and one.key not in heard]
    shown = [one for one in spans if one.kind is not SpanKind.SEND or one in unheard]
    root = spans[0]
    return Waterfall(
        tuple(_row(one, root, _cause(one, by_key)) for one in shown),
        tuple(brief(root.duration * part / PARTS) for part in range(PARTS + 1)),
        len(unheard),
        any(fact.kind is FactKind.TIME_SKIPPED for fact in known),
    )


def _cause(span: Span, by_key: dict[str, Span]) -> int | None:
    """Returns the number of the handling that caused a span, or None where that is the order itself."""
    parent = by_key.get(span.parent or "")
    if parent and parent.kind is SpanKind.SEND:
        parent = by_key.get(parent.parent or "")
    return parent.fact.seq if parent and parent.kind is SpanKind.PROCESS else None


def _row(span: Span, root: Span, cause: int | None) -> WaterfallRow:
    scale = WIDTH / root.duration if root.duration else 0.0
    since = span.begin if span.since is None else span.since
    return WaterfallRow(
        seq=span.fact.seq,
        who=title(span.actor),
        name=span.name,
        tone=_tone(span),
        note=", ".join(_notes(span)),
        figures=_figures(span),
        cause=cause,
        waits_at=(since - root.begin) * scale,
        begins_at=(span.begin - root.begin) * scale,
        width=max(span.duration * scale, THINNEST),
    )


def _tone(span: Span) -> RowTone:
    if span.is_error:
        return RowTone.REFUSED
    if span.kind is SpanKind.SEND:
        return RowTone.WAITING
    return RowTone.UNDO if span.is_undo else RowTone.FORWARD


def _notes(span: Span) -> Iterator[str]:
    if span.kind is SpanKind.SAGA:
        yield f"the whole saga: {STATUS[span.status][0].lower()}"
    if span.kind is SpanKind.SEND:
        yield "sent, and nothing after it"
    if span.is_timer:
        yield "a timer"
    if span.attempt > 1:
        yield f"attempt {span.attempt}"
    if span.is_undo:
        yield "compensation"
    if span.error:
        yield f"error: {span.error.reason or span.error.kind}"
    if any(fact.kind is FactKind.DUPLICATE_IGNORED for fact in span.outcomes):
        yield "ignored as a duplicate"


def _figures(span: Span) -> str:
    if span.kind is SpanKind.SAGA:
        return brief(span.duration)
    if span.kind is SpanKind.SEND:
        return ""
    took = f", took {brief(span.duration)}" if span.duration else ""
    return f"waited {brief(span.wait)}{took}"
