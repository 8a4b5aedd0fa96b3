"""Reads facts and ledger entries from the database."""

import uuid
from collections.abc import Iterable

from sandbox.engine.execution.facts import Entry, Fact
from sandbox.models import EntryRow, FactRow


def read_facts(run_id: uuid.UUID, *, after: int = 0) -> tuple[Fact, ...]:
    """Returns the facts of a run after that number, in order."""
    rows = FactRow.objects.filter(run_id=run_id, seq__gt=after).order_by("seq")
    return tuple(facts_from(rows.iterator()))


def facts_from(rows: Iterable[FactRow]) -> Iterable[Fact]:
    """Yields the facts of these rows."""
    for row in rows:
        yield Fact.recall(kind=row.kind, actor=row.actor, seq=row.seq, at=row.at, details=row.details)


def read_entries(run_id: uuid.UUID, facts: tuple[Fact, ...]) -> tuple[Entry, ...]:
    """Returns the ledger entries of a run that were made with these facts, which follow one another, in order.

    Those of facts that have been written since are left out: whoever reads on from the last of these facts gets them.
    """
    if not facts:
        return ()
    rows = EntryRow.objects.filter(run_id=run_id, seq__range=(facts[0].seq, facts[-1].seq)).order_by("id")
    return tuple(Entry(row.service, row.account, row.amount, row.seq) for row in rows)
