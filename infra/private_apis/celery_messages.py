"""Writes messages for the broker as Celery does: each wakes a worker, or asks it to handle one delivery."""

import json
import uuid
from base64 import b64decode, b64encode
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from kombu.connection import Connection

TASK, EARLY_TASK, AGAIN = "sandbox.deliver", "sandbox.deliver-early", "sent_again"


def envelope(task: str, queue: str, arguments: list[int], *, again: bool) -> str:
    """Returns a message as Celery puts it into `queue`, which asks for `task` to be run with these arguments.

    Celery itself writes one for each task and queue; the others are copies of it with ids of their own. To send each
    through Celery takes ten times as long, mostly because it opens a new client of the broker every time.
    """
    sample = sample_of(task, queue)
    ident = str(uuid.uuid4())
    headers = {**sample["headers"], "id": ident, "root_id": ident, "argsrepr": repr(arguments), AGAIN: again}
    properties = {**sample["properties"], "correlation_id": ident, "delivery_tag": str(uuid.uuid4())}
    body = b64encode(json.dumps([arguments, *sample["rest"]]).encode()).decode()
    return json.dumps({**sample["message"], "body": body, "headers": headers, "properties": properties})


@cache
def celery_app() -> Any:
    """Returns the Celery application of this project."""
    return import_string(settings.CELERY_APP)


@cache
def sample_of(task: str, queue: str) -> dict[str, Any]:
    """Returns what Celery sends for `task`, taken from a broker in memory, which wraps messages as Redis's does."""
    with Connection("memory://") as connection:  # type: ignore[no-untyped-call]
        celery_app().send_task(task, args=[], queue=queue, connection=connection, retry=False, ignore_result=True)
        message = connection.default_channel._get(queue)
    _, *rest = json.loads(b64decode(message["body"]))
    message["headers"]["parent_id"] = None  # set to the running task when a worker makes the sample inside a task
    return {"message": message, "headers": message["headers"], "properties": message["properties"], "rest": rest}
