"""Publishes deliveries from the outbox to the broker. Nothing else does, and only claimed deliveries are published."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from redis.exceptions import RedisError

from infra.private_apis.celery_messages import EARLY_TASK, TASK, envelope
from infra.private_apis.celery_queues import queue_key
from infra.private_apis.django_cursor import execute
from sandbox.definitions.registry import crash_queue
from sandbox.definitions.terms import DeliveryState
from sandbox.models import DeliveryRow
from sandbox.runtime.broker.connection import Command, send_commands

BATCH = 50
# Messages that a worker takes from a mailbox at once. The database's lock is kept for as long as they take.
MOST_AT_ONCE = 32
# The columns that a claim is made of.
CLAIMED = "id, receiver, early_ack, alone"
# Seconds until a delivery that the broker did not take is published again.
RETRY_AFTER = 1.0

# Puts a broker message into a queue unless one waits there already: whoever takes that one finds what this one would
# ask for.
WAKE = "if redis.call('LLEN', KEYS[1]) == 0 then return redis.call('LPUSH', KEYS[1], ARGV[1]) end return 0"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is on its way and has to be published.

    It is handled `alone`, or with what else waits in the mailbox of its receiver. With `crashes`, it is for the worker
    that may die by a requested crash.
    """

    delivery_id: int
    receiver: str
    early_ack: bool = False
    alone: bool = False
    crashes: bool = False

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> "Claim":
        """Returns the claim of a row with the columns of CLAIMED."""
        delivery_id, receiver, early_ack, alone = row
        return cls(delivery_id, receiver, bool(early_ack), bool(alone))


def relay_due(now: float) -> int:
    """Publishes the deliveries that are due by now, up to a batch; returns their number."""
    claimed = _claim(now)
    publish(claimed)
    return len(claimed)


def relay_again(delivery_ids: Sequence[int], *, now: float) -> None:
    """Publishes deliveries again that were sent but not handled, each with a broker message of its own.

    The inbox makes a second broker message harmless.
    """
    with transaction.atomic():
        claimed = set_aside(delivery_ids)
        rows = DeliveryRow.objects.filter(pk__in=[claim.delivery_id for claim in claimed])
        rows.update(sent_at=now, sends=F("sends") + 1)
    publish(claimed, again=True)


def relay_to_crash_worker(delivery_id: int, *, again: bool) -> None:
    """Publishes a delivery, unchanged, to the worker that may die by a requested crash. Passes `again` on."""
    with transaction.atomic():
        claimed = set_aside([delivery_id], crashes=True)
    publish(claimed, again=again)


def set_aside(delivery_ids: Sequence[int], *, crashes: bool = False) -> list[Claim]:
    """Takes deliveries on their way out of the mailbox, so that each is handled alone; returns them, to be published.

    With `crashes`, they are for the worker that may die. Runs inside the caller's transaction.
    """
    if not delivery_ids:
        return []
    sql = f"""UPDATE sandbox_delivery SET alone = %s
              WHERE id IN ({", ".join(["%s"] * len(delivery_ids))}) AND state = 'sent' RETURNING {CLAIMED}"""  # noqa: S608
    rows = execute(sql, [True, *delivery_ids]).fetchall()
    return [replace(Claim.of_row(row), crashes=crashes) for row in rows]


def _claim(now: float) -> list[Claim]:
    """Moves the deliveries that are due by now from pending to sent, and returns them.

    One statement, so that two relays never claim the same delivery; rows that are locked by others are skipped.
    """
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    sql = f"""UPDATE sandbox_delivery SET state = 'sent', sent_at = %s, sends = sends + 1
              WHERE id IN (SELECT id FROM sandbox_delivery WHERE state = 'pending' AND release_at <= %s
                           ORDER BY id LIMIT {BATCH} {skip})
              RETURNING {CLAIMED}"""  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [time.time(), now])
        return list(map(Claim.of_row, cursor.fetchall()))


def publish(
    claims: Sequence[Claim],
    *,
    again: bool = False,
    notifications: Iterable[Command] = (),
    also_wake: Iterable[str] = (),
) -> None:
    """Sends broker messages for claimed deliveries and these notifications to the broker in one round trip.

    A broker message wakes an actor, and one is enough for all that waits in its mailbox; `also_wake` names more actors.
    A delivery that is handled `alone` has one of its own. Deliveries that the broker does not take go back to the
    outbox; notifications are dropped.
    """
    pushed = (_push(claim, again=again) for claim in claims if claim.alone)
    woken = dict.fromkeys([*(claim.receiver for claim in claims if not claim.alone), *also_wake])
    commands = [*pushed, *map(_wake, woken), *notifications]
    try:
        send_commands(commands)
    except RedisError as error:
        log.log(
            logging.WARNING if claims else logging.DEBUG,
            "the broker did not take %d deliveries: %s",
            len(claims),
            error,
        )
        for claim in claims:
            _return_to_outbox(claim.delivery_id)


def _push(claim: Claim, *, again: bool) -> Command:
    queue = crash_queue(claim.receiver) if claim.crashes else claim.receiver
    message = envelope(EARLY_TASK if claim.early_ack else TASK, queue, [claim.delivery_id], again=again)
    return "LPUSH", queue_key(queue), message


def _wake(actor: str) -> Command:
    return "EVAL", WAKE, "1", queue_key(actor), envelope(TASK, actor, [], again=False)


def _return_to_outbox(delivery_id: int) -> None:
    rows = DeliveryRow.objects.filter(pk=delivery_id, state=DeliveryState.SENT)
    with transaction.atomic():
        rows.update(state=DeliveryState.PENDING, release_at=time.time() + RETRY_AFTER)
