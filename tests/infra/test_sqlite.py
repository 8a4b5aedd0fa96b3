"""Writers queue up for SQLite: each waits for its turn, none fails, and one that dies leaves the queue."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import tempfile
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connections

from infra.private_apis.sqlite.base import DatabaseWrapper

A_MOMENT = 0.3  # seconds
NOBODY = 65534
IMPATIENT = {"transaction_mode": "IMMEDIATE", "timeout": 0, "init_command": "PRAGMA journal_mode=WAL"}


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """A database of the test's own."""
    with django_db_blocker.unblock():
        file = made_at(tmp_path / "db.sqlite3")
        yield file
        wrapper(file)._close_idle()


def made_at(path):
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE line (who TEXT)")
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
    with closing(wrapper(file)) as database, writing(database):
        database.connection.execute("INSERT INTO line VALUES (?)", [who])


def written(file):
    with closing(sqlite3.connect(file)) as reader:
        return [who for (who,) in reader.execute("SELECT who FROM line ORDER BY rowid")]


def test_sqlite_is_the_one_with_the_queue():
    assert settings.DATABASES["default"]["ENGINE"] == "infra.private_apis.sqlite"


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


def test_a_learner_who_rolls_back_leaves_the_queue(file):
    first = wrapper(file)
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    first.connection.execute("INSERT INTO line VALUES ('first')")
    first.rollback()
    write(file, "second")
    assert written(file) == ["second"]
    first.close()


def test_a_learner_who_cannot_begin_leaves_the_queue(file):
    with closing(wrapper(file)) as first, closing(sqlite3.connect(file)) as other, other:
        first.ensure_connection()
        other.execute("INSERT INTO line VALUES ('other')")
        with pytest.raises(OperationalError, match="locked"), writing(first):
            pass
    write(file, "second")
    assert written(file) == ["other", "second"]


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


def test_an_emptied_log_begins_again_instead_of_growing(file):
    keeper, log = wrapper(file), Path(f"{file}-wal")
    write(file, "first")
    keeper.ensure_connection()
    keeper.connection.execute("SELECT who FROM line").fetchall()
    for number in range(50):
        write(file, f"writer {number}")
    grown = log.stat().st_size
    keeper.checkpoint_log()
    for number in range(50):
        write(file, f"later writer {number}")
    assert log.stat().st_size == grown > 0
    assert len(written(file)) == 101
    keeper.close()


@pytest.fixture
def folder():
    """A folder in which somebody without root's rights may write, and may be kept from it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def _obey_orders(file, orders):
    """Runs each order on the database, without root's rights, and sends the result."""
    if os.getuid() == 0:
        os.setuid(NOBODY)
    while order := orders.recv():
        database = wrapper(file)
        try:
            database.ensure_connection()
            with database.wrap_database_errors:
                ORDERS[order](database)
            orders.send("done")
        except DatabaseError as error:
            orders.send(str(error))
        finally:
            database.close()
        if order == "reopen":
            database._close_idle()


def _write(database):
    with writing(database):
        database.connection.execute("INSERT INTO line VALUES ('me')")


ORDERS = {
    "read": lambda database: database.connection.execute("SELECT COUNT(*) FROM line").fetchone(),
    "write": _write,
    "check": lambda database: database.require_writable(),
    "reopen": lambda database: None,
}


@pytest.fixture
def obey(file_of_all):
    """What comes of an order to a process that is not root's. Each opens the database and closes it."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_obey_orders, args=[str(file_of_all), theirs])
    process.start()
    # As other processes do, so that the log is next to the database all the time. A forked process must not inherit it.
    keeper = wrapper(str(file_of_all))
    with writing(keeper):
        keeper.connection.execute("INSERT INTO line VALUES ('keeper')")

    def obey(order):
        mine.send(order)
        return mine.recv()

    yield obey
    mine.send("")
    process.join()
    keeper.close()


@pytest.fixture
def file_of_all(folder, django_db_blocker):
    with django_db_blocker.unblock():
        file = Path(made_at(folder / "db.sqlite3"))
        queue = Path(f"{file}-queue")
        queue.touch()
        for one in (file, queue):
            one.chmod(0o666)
        yield file
        wrapper(str(file))._close_idle()


def test_a_moment_in_which_nothing_can_be_written_is_over_when_it_is_over(file_of_all, obey):
    assert [obey(order) for order in ("read", "check", "write")] == ["done"] * 3
    obey("reopen")
    file_of_all.chmod(0o444)
    assert obey("read") == "done"
    for order in ("check", "write", "write"):
        assert "readonly" in obey(order)
    assert obey("read") == "done"
    file_of_all.chmod(0o666)
    assert [obey(order) for order in ("check", "write", "check", "read")] == ["done"] * 4


def test_a_database_that_others_write_to_can_be_written(file):
    first, other = wrapper(file), wrapper(file)
    other.ensure_connection()
    with writing(first):
        other.require_writable()
    other.close()
    first.close()
