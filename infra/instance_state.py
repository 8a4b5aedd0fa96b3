"""Keeps the state of one instance in a folder that only its owner can read."""

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
# A folder that holds one of these is an instance's, and nobody keeps other things in it.
MARKS = ("secret-key", "db.sqlite3")


def make_private(folder: Path) -> None:
    """Makes the folder, or closes an instance's to other users of the machine: it holds password hashes and keys.

    The mode of any other folder is left as it is: it may be /tmp, or a home. Raises OSError where it cannot be made.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IMODE(folder.stat().st_mode)
    is_for_all = mode & stat.S_ISVTX
    is_ours = is_new or any((folder / name).exists() for name in MARKS)
    if mode & OTHERS and is_ours and not is_for_all and folder.stat().st_uid == os.getuid():
        folder.chmod(mode & ~OTHERS)


def kept(file: Path, *, length: int) -> str:
    """Returns the random text in `file`, made of `length` random bytes at first use and readable by its owner only.

    Processes that start at the same time get the same text.
    """
    with _locked(file.parent):
        if file.exists() and (text := file.read_text().strip()):
            return text
        made = file.with_suffix(".new")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(length))
        made.replace(file)  # so that nobody reads it half written
        return file.read_text().strip()


def instance_name(var: Path, database: Mapping[str, Any] | None) -> str:
    """Returns a name for the instance that lasts as long as its data.

    With a database server, it is made from the database's address, so that web servers and workers on several hosts
    agree and a host that is set up again is the same instance. Otherwise it is kept next to the data.
    """
    if database is None:
        return kept(var / "instance", length=4)
    address = "/".join(str(database.get(part, "")) for part in ("HOST", "PORT", "NAME"))
    return sha256(address.encode()).hexdigest()[:8]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
