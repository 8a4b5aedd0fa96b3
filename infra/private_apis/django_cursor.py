"""Executes SQL by the database driver's own cursor, on Django's connection and in its transaction.

Django's cursor can log and rewrite every statement, and takes as long for that as SQLite takes for a short query.
"""

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

sqlite3.register_adapter(uuid.UUID, lambda ident: ident.hex)  # as Django's UUIDField writes them to SQLite


def execute(sql: str, values: Sequence[Any]) -> Any:
    """Returns the driver's cursor after a statement that has `%s` for each value. Raises Django's DatabaseError."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        return database.connection.execute(_with_placeholders_of(database.vendor, sql), values)


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Executes a statement once for each of these rows of values. Raises Django's DatabaseError."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, closing(database.connection.cursor()) as cursor:
        cursor.executemany(_with_placeholders_of(database.vendor, sql), rows)


@cache
def _with_placeholders_of(vendor: str, sql: str) -> str:
    return sql.replace("%s", "?") if vendor == "sqlite" else sql
