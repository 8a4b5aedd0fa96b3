"""The folder that holds the state of one instance, and what is kept in it: for its owner's eyes only."""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What tells a folder of ours from one in which somebody else keeps things.
OURS = ("secret-key", "db.sqlite3")


def make_private(folder: Path) -> None:
    """Makes the folder, or shuts one of ours to other users of the machine: it holds password hashes, keys and locks.

    Any other folder stays as it is: it may be /tmp, or a home. Raises OSError where it cannot be made.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IMODE(folder.stat().st_mode)
    is_for_all = mode & stat.S_ISVTX
    is_ours = is_new or any((folder / name).exists() for name in OURS)
    if mode & OTHERS and is_ours and not is_for_all and folder.stat().st_uid == os.getuid():
        folder.chmod(mode & ~OTHERS)


def kept(file: Path, *, length: int) -> str:
    """The random text in `file`, made of `length` random bytes at first use and readable by its owner alone.

    Processes that start together agree on one.
    """
    with _alone_in(file.parent):
        if file.exists() and (text := file.read_text().strip()):
            return text
        made = file.with_suffix(".new")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(length))
        made.replace(file)  # so that it is never seen half written
        return file.read_text().strip()


def instance_name(var: Path, database: Mapping[str, Any] | None) -> str:
    """A name for the instance that lasts as long as its data.

    Where the data is in a database of its own, it comes from that one's address: servers on several hosts then agree,
    and one that is set up anew is the same instance. Otherwise it is kept beside the data.
    """
    if database is None:
        return kept(var / "instance", length=4)
    address = "/".join(str(database.get(part, "")) for part in ("HOST", "PORT", "NAME"))
    return sha256(address.encode()).hexdigest()[:8]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
