"""Creates a file when a worker begins to consume. Every worker imports this; asking it by the broker takes longer."""

import os
from pathlib import Path
from typing import Any

from celery.signals import worker_ready


def create_ready_file(**_: Any) -> None:
    Path(os.environ["READY_FILE"]).touch()


worker_ready.connect(create_ready_file)
