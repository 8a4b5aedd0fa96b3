"""Reads the state of broker and deliveries of a run at one moment: one round trip and one query."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q

from sandbox.definitions.terms import OPEN, DeliveryState
from sandbox.engine.projection.board import delivery_key
from sandbox.engine.projection.liveness import BrokerStatus, RuntimeSnapshot
from sandbox.models import DeliveryRow
from sandbox.runtime.broker.inspection import BrokerSnapshot, broker_snapshot


def runtime_snapshot_of(run_id: uuid.UUID, actors: Sequence[str]) -> RuntimeSnapshot:
    """Returns the runtime snapshot of a run and of these actors, as of now.

    The broker is read first: what is still open afterwards, and was not found there, is not in the broker.
    """
    now = time.time()
    snapshot = broker_snapshot(actors)
    known = snapshot or BrokerSnapshot()
    rows = DeliveryRow.objects.filter(run_id=run_id).filter(Q(state__in=OPEN) | Q(pk__in=list(known.taken)))
    deliveries = list(rows.values("pk", "message", "receiver", "copy", "state", "release_at", "sent_at"))
    taken = _taken_by_key(deliveries, known.taken)
    broker_statuses = {_key(row): _broker_status(row, taken) for row in deliveries if row["state"] in OPEN}
    return RuntimeSnapshot(now, snapshot is not None, known.heartbeats, known.ready, broker_statuses)


Row = Mapping[str, Any]


def _key(row: Row) -> str:
    return delivery_key(row["message"], row["receiver"], row["copy"])


def _broker_status(row: Row, taken: Mapping[str, tuple[float, str]]) -> BrokerStatus:
    if row["state"] == DeliveryState.PENDING:
        return BrokerStatus(row["release_at"])
    sent_at = row["sent_at"] or 0.0
    return BrokerStatus(sent_at + settings.SANDBOX_RESEND_AFTER, sent_at, *taken.get(_key(row), ()))


def _taken_by_key(rows: Sequence[Row], taken: Mapping[int, tuple[float, str]]) -> Mapping[str, tuple[float, str]]:
    """Returns when the broker messages of these were taken. That of a handled original now belongs to its copy."""
    newest = {(row["message"], row["receiver"]): _key(row) for row in sorted(rows, key=lambda row: int(row["copy"]))}
    return {
        _key(row) if row["state"] in OPEN else newest[row["message"], row["receiver"]]: taken[row["pk"]]
        for row in rows
        if row["pk"] in taken
    }
