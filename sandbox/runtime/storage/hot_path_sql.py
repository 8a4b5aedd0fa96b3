"""The SQL of the hot path. Most of the work is handling messages, and the ORM would take most of its time.

Other code reads and writes runs through the models. All of these statements run inside the caller's transaction.
"""

import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from infra.private_apis.django_cursor import execute
from sandbox.definitions.terms import DeliveryState, FactKind, MessageKind
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery, Message
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.broker.outbox_relay import Claim

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


_READ_SENT = f"""SELECT {_quoted(DELIVERY_COLUMNS, "d.")}, {_quoted(RUN_COLUMNS, "r.")}, m.data
                 FROM sandbox_delivery d JOIN sandbox_run r ON r.id = d.run_id
                 LEFT JOIN sandbox_actormemory m ON m.run_id = d.run_id AND m.actor = d.receiver
                 WHERE d.id = %s AND d.state = 'sent'"""  # noqa: S608


class AlreadyHandled(Exception):
    """Raised for a delivery that is not open any more, so that a second broker message for it has no effect."""


@dataclass(frozen=True, slots=True)
class SentDelivery:
    """A delivery on its way, with its run. `memory` is the JSON of the receiver's memory row, if there is one."""

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
    row = execute(_READ_SENT, [delivery_id]).fetchone()
    if row is None:
        raise AlreadyHandled(delivery_id)
    width = DELIVERY_COLUMNS.count(",") + 1
    return SentDelivery(_run(row[width:-1]), _delivery(row[:width]), row[-1])


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


def add_run(run: Run) -> None:
    """Inserts a run."""
    columns = f"{RUN_COLUMNS}, learner, origin_id, forked_at, compared_with_id"
    columns += ", name, shared, prediction, reflection, start_key"
    values = [
        run.pk,
        *(run.saga, str(run.style), json.dumps(run.settings), json.dumps(run.faults)),
        *(run.load_id, str(run.pace), str(run.status)),
        *(run.last_seq, run.open_deliveries, run.started_at, run.ended_at),
        *(run.learner, run.origin_id, run.forked_at, run.compared_with_id),
        *(run.name, run.shared, json.dumps(run.prediction), run.reflection, run.start_key),
    ]
    _insert("sandbox_run", columns, [values])


def add_facts(run_id: uuid.UUID, facts: Iterable[Fact]) -> None:
    """Inserts facts into a run's journal."""
    rows = [(run_id, f.seq, f.at, f.kind.value, f.actor, json.dumps(f.details())) for f in facts]
    _insert("sandbox_factrow", "run_id, seq, at, kind, actor, details", rows)


def add_entries(run_id: uuid.UUID, entries: Iterable[Entry]) -> None:
    """Inserts entries into the ledgers of a run."""
    rows = [(run_id, e.seq, e.service, e.account, e.amount) for e in entries]
    _insert("sandbox_entryrow", "run_id, seq, service, account, amount", rows)


def save_memories(run_id: uuid.UUID, memories: Mapping[str, Memory]) -> None:
    """Inserts or replaces the memories of these actors in a run."""
    rows = [(run_id, actor, json.dumps(memory.dump())) for actor, memory in memories.items()]
    upsert = "ON CONFLICT (run_id, actor) DO UPDATE SET data = excluded.data"
    _insert("sandbox_actormemory", "run_id, actor, data", rows, then=upsert)


def add_deliveries(run_id: uuid.UUID, deliveries: Iterable[Delivery], *, early_ack: bool, at_once: bool) -> list[Claim]:
    """Inserts new deliveries. With `at_once`, those that are due are claimed for the caller, who has to publish them.

    A claimed delivery is inserted as SENT, so that no relay claims it too. The others stay PENDING until the clock's
    relay finds them due. Returns the claims: the delivery's id, its receiver, and whether it is acknowledged early.
    """
    now = time.time()
    rows = []
    for one in deliveries:
        m, release_at, state = one.message, one.release_at, one.state
        is_claimed = at_once and state is DeliveryState.PENDING and release_at is not None and release_at <= now
        state = DeliveryState.SENT if is_claimed else state
        sent_at = now if state is DeliveryState.SENT else None
        row = (
            run_id,
            m.message_id,
            one.receiver,
            one.copy,
            m.name,
            m.kind.value,
            m.sender,
            m.caused_by,
            m.because,
        )
        counts = (int(is_claimed), one.attempts, one.redeliveries)
        rows.append((*row, state.value, release_at, sent_at, *counts, one.overtaken, one.after, early_ack))
    columns = (
        "run_id, message, receiver, copy, name, kind, sender, caused_by, because, state, release_at, sent_at, sends, "
        "attempts, redeliveries, overtaken, after, early_ack"
    )
    added = _insert("sandbox_delivery", columns, rows, then="RETURNING id, receiver, early_ack, sends")
    return [(ident, receiver, bool(early)) for ident, receiver, early, sends in added if sends]


def mark_handled(run_id: uuid.UUID, delivery: Delivery, *, cancelled_timers: Sequence[int]) -> int:
    """Marks a message and the timers that it cancels as handled; returns how many of them were open.

    For example, payment has handled message 7 (its original, copy 1), which cancels its timers 5 and 6:

        UPDATE sandbox_delivery SET state = 'handled'
        WHERE run_id = ... AND receiver = 'payment' AND state IN ('pending', 'sent')
        AND ((message = 7 AND copy = 1) OR (message IN (5, 6) AND kind = 'timer'))
    """
    timers = f"OR (message IN ({_placeholders(cancelled_timers)}) AND kind = 'timer')" if cancelled_timers else ""
    sql = f"""UPDATE sandbox_delivery SET state = 'handled'
              WHERE run_id = %s AND receiver = %s AND state IN ('pending', 'sent')
              AND ((message = %s AND copy = %s) {timers})"""  # noqa: S608
    message, receiver, copy = delivery.key
    return int(execute(sql, [run_id, receiver, message, copy, *cancelled_timers]).rowcount)


def save_progress(run: Run) -> None:
    """Updates how far a run is."""
    sql = """UPDATE sandbox_run SET last_seq = %s, open_deliveries = %s, status = %s, ended_at = %s, faults = %s
             WHERE id = %s"""
    values = [run.last_seq, run.open_deliveries, str(run.status), run.ended_at, json.dumps(run.faults), run.pk]
    execute(sql, values)


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
