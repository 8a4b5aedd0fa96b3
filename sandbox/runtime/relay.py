"""From the outbox to the broker. The only place that publishes; every way to it goes through the claim."""

import json
import logging
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from kombu.connection import Connection
from redis.exceptions import RedisError

from config.celery import app
from sandbox.definitions.terms import DeliveryState
from sandbox.models import Delivery
from sandbox.runtime.broker import Command, tell

TASK, EARLY_TASK, AGAIN = "sandbox.deliver", "sandbox.deliver-early", "sent_again"
BATCH = 50
PATIENCE = 1.0

Claim = tuple[int, str, bool]
log = logging.getLogger(__name__)


def relay_due(now: float) -> int:
    """Hands over what may go by now, up to a batch; returns how many deliveries that were."""
    claimed = _claim(now)
    publish(claimed)
    return len(claimed)


def relay_again(delivery_ids: Iterable[int], *, now: float) -> None:
    """Hands over once more what was sent but not handled. The inbox makes a second copy harmless."""
    rows = Delivery.objects.filter(pk__in=list(delivery_ids), state=DeliveryState.SENT)
    with transaction.atomic():
        claimed = list(rows.values_list("pk", "receiver", "early_ack"))
        rows.update(sent_at=now, sends=F("sends") + 1)
    publish(claimed, again=True)


def _claim(now: float) -> list[Claim]:
    """Moves what may go by now from pending to sent.

    One statement, so that two relays never claim the same; what someone else is about to change is left to the next.
    """
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    sql = f"""UPDATE sandbox_delivery SET state = 'sent', sent_at = %s, sends = sends + 1
              WHERE id IN (SELECT id FROM sandbox_delivery WHERE state = 'pending' AND release_at <= %s
                           ORDER BY id LIMIT {BATCH} {skip})
              RETURNING id, receiver, early_ack"""  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [time.time(), now])
        return list(cursor.fetchall())


def publish(claimed: Iterable[Claim], *, again: bool = False, hints: Iterable[Command] = ()) -> None:
    """Hands what was claimed to the broker, and these hints, all in one round trip.

    What the broker does not take goes back to the outbox; a hint that it does not take is forgotten.
    """
    claims = list(claimed)
    commands = [*(_push(*claim, again=again) for claim in claims), *hints]
    try:
        tell(commands)
    except RedisError as error:
        log.log(
            logging.WARNING if claims else logging.DEBUG,
            "the broker did not take %d deliveries: %s",
            len(claims),
            error,
        )
        for delivery_id, _, _ in claims:
            _put_back(delivery_id)


def _push(delivery_id: int, receiver: str, early_ack: bool, *, again: bool) -> Command:
    letter = envelope(EARLY_TASK if early_ack else TASK, receiver, delivery_id, again=again)
    return "LPUSH", f"{settings.REDIS_PREFIX}{receiver}", letter


def envelope(task: str, receiver: str, delivery_id: int, *, again: bool) -> str:
    """A Celery message as it lies in its queue, which asks `receiver` to run `task` on that delivery.

    Celery itself writes one for each task and receiver; the rest are copies of it with ids of their own. Sending each
    through Celery takes ten times as long, most of it for a new client of the broker every time.
    """
    sample = _sample(task, receiver)
    ident = str(uuid.uuid4())
    headers = {**sample["headers"], "id": ident, "root_id": ident, "argsrepr": f"[{delivery_id}]", AGAIN: again}
    properties = {**sample["properties"], "correlation_id": ident, "delivery_tag": str(uuid.uuid4())}
    body = b64encode(json.dumps([[delivery_id], *sample["rest"]]).encode()).decode()
    return json.dumps({**sample["message"], "body": body, "headers": headers, "properties": properties})


@cache
def _sample(task: str, receiver: str) -> dict[str, Any]:
    """What Celery sends for `task`, caught by a broker in memory, which wraps messages as that on Redis does."""
    with Connection("memory://") as connection:  # type: ignore[no-untyped-call]
        app.send_task(task, args=[0], queue=receiver, connection=connection, retry=False, ignore_result=True)
        message = connection.default_channel._get(receiver)
    _, *rest = json.loads(b64decode(message["body"]))
    return {"message": message, "headers": message["headers"], "properties": message["properties"], "rest": rest}


def _put_back(delivery_id: int) -> None:
    rows = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.SENT)
    with transaction.atomic():
        rows.update(state=DeliveryState.PENDING, release_at=time.time() + PATIENCE)
