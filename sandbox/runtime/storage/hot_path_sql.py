"""The SQL of the hot path. Most of the work is handling messages, and the ORM would take most of its time.

Other code reads and writes runs through the models. All of these statements run inside the caller's transaction.
"""

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from infra.private_apis.django_cursor import execute, execute_many
from sandbox.definitions.terms import DeliveryState, FactKind, MessageKind
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery, Message
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker.outbox_relay import CLAIMED, Claim

# In the order of the model's fields, as `Run.from_db` expects.
RUN_COLUMNS = (
    "id, saga, style, settings, faults, load_id, pace, status, last_seq, open_deliveries, started_at, ended_at"
)
DELIVERY_COLUMNS = (
    "message, receiver, copy, name, kind, sender, caused_by, because, state, release_at, attempts, redeliveries, "
    "overtaken, after"
)

_RUN_FIELDS = RUN_COLUMNS.split(", ")


def _quoted(columns: str, table: str = "") -> str:
    return ", ".join(f'{table}"{column}"' for column in columns.split(", "))


_SENT = f"""SELECT d.id, {_quoted(DELIVERY_COLUMNS, "d.")}, {_quoted(RUN_COLUMNS, "r.")}, m.data
            FROM sandbox_delivery d JOIN sandbox_run r ON r.id = d.run_id
            LEFT JOIN sandbox_actormemory m ON m.run_id = d.run_id AND m.actor = d.receiver"""  # noqa: S608
_IN_MAILBOX = "d.receiver = %s AND d.state = 'sent' AND NOT d.alone ORDER BY d.id LIMIT %s"


class AlreadyHandled(Exception):
    """Raised for a delivery that is not open any more, so that a second broker message for it has no effect."""


@dataclass(frozen=True, slots=True)
class SentDelivery:
    """A delivery on its way, with its run. `memory` is the JSON of the receiver's memory row, if there is one."""

    delivery_id: int
    run: Run
    delivery: Delivery
    memory: str | None

    def receiver_memory(self) -> Memory:
        """Returns the receiver's memory. Raises ValueError, KeyError or TypeError when it cannot be read."""
        return Memory.load(json.loads(self.memory)) if self.memory else Memory()


def read_sent(delivery_id: int) -> SentDelivery:
    """Returns the delivery with its run, which is locked until the transaction ends: its facts are numbered in turn.

    One query reads the delivery, its run and the receiver's memory. Raises AlreadyHandled when the delivery was
    handled, postponed or given up, or when its run was deleted meanwhile.
    """
    if connection.features.has_select_for_update:
        # The lock first: what is read while waiting for it could be outdated.
        execute(
            "SELECT 1 FROM sandbox_run WHERE id = (SELECT run_id FROM sandbox_delivery WHERE id = %s) FOR UPDATE",
            [delivery_id],
        )
    row = execute(f"{_SENT} WHERE d.id = %s AND d.state = 'sent'", [delivery_id]).fetchone()
    if row is None:
        raise AlreadyHandled(delivery_id)
    return _sent(row)


def read_mailbox(actor: str, most: int) -> list[SentDelivery]:
    """Returns the oldest deliveries on their way to an actor that are not to be handled alone, at most so many.

    Their runs are locked until the transaction ends. Those that another worker has locked are left out.
    """
    if not connection.features.has_select_for_update:
        return list(map(_sent, execute(f"{_SENT} WHERE {_IN_MAILBOX}", [actor, most])))
    # The locks first: what is read together with a lock could be outdated.
    locking = f"""SELECT d.id FROM sandbox_delivery d JOIN sandbox_run r ON r.id = d.run_id
                  WHERE {_IN_MAILBOX} FOR UPDATE OF d, r SKIP LOCKED"""  # noqa: S608
    locked = [ident for (ident,) in execute(locking, [actor, most])]
    if not locked:
        return []
    return list(map(_sent, execute(f"{_SENT} WHERE d.id IN ({_placeholders(locked)}) ORDER BY d.id", locked)))


def _sent(row: Sequence[Any]) -> SentDelivery:
    end = DELIVERY_COLUMNS.count(",") + 2
    return SentDelivery(row[0], _run(row[end:-1]), _delivery(row[1:end]), row[-1])


