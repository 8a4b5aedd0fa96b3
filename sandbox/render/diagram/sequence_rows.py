"""The sequence diagram as rows, in the order of the facts.

A message has a row where it was sent, and one for each time that its receiver dealt with it, so that later events are
below earlier ones. Rows are only ever added at the end; an earlier one can change its state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board, DeliveryView, delivery_key

# Seconds without any fact from which on the next row shows the gap.
GAP = 2.0


class RowKind(StrEnum):
    """An arrow for a message sent, a box for work, a ghost for a message that should have come, or a note."""

    ARROW = "arrow"
    BOX = "box"
    GHOST = "ghost"
    NOTE = "note"


@dataclass(frozen=True)
class SequenceRow:
    """One row: the `facts` of one event at `actor`. An arrow goes to `to`; `gap` is the wait before it in seconds."""

    key: str
    kind: RowKind
    actor: str
    facts: tuple[Fact, ...]
    to: str | None = None
    delivery: DeliveryView | None = None
    name: str = ""
    gap: float = 0.0

    @property
    def seq(self) -> int:
        return self.facts[0].seq

    @property
    def at(self) -> float:
        return self.facts[0].at

    @property
    def actors(self) -> tuple[str, ...]:
        """Returns the actors that take part in it."""
        return tuple(dict.fromkeys(filter(None, (self.actor, self.to))))

    def is_as(self, earlier: "SequenceRow | None") -> bool:
        """Returns whether it shows the same as the earlier one."""
        same = earlier is not None and earlier.delivery is self.delivery and len(earlier.facts) == len(self.facts)
        return same and earlier is not None and earlier.key == self.key


def rows(board: Board, facts: Sequence[Fact]) -> tuple[SequenceRow, ...]:
    """Returns the rows of these facts; `board` is the board after them."""
    found: dict[str, SequenceRow] = {}
    before = facts[0].at if facts else 0.0
    for fact in facts:
        gap, before = fact.at - before, fact.at
        for row in _rows_of(fact, board, gap if gap >= GAP else 0.0):
            known = found.get(row.key)
            found[row.key] = SequenceRow(**{**vars(known), "facts": (*known.facts, fact)}) if known else row
    return tuple(found.values())


def _rows_of(fact: Fact, board: Board, gap: float) -> Iterator[SequenceRow]:
    if fact.kind is FactKind.MESSAGE_SENT:
        yield from _sent(fact, board, gap)
    elif fact.kind in NOTES:
        yield SequenceRow(f"note-{fact.seq}", RowKind.NOTE, fact.actor, (fact,), gap=gap)
    else:
        if fact.kind is FactKind.MESSAGE_COPIED:
            yield from _copied(fact, board)
        if fact.kind is FactKind.STEP_TIMED_OUT:
            yield from _missed(fact, board.plan)
        yield SequenceRow(f"box-{fact.at:.6f}-{fact.actor}", RowKind.BOX, fact.actor, (fact,), gap=gap)


NOTES = {
    FactKind.PACE_CHANGED,
    FactKind.RUN_FORKED,
    FactKind.MESSAGE_RELEASED,
    FactKind.TIME_SKIPPED,
    FactKind.OPERATOR_RETRIED,
    FactKind.SAGA_ENDED,
}


def _sent(fact: Fact, board: Board, gap: float) -> Iterator[SequenceRow]:
    """Yields an arrow for each receiver. A timer has no row until it fires."""
    if fact.message_kind is MessageKind.TIMER:
        return
    for to in fact.to or (None,):
        delivery = board.deliveries[delivery_key(fact.message, to or "nobody")]
        yield SequenceRow(delivery.key, RowKind.ARROW, fact.actor, (fact,), to, delivery, delivery.name, gap)


def _copied(fact: Fact, board: Board) -> Iterator[SequenceRow]:
    delivery = board.deliveries.get(delivery_key(fact.message, fact.actor, fact.copy))
    if delivery:
        yield SequenceRow(delivery.key, RowKind.ARROW, delivery.sender, (fact,), fact.actor, delivery, delivery.name)


def _missed(fact: Fact, plan: Plan) -> Iterator[SequenceRow]:
    """Yields a ghost of the message that did not arrive in time, with its sender and name by the plan."""
    rule = next((r for r in plan.rules_of(fact.actor) if fact.name in r.on and r.unless), None)
    name = rule.unless[0] if rule else None
    sender = next((r.actor for r in plan.rules if any(e.name == name for e in r.possible_emissions)), None)
    if name and sender:
        yield SequenceRow(f"ghost-{fact.seq}", RowKind.GHOST, sender, (fact,), fact.actor, name=name)
