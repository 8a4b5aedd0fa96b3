"""What the broker and the deliveries of a run tell at this moment: one round trip and one query."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q

from sandbox.definitions.terms import OPEN, DeliveryState
from sandbox.engine.projection.board import arrow_key
from sandbox.engine.projection.liveness import Letter, Signs
from sandbox.models import Delivery
from sandbox.runtime.broker.snapshot import Post, post_for


def signs_of(run_id: uuid.UUID, actors: Sequence[str]) -> Signs:
    """How things stand with a run, and with these actors, now.

    The broker is asked first: what is still open afterwards, and was not to be found there, is not there.
    """
    now = time.time()
    post = post_for(actors)
    known = post or Post()
    rows = Delivery.objects.filter(run_id=run_id).filter(Q(state__in=OPEN) | Q(pk__in=list(known.taken)))
    deliveries = list(rows.values("pk", "message", "receiver", "copy", "state", "release_at", "sent_at"))
    taken = _taken_by_key(deliveries, known.taken)
    letters = {_key(row): _letter(row, taken) for row in deliveries if row["state"] in OPEN}
    return Signs(now, post is not None, known.heard, known.ready, letters)


Row = Mapping[str, Any]


def _key(row: Row) -> str:
    return arrow_key(row["message"], row["receiver"], row["copy"])


def _letter(row: Row, taken: Mapping[str, tuple[float, str]]) -> Letter:
    if row["state"] == DeliveryState.PENDING:
        return Letter(row["release_at"])
    sent_at = row["sent_at"] or 0.0
    return Letter(sent_at + settings.SANDBOX_RESEND_AFTER, sent_at, *taken.get(_key(row), ()))


def _taken_by_key(rows: Sequence[Row], taken: Mapping[int, tuple[float, str]]) -> Mapping[str, tuple[float, str]]:
    """When the letters of these were taken. One that is handled and was not acknowledged is now that of its copy."""
    newest = {(row["message"], row["receiver"]): _key(row) for row in sorted(rows, key=lambda row: int(row["copy"]))}
    return {
        _key(row) if row["state"] in OPEN else newest[row["message"], row["receiver"]]: taken[row["pk"]]
        for row in rows
        if row["pk"] in taken
    }
