"""Shortens logs: one line for a request that was refused, and no flood of lines of one kind."""

import logging
import time
from collections import Counter

# Lines of one kind in a second.
LIMIT = 10


class NoTraceForRefusals(logging.Filter):
    """Removes the traceback from the record of a refused request: the error is its sender's, not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True


class NoFlood(logging.Filter):
    """Lets LIMIT warnings or errors of one kind pass in a second; the next of that kind says how many were left out."""

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
        if self._counts[kind] > LIMIT:
            self._left_out[kind] += 1
            return False
        if left_out := self._left_out.pop(kind, 0):
            record.msg = f"{record.msg} ({left_out} such lines were left out before)"
        return True
