import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from infra.launcher.pid_locks import end_leftovers, is_locked, lock, write
from tests.stack import until

STUBBORN = """
import pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({mark!r}).touch()
time.sleep(60)
"""


@contextmanager
def process_holding(file, *, code="import time; time.sleep(60)"):
    held = lock(file)
    child = subprocess.Popen([sys.executable, "-c", code], pass_fds=[held], start_new_session=True)
    write(held, str(child.pid))
    os.close(held)
    yield child
    child.kill()
    child.wait()


def test_a_file_is_held_while_its_process_lives_and_free_when_it_was_killed(tmp_path):
    file = tmp_path / "payment.pid"
    with process_holding(file) as child:
        assert is_locked(file)
        child.kill()
        child.wait()
        assert not is_locked(file)


def test_a_held_file_cannot_be_claimed_twice(tmp_path):
    with process_holding(tmp_path / "payment.pid"), pytest.raises(BlockingIOError):
        lock(tmp_path / "payment.pid")


def test_leftovers_are_ended_and_named(tmp_path):
    with process_holding(tmp_path / "payment.pid") as child:
        assert end_leftovers(tmp_path) == ["payment"]
        assert child.wait(timeout=5) != 0


def test_a_leftover_that_ignores_the_polite_signal_is_ended_too(tmp_path, monkeypatch):
    monkeypatch.setattr("infra.launcher.pid_locks.END_TIMEOUT", 0.3)
    deaf = tmp_path / "deaf"
    with process_holding(tmp_path / "payment.pid", code=STUBBORN.format(mark=str(deaf))) as child:
        until(deaf.exists, within=5, what="it ignores the signal")
        end_leftovers(tmp_path)
        assert child.wait(timeout=5) != 0


def test_it_does_not_end_a_stranger_that_was_given_an_old_process_id(tmp_path):
    other_process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    (tmp_path / "payment.pid").write_text(str(other_process.pid))
    assert end_leftovers(tmp_path) == []
    assert other_process.poll() is None
    other_process.kill()
    other_process.wait()
