"""Detects that a file behind a page has changed.

All files are checked each time: that takes a few milliseconds, works on every kind of disk, and needs no library. A
library that the system notifies, such as watchfiles, would be one more package for every learner to install.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings

ROOMS = ("course", "quiz", "sandbox")
PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
KINDS = (".md", ".yaml", ".html", ".css", ".js", *PICTURES)


def stamp() -> str:
    """Returns a text that changes with every file that is added, removed or edited."""
    return sha256(repr(sorted(_modified())).encode()).hexdigest()[:16]


def watched() -> list[Path]:
    """Returns the folders that are watched."""
    rooms = [settings.BASE_DIR / room for room in ROOMS]
    content = Path(settings.LESSONS_DIR)
    elsewhere = [] if any(map(content.is_relative_to, rooms)) else [content]
    return [*rooms, *map(Path, (*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS)), *elsewhere]


def _modified() -> Iterator[tuple[str, int, int]]:
    for path in watched():
        for file in _files(str(path)):
            try:
                stat = os.stat(file)  # noqa: PTH116  (a thousand files, and Path takes three times as long)
            except FileNotFoundError:
                continue  # some editors write a new file and move it over the old one
            yield file, stat.st_mtime_ns, stat.st_size


def _files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        yield from (f"{place}/{name}" for name in names if name.endswith(KINDS) and not name.startswith("."))
