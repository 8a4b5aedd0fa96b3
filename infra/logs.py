"""Adds context to log records, shortens the record of a refused request, and limits floods of one kind."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

# The fields of the context, in the order in which a plain line shows them.
CONTEXT = ("saga_id", "message_id", "actor")
# The names that addresses have for them.
IN_ADDRESSES = {"run_id": "saga_id"}
_context: ContextVar[Mapping[str, object]] = ContextVar("log context", default={})  # noqa: B039  never changed in place

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


@contextmanager
def log_context(**fields: object) -> Iterator[None]:
    """Adds these fields, any of CONTEXT, to every record that is logged inside the block."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def add_to_log_context(**fields: object) -> None:
    """Adds fields to the innermost `log_context` that have become known since it began."""
    _context.set({**_context.get(), **fields})


class WithContext(logging.Filter):
    """Gives each record the fields of the log context, and all of them in words as `context`."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in {**_of_request(record), **_context.get()}.items():
            vars(record).setdefault(name, str(value) if name == "saga_id" else value)
        record.context = "".join(f" {name}={getattr(record, name)}" for name in CONTEXT if hasattr(record, name))
        return True


def _of_request(record: logging.LogRecord) -> dict[str, object]:
    """Returns the context of Django's own record about a request: it is logged after the last middleware."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    if not hasattr(record, "request"):
        return {}
    named = {name: match.kwargs[given] for given, name in IN_ADDRESSES.items() if match and given in match.kwargs}
    return {**named, "actor": "web"}


@sync_and_async_middleware
def log_context_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Adds the actor "web" to records that are logged while a request is answered."""
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            with log_context(actor="web"):
                response: HttpResponse = await get_response(request)
                return response
    else:

        def middleware(request: HttpRequest) -> HttpResponse:  # type: ignore[misc]
            with log_context(actor="web"):
                response: HttpResponse = get_response(request)
                return response

    return middleware
