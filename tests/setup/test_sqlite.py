"""Writers queue up for SQLite: each waits for its turn, none fails, and whoever dies leaves the queue."""

import multiprocessing
import os
import signal
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connections

from config.sqlite.base import DatabaseWrapper

A_MOMENT = 0.3  # seconds
IMPATIENT = {"transaction_mode": "IMMEDIATE", "timeout": 0, "init_command": "PRAGMA journal_mode=WAL"}


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """A database of the test's own."""
    with django_db_blocker.unblock():
        yield made_at(tmp_path / "db.sqlite3")


def made_at(path):
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE line (who TEXT)")
    made.close()
    return str(path)


def wrapper(file):
    """A connection to that file that fails at once where it finds the database busy."""
    return DatabaseWrapper({**connections["default"].settings_dict, "NAME": file, "OPTIONS": dict(IMPATIENT)}, "line")


@contextmanager
def writing(database):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    yield
    database.commit()
    database.set_autocommit(True)


def write(file, who):
    database = wrapper(file)
    with writing(database):
        database.connection.execute("INSERT INTO line VALUES (?)", [who])
    database.close()


def written(file):
    with sqlite3.connect(file) as reader:
        return [who for (who,) in reader.execute("SELECT who FROM line ORDER BY rowid")]


def test_sqlite_is_the_one_with_the_queue():
    assert settings.DATABASES["default"]["ENGINE"] == "config.sqlite"


def test_a_second_writer_waits_for_its_turn(file):
    first, second = wrapper(file), threading.Thread(target=write, args=[file, "second"])
    with writing(first):
        second.start()
        second.join(A_MOMENT)
        assert second.is_alive()
        first.connection.execute("INSERT INTO line VALUES ('first')")
    second.join()
    assert written(file) == ["first", "second"]
    first.close()


def test_whoever_rolls_back_leaves_the_queue(file):
    first = wrapper(file)
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    first.connection.execute("INSERT INTO line VALUES ('first')")
    first.rollback()
    write(file, "second")
    assert written(file) == ["second"]
    first.close()


def test_whoever_cannot_begin_leaves_the_queue(file):
    with sqlite3.connect(file) as stranger:
        stranger.execute("INSERT INTO line VALUES ('stranger')")
        with pytest.raises(OperationalError, match="locked"):
            write(file, "first")
    stranger.close()
    write(file, "second")
    assert written(file) == ["stranger", "second"]


def _begin_and_tell(file, said):
    database = wrapper(file)
    with writing(database):
        said.send("begun")
        signal.pause()


def test_a_killed_writer_leaves_the_queue_and_nothing_half_written(file):
    heard, said = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_begin_and_tell, args=[file, said])
    process.start()
    assert heard.recv() == "begun"
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    write(file, "second")
    assert written(file) == ["second"]


def test_an_emptied_log_begins_anew_instead_of_growing(file):
    keeper, log = wrapper(file), Path(f"{file}-wal")
    write(file, "first")
    keeper.ensure_connection()
    keeper.connection.execute("SELECT who FROM line").fetchall()
    for number in range(50):
        write(file, f"writer {number}")
    grown = log.stat().st_size
    keeper.empty_log()
    for number in range(50):
        write(file, f"later writer {number}")
    assert log.stat().st_size == grown > 0
    assert len(written(file)) == 101
    keeper.close()
