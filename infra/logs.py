"""What is written to a log, and how often: one line for a request that was refused, and no flood of the same line."""

import logging
import time
from collections import Counter

# Lines of one kind a second.
MOST = 10


class NoTraceForRefusals(logging.Filter):
    """Takes the traceback off a record of a request that was refused: its sender's error, not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True


class NoFlood(logging.Filter):
    """Lets pass MOST warnings or errors of one kind a second; the next of that kind says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._second = 0
        self._counts = Counter[tuple[str, int, str]]()
        self._left_out = Counter[tuple[str, int, str]]()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        second, kind = int(time.monotonic()), (record.name, record.levelno, str(record.msg))
        if second != self._second:
            self._second = second
            self._counts.clear()
        self._counts[kind] += 1
        if self._counts[kind] > MOST:
            self._left_out[kind] += 1
            return False
        if left_out := self._left_out.pop(kind, 0):
            record.msg = f"{record.msg} ({left_out} such lines were left out before)"
        return True
