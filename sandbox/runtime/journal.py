"""Facts and ledger entries, from and to the database."""

import uuid
from collections.abc import Iterable, Sequence

from sandbox.engine.messages import Entry, Fact
from sandbox.models import EntryRow, FactRow


def append_facts(run_id: uuid.UUID, facts: Sequence[Fact]) -> None:
    """Adds facts to a run's journal, inside the caller's transaction."""
    FactRow.objects.bulk_create(
        FactRow(run_id=run_id, seq=f.seq, at=f.at, kind=f.kind, actor=f.actor, details=f.details()) for f in facts
    )


def append_entries(run_id: uuid.UUID, entries: Sequence[Entry]) -> None:
    """Adds entries to the ledgers of a run, inside the caller's transaction."""
    if entries:
        EntryRow.objects.bulk_create(
            EntryRow(run_id=run_id, seq=e.seq, service=e.service, account=e.account, amount=e.amount) for e in entries
        )


def read_facts(run_id: uuid.UUID, *, after: int = 0) -> tuple[Fact, ...]:
    """The facts of a run after that number, in order."""
    rows = FactRow.objects.filter(run_id=run_id, seq__gt=after).order_by("seq")
    return tuple(recalled(rows.iterator()))


def recalled(rows: Iterable[FactRow]) -> Iterable[Fact]:
    """The facts that these rows keep."""
    for row in rows:
        yield Fact.recall(kind=row.kind, actor=row.actor, seq=row.seq, at=row.at, details=row.details)


def read_entries(run_id: uuid.UUID) -> tuple[Entry, ...]:
    """Every ledger entry of a run, in the order in which they were made."""
    rows = EntryRow.objects.filter(run_id=run_id).order_by("id")
    return tuple(Entry(row.service, row.account, row.amount, row.seq) for row in rows)
