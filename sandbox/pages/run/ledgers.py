"""The services' ledgers as the learner reads them: opening balance, every posting, and what is there now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sandbox.definitions.model import Order
from sandbox.definitions.registry import SERVICE
from sandbox.definitions.terms import Verb
from sandbox.engine.analysis.promised import promised
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.handling import openings
from sandbox.engine.execution.messages import Entry, Fact
from sandbox.engine.projection.board import Board
from sandbox.render.text.words import amount, posting, undo_name


@dataclass(frozen=True, slots=True)
class Line:
    """One posting in words; a compensation is a reversing posting, never an erasure."""

    seq: int
    name: str
    text: str
    reversing: bool


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    opening: str
    now: str
    moved: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """One service's ledger."""

    service: str
    title: str
    icon: str
    accounts: tuple[Account, ...]
    lines: tuple[Line, ...]


def ledgers(board: Board, order: Order, refused: str) -> tuple[Ledger, ...]:
    """The ledgers of all participants, as of the board."""
    opened = openings(board.plan, order, refused or None)
    return tuple(_ledger(board, service, balances) for service, balances in opened.items())


def _ledger(board: Board, service: str, opened: dict[str, int]) -> Ledger:
    facts = [fact for fact in board.postings if fact.posting and fact.posting.service == service]
    now = dict(opened)
    for fact in facts:
        if fact.posting:
            now[fact.posting.source] -= fact.posting.amount
            now[fact.posting.target] += fact.posting.amount
    written = partial(amount, service=service, saga=board.plan.saga)
    accounts = tuple(
        Account(name, written(opened[name], account=name), written(now[name], account=name), now[name] != opened[name])
        for name in opened
    )
    entry = SERVICE[service]
    return Ledger(service, entry.title, entry.icon, accounts, tuple(_lines(board, facts)))


def _lines(board: Board, facts: list[Fact]) -> Iterator[Line]:
    for fact in facts:
        if fact.posting and fact.step:
            undo = fact.verb is Verb.UNDO
            name = undo_name(board.plan, fact.step) if undo else fact.step
            yield Line(fact.seq, name, posting(fact.posting, board.plan.saga), undo)


def consistency(board: Board, order: Order, entries: Sequence[Entry]) -> str:
    """What the books, read together, would get wrong if they stayed as they are; empty when they agree.

    No service can see that: each has only its own.
    """
    as_if_over = RunRecord(board.plan, order, (), tuple(entries), if_it_stays=True)
    violations = (invariant.check(as_if_over) for invariant in promised(board.plan.saga) if invariant.needs_end)
    return "; ".join(violation.text for violation in violations if violation)
