"""A database backend: `ENGINE = "config.sqlite"`. It is Django's own, but that its writers queue up.

A writer that finds SQLite busy sleeps for 1, 2, 5, 10 ms and longer, and meets the next writer when it wakes. Here
writers wait in the kernel, at a file beside the database, and are woken when it is their turn. SQLite's own lock still
decides: who does not queue up, as another program or a single statement outside a transaction, does no harm, but
may wait long while others do.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes its turn when a transaction begins; leaves when it is committed or rolled back, or its process ends."""

    queue: IO[str] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        if not self.is_in_memory_db():
            self.queue = Path(f"{conn_params['database']}-queue").open("a")  # noqa: SIM115  closed with the connection
        return connection

    def empty_log(self) -> None:
        """Moves what is in the write-ahead log to the database itself, so that no writer has to wait for the disk.

        Most of it goes beside the writers; what they add meanwhile goes in turn, so that the log begins anew.
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            with self._turn():
                self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._take_turn()
        try:
            yield
        finally:
            self._leave()

    def _take_turn(self) -> None:
        if self.queue is not None:
            fcntl.flock(self.queue, fcntl.LOCK_EX)

    def _leave(self) -> None:
        if self.queue is not None:
            fcntl.flock(self.queue, fcntl.LOCK_UN)

    def _start_transaction_under_autocommit(self) -> None:
        try:
            self._take_turn()
            with self.wrap_database_errors:
                self.connection.execute(f"BEGIN {self.transaction_mode or 'DEFERRED'}")  # type: ignore[attr-defined]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.queue is not None:
                self.queue.close()
                self.queue = None
