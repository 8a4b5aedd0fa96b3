"""Locks PID files: each of our processes holds the lock on its own file as long as it, or a child of it, runs.

The system may give the id of an ended process to another program, but not its lock: the kernel releases that however
the process ends.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

END_TIMEOUT = 4.0  # seconds


def lock(file: Path) -> int:
    """Locks `file`, and returns a descriptor: the lock lasts until its last copy, in whatever process, is closed.

    Raises BlockingIOError while another process holds the lock.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def write(descriptor: int, text: str) -> None:
    """Makes `text` the whole content of the locked file."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def is_locked(file: Path) -> bool:
    """Returns whether a running process holds the lock on `file`."""
    try:
        os.close(lock(file))
    except BlockingIOError:
        return True
    return False


def signal_group(leader: int, number: signal.Signals) -> None:
    """Sends a signal to all processes that are left of the group whose first process was `leader`."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def end_leftovers(run_dir: Path) -> list[str]:
    """Ends processes that an earlier launcher left behind when it was killed, and returns their names."""
    locked = [file for file in sorted(run_dir.glob("*.pid")) if is_locked(file)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal_holders(locked, number)
        _wait_until_unlocked(locked)
    return [file.stem for file in locked]


def _signal_holders(files: Iterable[Path], number: signal.Signals) -> None:
    for file in files:
        leader = file.read_text().strip()
        if leader and is_locked(file):
            signal_group(int(leader), number)


def _wait_until_unlocked(files: Iterable[Path]) -> None:
    end = time.monotonic() + END_TIMEOUT
    while time.monotonic() < end and any(is_locked(file) for file in files):
        time.sleep(0.05)
