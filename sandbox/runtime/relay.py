"""From the outbox to the broker. The only place that publishes; every way to it goes through the claim."""

import logging
import time
from collections.abc import Iterable

from django.db import connection
from django.db.models import F
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.celery import app
from sandbox.definitions.terms import DeliveryState
from sandbox.models import Delivery

TASK, AGAIN = "sandbox.deliver", "sent_again"
BATCH = 50
PATIENCE = 1.0

log = logging.getLogger(__name__)


def relay(delivery_ids: Iterable[int]) -> None:
    """Hands these pending deliveries to the broker, each once: whoever claims a delivery first publishes it."""
    ids = list(delivery_ids)
    if ids:
        _publish(_claim(time.time(), ids))


def relay_due(now: float) -> int:
    """Hands over what may go by now, up to a batch; returns how many deliveries that were."""
    claimed = _claim(now, [])
    _publish(claimed)
    return len(claimed)


def relay_again(delivery_ids: Iterable[int], *, now: float) -> None:
    """Hands over once more what was sent but not handled. The inbox makes a second copy harmless."""
    rows = Delivery.objects.filter(pk__in=list(delivery_ids), state=DeliveryState.SENT)
    claimed = list(rows.values_list("pk", "receiver"))
    rows.update(sent_at=now, sends=F("sends") + 1)
    _publish(claimed, again=True)


def _claim(now: float, ids: list[int]) -> list[tuple[int, str]]:
    """Moves what may go by now from pending to sent, these deliveries or (without ids) any; returns id and receiver.

    One statement, so that two relays never claim the same; what someone else is about to change is left to the next.
    """
    those = f"AND id IN ({', '.join(['%s'] * len(ids))})" if ids else ""
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    sql = f"""UPDATE sandbox_delivery SET state = 'sent', sent_at = %s, sends = sends + 1
              WHERE id IN (SELECT id FROM sandbox_delivery WHERE state = 'pending' AND release_at <= %s {those}
                           ORDER BY id LIMIT {BATCH} {skip})
              RETURNING id, receiver"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [time.time(), now, *ids])
        return list(cursor.fetchall())


def _publish(claimed: Iterable[tuple[int, str]], *, again: bool = False) -> None:
    for delivery_id, receiver in claimed:
        try:
            app.send_task(
                TASK, args=[delivery_id], queue=receiver, retry=False, ignore_result=True, headers={AGAIN: again}
            )
        except (KombuError, RedisError, OSError) as error:
            log.warning("the broker did not take delivery %s: %s", delivery_id, error)
            _put_back(delivery_id)


def _put_back(delivery_id: int) -> None:
    rows = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.SENT)
    rows.update(state=DeliveryState.PENDING, release_at=time.time() + PATIENCE)