def delivery_of(delivery: DeliveryRow) -> Delivery:
    """Converts a delivery's row to the engine's record."""
    return _delivery([getattr(delivery, column) for column in DELIVERY_COLUMNS.split(", ")])


def _run(row: Sequence[Any]) -> Run:
    run_id, saga, style, settings, faults, load_id, *rest = row
    load = uuid.UUID(str(load_id)) if load_id else None
    values = [uuid.UUID(str(run_id)), saga, style, json.loads(settings), json.loads(faults), load, *rest]
    return Run.from_db(DEFAULT_DB_ALIAS, _RUN_FIELDS, values)


def _delivery(row: Sequence[Any]) -> Delivery:
    message, receiver, copy, name, kind, sender, caused_by, because, state, *rest = row
    release_at, attempts, redeliveries, overtaken, after = rest
    return Delivery(
        Message(message, name, MessageKind(kind), sender, caused_by, because),
        receiver,
        copy,
        DeliveryState(state),
        release_at,
        attempts,
        redeliveries,
        bool(overtaken),
        after,
    )


def add_runs(runs: Iterable[Run]) -> None:
    """Inserts runs."""
    columns = f"{RUN_COLUMNS}, learner, origin_id, forked_at, compared_with_id"
    columns += ", name, shared, prediction, reflection, start_key"
    _insert("sandbox_run", columns, list(map(_run_row, runs)))


def _run_row(run: Run) -> list[Any]:
    return [
        run.pk,
        *(run.saga, str(run.style), json.dumps(run.settings), json.dumps(run.faults)),
        *(run.load_id, str(run.pace), str(run.status)),
        *(run.last_seq, run.open_deliveries, run.started_at, run.ended_at),
        *(run.learner, run.origin_id, run.forked_at, run.compared_with_id),
        *(run.name, run.shared, json.dumps(run.prediction), run.reflection, run.start_key),
    ]


def add_facts(facts: Iterable[tuple[uuid.UUID, Fact]]) -> None:
    """Inserts facts into the journals of runs."""
    rows = [(run_id, f.seq, f.at, f.kind.value, f.actor, json.dumps(f.details())) for run_id, f in facts]
    _insert("sandbox_factrow", "run_id, seq, at, kind, actor, details", rows)


def add_entries(entries: Iterable[tuple[uuid.UUID, Entry]]) -> None:
    """Inserts entries into the ledgers of runs."""
    rows = [(run_id, e.seq, e.service, e.account, e.amount) for run_id, e in entries]
    _insert("sandbox_entryrow", "run_id, seq, service, account, amount", rows)


def save_memories(memories: Iterable[tuple[uuid.UUID, Mapping[str, Memory]]]) -> None:
    """Inserts or replaces the memories of these actors in their runs."""
    rows = [(run_id, actor, json.dumps(one.dump())) for run_id, of in memories for actor, one in of.items()]
    upsert = "ON CONFLICT (run_id, actor) DO UPDATE SET data = excluded.data"
    _insert("sandbox_actormemory", "run_id, actor, data", rows, then=upsert)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A new delivery of a run. With `at_once` it is claimed for the caller if it is due, who has to publish it."""

    run_id: uuid.UUID
    delivery: Delivery
    early_ack: bool
    at_once: bool

    def row(self, now: float) -> tuple[Any, ...]:
        """Returns the values of its columns. A claimed one is SENT, so that no relay claims it too."""
        one, m = self.delivery, self.delivery.message
        is_due = one.release_at is not None and one.release_at <= now
        is_claimed = self.at_once and one.state is DeliveryState.PENDING and is_due
        state = DeliveryState.SENT if is_claimed else one.state
        sent_at = now if state is DeliveryState.SENT else None
        message = (m.message_id, one.receiver, one.copy, m.name, m.kind.value, m.sender, m.caused_by, m.because)
        counts = (int(is_claimed), one.attempts, one.redeliveries)
        how = (one.overtaken, one.after, self.early_ack, self.early_ack)
        return (self.run_id, *message, state.value, one.release_at, sent_at, *counts, *how)


def add_deliveries(new: Iterable[NewDelivery]) -> list[Claim]:
    """Inserts new deliveries; returns the claimed ones. The others stay PENDING until the clock's relay finds them."""
    now = time.time()
    columns = (
        "run_id, message, receiver, copy, name, kind, sender, caused_by, because, state, release_at, sent_at, sends, "
        "attempts, redeliveries, overtaken, after, early_ack, alone"
    )
    rows = [one.row(now) for one in new]
    added = _insert("sandbox_delivery", columns, rows, then=f"RETURNING sends, {CLAIMED}")
    return [Claim.of_row(claim) for sends, *claim in added if sends]


