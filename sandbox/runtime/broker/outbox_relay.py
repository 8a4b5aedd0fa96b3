"""Publishes deliveries from the outbox to the broker. Nothing else does, and only claimed deliveries are published."""

import logging
import time
from collections.abc import Callable, Iterable

from django.db import connection, transaction
from django.db.models import F
from redis.exceptions import RedisError

from infra.private_apis.celery_messages import EARLY_TASK, TASK, envelope
from infra.private_apis.celery_queues import queue_key
from sandbox.definitions.registry import crash_queue
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow
from sandbox.runtime.broker.connection import Command, send_commands

BATCH = 50
# Seconds until a delivery that the broker did not take is published again.
RETRY_AFTER = 1.0

Claim = tuple[int, str, bool]
log = logging.getLogger(__name__)


def relay_due(now: float) -> int:
    """Publishes the deliveries that are due by now, up to a batch; returns their number."""
    claimed = _claim(now)
    publish(claimed)
    return len(claimed)


def relay_again(delivery_ids: Iterable[int], *, now: float) -> None:
    """Publishes deliveries again that were sent but not handled. The inbox makes a second broker message harmless."""
    rows = DeliveryRow.objects.filter(pk__in=list(delivery_ids), state=DeliveryState.SENT)
    with transaction.atomic():
        claimed = list(rows.values_list("pk", "receiver", "early_ack"))
        rows.update(sent_at=now, sends=F("sends") + 1)
    publish(claimed, again=True)


def relay_to_crash_worker(delivery_id: int, *, again: bool) -> None:
    """Publishes a delivery, unchanged, to the worker that may die by a requested crash. Passes `again` on."""
    rows = DeliveryRow.objects.filter(pk=delivery_id, state=DeliveryState.SENT).values_list(
        "pk", "receiver", "early_ack"
    )
    publish(rows, again=again, queue_of=crash_queue)


def _claim(now: float) -> list[Claim]:
    """Moves the deliveries that are due by now from pending to sent, and returns them.

    One statement, so that two relays never claim the same delivery; rows that are locked by others are skipped.
    """
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    sql = f"""UPDATE sandbox_delivery SET state = 'sent', sent_at = %s, sends = sends + 1
              WHERE id IN (SELECT id FROM sandbox_delivery WHERE state = 'pending' AND release_at <= %s
                           ORDER BY id LIMIT {BATCH} {skip})
              RETURNING id, receiver, early_ack"""  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [time.time(), now])
        return list(cursor.fetchall())


def publish(
    claimed: Iterable[Claim],
    *,
    again: bool = False,
    notifications: Iterable[Command] = (),
    queue_of: Callable[[str], str] = str,
) -> None:
    """Sends claimed deliveries and these notifications to the broker in one round trip.

    `queue_of` returns the queue of a receiver, by default the one of its own name. Deliveries that the broker does not
    take go back to the outbox; notifications are dropped.
    """
    claims = list(claimed)
    commands = [*(_push(claim, queue_of(claim[1]), again=again) for claim in claims), *notifications]
    try:
        send_commands(commands)
    except RedisError as error:
        log.log(
            logging.WARNING if claims else logging.DEBUG,
            "the broker did not take %d deliveries: %s",
            len(claims),
            error,
        )
        for delivery_id, _, _ in claims:
            _return_to_outbox(delivery_id)


def _push(claim: Claim, queue: str, *, again: bool) -> Command:
    delivery_id, _, early_ack = claim
    message = envelope(EARLY_TASK if early_ack else TASK, queue, delivery_id, again=again)
    return "LPUSH", queue_key(queue), message


def _return_to_outbox(delivery_id: int) -> None:
    rows = DeliveryRow.objects.filter(pk=delivery_id, state=DeliveryState.SENT)
    with transaction.atomic():
        rows.update(state=DeliveryState.PENDING, release_at=time.time() + RETRY_AFTER)
