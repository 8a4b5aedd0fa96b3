"""Loaded by every worker: says in a file that the worker consumes, which is much cheaper than asking the broker."""

import os
from pathlib import Path
from typing import Any

from celery.signals import worker_ready


def mark(**_: Any) -> None:
    Path(os.environ["READY_FILE"]).touch()


worker_ready.connect(mark)
