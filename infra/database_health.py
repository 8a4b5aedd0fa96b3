"""Checks that the database can be written."""

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from infra.private_apis.sqlite.base import DatabaseWrapper as Sqlite


def require_writable(database: BaseDatabaseWrapper) -> None:
    """Raises DatabaseError when the database cannot be reached or written. Does not wait for other writers."""
    database.ensure_connection()
    if isinstance(database, Sqlite):
        database.require_writable()
        return
    with database.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        if cursor.fetchone() == ("on",):
            raise DatabaseError("it is read-only")