@dataclass(frozen=True, slots=True)
class HandledDelivery:
    """A delivery of a run that has been handled, and the timers of its receiver that this cancels."""

    run_id: uuid.UUID
    delivery: Delivery
    cancelled_timers: Sequence[int]

    def condition(self) -> tuple[str, list[Any]]:
        """Returns the SQL that finds their rows, and its values."""
        message, receiver, copy = self.delivery.key
        these = f"OR (message IN ({_placeholders(self.cancelled_timers)}) AND kind = 'timer')"
        timers = these if self.cancelled_timers else ""
        sql = f"(run_id = %s AND receiver = %s AND ((message = %s AND copy = %s) {timers}))"
        return sql, [self.run_id, receiver, message, copy, *self.cancelled_timers]


def mark_handled(handled: Sequence[HandledDelivery]) -> Counter[uuid.UUID]:
    """Marks messages and the timers that they cancel as handled; returns how many of them were open, by run.

    For example, payment has handled message 7 (its original, copy 1), which cancels its timers 5 and 6:

        UPDATE sandbox_delivery SET state = 'handled' WHERE state IN ('pending', 'sent')
        AND ((run_id = ... AND receiver = 'payment'
              AND ((message = 7 AND copy = 1) OR (message IN (5, 6) AND kind = 'timer'))))
        RETURNING run_id
    """
    if not handled:
        return Counter()
    conditions, values = zip(*(one.condition() for one in handled), strict=True)
    sql = f"""UPDATE sandbox_delivery SET state = 'handled'
              WHERE state IN ('pending', 'sent') AND ({" OR ".join(conditions)}) RETURNING run_id"""  # noqa: S608
    return Counter(uuid.UUID(str(run_id)) for (run_id,) in execute(sql, list(chain(*values))).fetchall())


def save_progress(runs: Iterable[Run]) -> None:
    """Updates how far runs are."""
    sql = """UPDATE sandbox_run SET last_seq = %s, open_deliveries = %s, status = %s, ended_at = %s, faults = %s
             WHERE id = %s"""
    execute_many(
        sql,
        [
            (run.last_seq, run.open_deliveries, str(run.status), run.ended_at, json.dumps(run.faults), run.pk)
            for run in runs
        ],
    )


def count_facts(run_id: uuid.UUID, *kinds: FactKind) -> dict[str, int]:
    """Returns how many facts of these kinds a run has, by kind."""
    sql = f"""SELECT kind, COUNT(*) FROM sandbox_factrow
              WHERE run_id = %s AND kind IN ({_placeholders(kinds)}) GROUP BY kind"""  # noqa: S608
    return dict(execute(sql, [run_id, *map(str, kinds)]).fetchall())


def _placeholders(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _insert(table: str, columns: str, rows: Sequence[Sequence[Any]], *, then: str = "") -> list[Sequence[Any]]:
    if not rows:
        return []
    cursor = execute(_insert_sql(table, columns, len(rows), then), list(chain.from_iterable(rows)))
    return list(cursor.fetchall()) if "RETURNING" in then else []


# A statement for each number of rows; a message seldom makes more than a handful.
@lru_cache(maxsize=256)
def _insert_sql(table: str, columns: str, rows: int, then: str) -> str:
    row = f"({_placeholders(columns.split(', '))})"
    return f"INSERT INTO {table} ({_quoted(columns)}) VALUES {', '.join([row] * rows)} {then}"  # noqa: S608
