"""Loaded by every worker: says in a file that the worker consumes, and has it look for dead children often.

The file is much cheaper than asking through the broker.
"""

import os
from pathlib import Path
from typing import Any

from celery.concurrency.asynpool import AsynPool
from celery.signals import worker_ready

# Seconds from one look for dead pool children to the next. Celery's own are 5, which no setting changes; for as long
# the message waits that killed its child.
LOOK_EVERY = 0.5


def mark(**_: Any) -> None:
    Path(os.environ["READY_FILE"]).touch()


def look_often(pool: Any) -> dict[Any, float]:
    """What the pool does at which interval, in seconds."""
    return {pool.maintain_pool: LOOK_EVERY}


AsynPool.timers = property(look_often)
worker_ready.connect(mark)
