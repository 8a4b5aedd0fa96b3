"""Reads Celery's queues on Redis: which messages wait, which ones a worker has taken, and what each asks for."""

import json
import re

from django.conf import settings

# Celery writes the arguments of a task into its message as text, too. There may be thousands of messages, and decoding
# each would take far longer than looking for that text.
ONLY_ARGUMENT = re.compile(rb'"argsrepr": ?"\[(\d{1,18})\]"')
# A hash: each message that a worker has taken and not acknowledged, by its tag, with the queue that it came from.
# And a sorted set: the same tags, by the time at which each was taken.
UNACKED, UNACKED_INDEX = f"{settings.REDIS_PREFIX}unacked", f"{settings.REDIS_PREFIX}unacked_index"


def queue_key(queue: str) -> str:
    """Returns the key of the list in which the messages of a queue wait: LPUSH adds one, a worker takes the last."""
    return f"{settings.REDIS_PREFIX}{queue}"


def queue_of_unacked(entry: bytes) -> str:
    """Returns the queue from which a worker took what `UNACKED` holds under a tag; "" for what Celery did not write."""
    try:
        _message, _exchange, queue = json.loads(entry)
    except (TypeError, ValueError):
        return ""
    return str(queue)


def only_argument(message: bytes) -> int | None:
    """Returns the number that is the task's only argument, from a waiting message or an entry of `UNACKED`."""
    found = ONLY_ARGUMENT.search(message)
    return int(found[1]) if found else None
