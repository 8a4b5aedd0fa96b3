"""A database backend: `ENGINE = "infra.private_apis.sqlite"`. It is Django's SQLite backend with two changes.

Writers queue up. A writer that finds SQLite busy sleeps for 1, 2, 5, 10 ms and longer, and may find it busy again when
it wakes. Here writers wait in the kernel for a lock on a file next to the database, and wake when it is their turn.
SQLite's own lock still decides: a writer that does not queue up, such as another program or a single statement outside
a transaction, does no harm, but may wait long while others queue.

A closed connection is kept for the next one that is opened. Under ASGI every request has a thread, and so a connection,
of its own, and opening one takes ten times as long as a short query. A connection is not kept if it met an error, or if
the file could not be written when it was opened: SQLite opens such a file for reading only, and does not say so.
"""

import fcntl
import os
import sqlite3
from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db.backends.sqlite3 import base

IDLE_LIMIT = 16  # of one database in one process

Opened = tuple[sqlite3.Connection, IO[str]]
# By process, because a forked one must not use its parent's; and by file, because another may get the same name.
_idle: defaultdict[Hashable, list[Opened]] = defaultdict(list)


class DatabaseWrapper(base.DatabaseWrapper):
    """Queues up when a transaction begins; leaves when it is committed or rolled back, or its process ends."""

    queue: IO[str] | None = None
    was_writable = True  # when the connection was opened

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        if self.is_in_memory_db():
            return super().get_new_connection(conn_params)  # type: ignore[no-any-return]
        idle = _idle[self._pool_key(conn_params)]
        try:
            connection, self.queue = idle.pop()
        except IndexError:
            connection = super().get_new_connection(conn_params)
            self.queue = _queue(Path(f"{conn_params['database']}-queue"))
        self.was_writable = os.access(conn_params["database"], os.W_OK)
        return connection

    def is_usable(self) -> bool:
        """Returns False: Django asks only after an error, and a new connection costs little and may be sound."""
        return False

    def require_writable(self) -> None:
        """Raises DatabaseError when the database cannot be written. While others write to it, it can."""
        if self.connection.in_transaction:
            return  # every transaction begins as one that writes
        with self.wrap_database_errors:
            timeout, version = (
                self.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("busy_timeout", "user_version")
            )
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                self.connection.execute("BEGIN IMMEDIATE")  # SQLite grants this even where nothing can be written
                self.connection.execute(f"PRAGMA user_version = {version}")
                self.connection.commit()  # only this finds a disk that is full
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
            finally:
                self.connection.rollback()
                self.connection.execute(f"PRAGMA busy_timeout = {timeout}")

    def _pool_key(self, conn_params: dict[str, Any]) -> Hashable:
        file = Path(conn_params["database"])
        return os.getpid(), file.stat().st_ino if file.exists() else None, repr(conn_params)

    def checkpoint_log(self) -> None:
        """Moves what is in the write-ahead log to the database itself, so that no writer has to wait for the disk.

        Most of it is moved while writers go on. What they add is moved in turn with them, so that the log starts over.
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
        """Keeps the connection for the next one that is opened, if it is as good as new."""
        if self._is_as_new():
            idle = _idle[self._pool_key(self.get_connection_params())]
            if len(idle) < IDLE_LIMIT:
                self._leave()
                idle.append((self.connection, self.queue))  # type: ignore[arg-type]
                self.queue = None
                return
        if self.errors_occurred:
            self._close_idle()  # the cause of its error may be theirs, too
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.queue is not None:
                self.queue.close()
                self.queue = None

    def _is_as_new(self) -> bool:
        is_open = self.queue is not None and self.connection is not None
        return is_open and self.was_writable and not (self.errors_occurred or self.connection.in_transaction)

    def _close_idle(self) -> None:
        if not self.is_in_memory_db():
            for connection, queue in _idle.pop(self._pool_key(self.get_connection_params()), ()):
                connection.close()
                queue.close()


def _queue(file: Path) -> IO[str] | None:
    """Returns the file whose lock writers wait for; None if it, and so the database, cannot be written."""
    try:
        return file.open("a")
    except OSError:
        return None
