"""Which processes are ours: each holds a lock on its own PID file for as long as it, or a child of it, lives.

A process id alone can be a stranger's by now; a held lock cannot. The kernel lets go of it at any kind of death.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

GRACE = 4.0  # seconds


def claim(file: Path) -> int:
    """A descriptor that holds `file` until its last copy, in whatever process, is closed.

    Raises BlockingIOError while another process holds it.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def note(descriptor: int, text: str) -> None:
    """Writes `text` as the whole content of the claimed file."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def is_held(file: Path) -> bool:
    """Whether a living process holds `file`."""
    try:
        os.close(claim(file))
    except BlockingIOError:
        return True
    return False


def signal_group(leader: int, number: signal.Signals) -> None:
    """Sends a signal to what is left of the process group that `leader` began."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def end_leftovers(run_dir: Path) -> list[str]:
    """Ends what an earlier run left behind when it was killed itself, and gives the names of it."""
    held = [file for file in sorted(run_dir.glob("*.pid")) if is_held(file)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal_holders(held, number)
        _wait_until_free(held)
    return [file.stem for file in held]


def _signal_holders(files: Iterable[Path], number: signal.Signals) -> None:
    for file in files:
        leader = file.read_text().strip()
        if leader and is_held(file):
            signal_group(int(leader), number)


def _wait_until_free(files: Iterable[Path]) -> None:
    end = time.monotonic() + GRACE
    while time.monotonic() < end and any(is_held(file) for file in files):
        time.sleep(0.05)
