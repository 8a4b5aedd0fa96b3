"""Changes kombu's Redis transport: a worker discards whatever is not a message of ours.

Anyone who can write to the broker can put anything into a queue. Much of what cannot be read ends a Celery worker, and
some of it ends the worker again at each start, because it was never acknowledged.
"""

import json
import logging
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from kombu.transport import redis

from infra.private_apis.celery_messages import AGAIN, EARLY_TASK, TASK, sample_of

log = logging.getLogger(__name__)
# The names of the queues of Celery's remote control end with this.
CONTROL = ".pidbox"
# The fields that differ from one message to the next, with their types. All others are as in Celery's sample.
HEADERS = {"id": str, "root_id": str, "argsrepr": str, "origin": str, AGAIN: bool, "redelivered": bool}
PROPERTIES = {"correlation_id": str, "reply_to": str, "delivery_tag": str}


def is_ours(message: Any, queue: str) -> bool:
    """Returns whether a message is for one of our tasks, as we write it for that queue or Celery puts it back."""
    try:
        task = message["headers"]["task"]
        if task not in {TASK, EARLY_TASK}:
            return False
        sample = sample_of(task, queue)
        written = sample["message"]
        arguments, *rest = _unpacked(message["body"])
        where = {name: value for name, value in message["properties"]["delivery_info"].items() if name != "redelivered"}
        properties = {**message["properties"], "delivery_info": where}
        return (
            [type(one) for one in arguments] in ([], [int])
            and rest == sample["rest"]
            and _is_alike(message["headers"], written["headers"], HEADERS)
            and _is_alike(properties, written["properties"], PROPERTIES)
            and _is_alike(message, written, {"body": str, "headers": dict, "properties": dict})
        )
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
        return False


def is_control(message: Any) -> bool:
    """Returns whether Celery's remote control can read the message, and report itself what is wrong with it."""
    try:
        properties = message["properties"]
        return (
            isinstance(message["headers"], dict)
            and isinstance(properties["delivery_tag"], str)
            and properties["body_encoding"] == "base64"
            and isinstance(_unpacked(message["body"]), dict)
        )
    except (LookupError, TypeError, ValueError, RecursionError):
        return False


def _unpacked(body: str) -> Any:
    return json.loads(b64decode(body, validate=True))


def _is_alike(found: Mapping[str, Any], sample: Mapping[str, Any], differ: Mapping[str, type]) -> bool:
    """Returns whether both hold the same, except for fields that may differ if they have the right type."""
    if any(not isinstance(found[name], kind) for name, kind in differ.items() if name in found):
        return False
    if not sample.keys() <= found.keys():
        return False
    return {**found, **dict.fromkeys(differ)} == {**sample, **dict.fromkeys(differ)}


class Channel(redis.Channel):
    """Discards what is not JSON when it takes the next message from a queue."""

    def _brpop_read(self, **options: Any) -> Any:
        self.connection.is_delivering = False
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except (ValueError, RecursionError):
            if self.connection.is_delivering:
                raise
            log.error("discarded, because it is not JSON")
            return True


class Transport(redis.Transport):
    """Discards whatever is not a message of ours before Celery sees it."""

    Channel = Channel
    is_delivering = False

    def _deliver(self, message: Any, queue: str) -> None:
        self.is_delivering = True
        if queue and not (is_control(message) if queue.endswith(CONTROL) else is_ours(message, queue)):
            log.error("discarded, because it is no message of ours, from the queue %s: %.200r", queue, message)
            return
        super()._deliver(message, queue)  # type: ignore[no-untyped-call]
