"""Shows the services' ledgers: opening balance, every posting, and the balance now."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sandbox.definitions.registry import SERVICE
from sandbox.definitions.terms import Verb
from sandbox.engine.analysis.promised import promised
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.projection.board import Board
from sandbox.render.text.words import amount, posting, undo_name


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One posting in words; a compensation is a reversing posting, never an erasure."""

    seq: int
    name: str
    text: str
    reversing: bool


@dataclass(frozen=True, slots=True)
class LedgerAccount:
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
    accounts: tuple[LedgerAccount, ...]
    lines: tuple[LedgerLine, ...]


def ledgers(record: RunRecord) -> tuple[Ledger, ...]:
    """Returns the ledgers of all participants: balances are the sums of their entries."""
    opened = opening_balances(record.plan, record.settings)
    return tuple(_ledger(record, service, balances) for service, balances in opened.items())


def _ledger(record: RunRecord, service: str, opened: dict[str, int]) -> Ledger:
    facts = [fact for fact in record.board.postings if fact.posting and fact.posting.service == service]
    now = {account: record.balance(service, account) for account in opened}
    in_words = partial(amount, service=service, saga=record.plan.saga)
    accounts = tuple(
        LedgerAccount(name, in_words(first, account=name), in_words(now[name], account=name), now[name] != first)
        for name, first in opened.items()
    )
    entry = SERVICE[service]
    return Ledger(service, entry.title, entry.icon, accounts, tuple(_lines(record.board, facts)))


def _lines(board: Board, facts: list[Fact]) -> Iterator[LedgerLine]:
    for fact in facts:
        if fact.posting and fact.step:
            undo = fact.verb is Verb.UNDO
            name = undo_name(board.plan, fact.step) if undo else fact.step
            yield LedgerLine(fact.seq, name, posting(fact.posting, board.plan.saga), undo)


def consistency(record: RunRecord) -> str:
    """Says how the ledgers would contradict each other if they stayed as they are; empty when they agree.

    No service can see that: each has only its own ledger.
    """
    as_if_over = evolve(record, facts=(), if_final=True)
    violations = (invariant.check(as_if_over) for invariant in promised(record.plan.saga) if invariant.needs_end)
    return "; ".join(violation.text for violation in violations if violation)
