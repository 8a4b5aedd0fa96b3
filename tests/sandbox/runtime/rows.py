"""A run's rows and its messages in the broker, as the tests of the runtime look at them."""

import json
from functools import partial

from infra.private_apis.celery_messages import TASK, envelope
from infra.private_apis.celery_queues import queue_key
from sandbox.definitions.terms import DeliveryState
from sandbox.models import ActorMemory, DeliveryRow, FactRow
from sandbox.runtime.broker import inspection


def in_broker(valkey):
    """Returns the function by which the clock looks up what the broker has messages for."""
    return partial(inspection.broker_messages_of, broker=valkey)


def set_apart(row, valkey):
    """Replaces the broker message that wakes the receiver of a delivery by one for this delivery alone."""
    DeliveryRow.objects.filter(pk=row.pk).update(alone=True)
    valkey.delete(queue_key(row.receiver))
    valkey.lpush(queue_key(row.receiver), envelope(TASK, row.receiver, [row.pk], again=False))


def first_of(run):
    return DeliveryRow.objects.filter(run=run).earliest("pk")


def facts(run, *kinds):
    rows = FactRow.objects.filter(run=run).order_by("seq")
    return [row.kind for row in rows if not kinds or row.kind in kinds]


def with_an_impossible_undo(run, work, *, after, actor, account):
    """Empties an account once that refusal is under way, so that its undo cannot be done; the run as it then ends."""
    while not DeliveryRow.objects.filter(run=run, name=after).exists():
        work(run, most=1)
    memory = ActorMemory.objects.get(run=run, actor=actor)
    memory.data["balances"][account] = 0
    memory.save()
    return work(run)


def open_rows(run):
    return DeliveryRow.objects.filter(run=run, state__in=[DeliveryState.PENDING, DeliveryState.SENT])


def broker_messages(valkey, actor):
    """Returns the messages in an actor's queue."""
    return [json.loads(text) for text in valkey.lrange(queue_key(actor), 0, -1)]
