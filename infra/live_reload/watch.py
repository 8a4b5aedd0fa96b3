"""Whether a file behind a page has changed.

Looked at anew each time: that takes a few milliseconds, works on every kind of disk, and needs no library. Those that
wait for the system's word, such as watchfiles, would be one more thing to install for every learner.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings

ROOMS = ("course", "quiz", "sandbox")
KINDS = (".md", ".yaml", ".html", ".css", ".js", ".svg")


def stamp() -> str:
    """A text that changes with every file that is added, removed or edited."""
    return sha256(repr(sorted(_facts())).encode()).hexdigest()[:16]


def watched() -> list[Path]:
    """The folders and files that are looked at."""
    rooms = [settings.BASE_DIR / room for room in ROOMS]
    content = map(Path, (settings.COURSE_LESSONS, settings.COURSE_GLOSSARY, settings.QUIZ_BANKS))
    elsewhere = [place for place in content if not any(map(place.is_relative_to, rooms))]
    return [*rooms, *map(Path, (*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS)), *elsewhere]


def _facts() -> Iterator[tuple[str, int, int]]:
    for place in watched():
        for file in _files(str(place)) if place.is_dir() else [str(place)]:
            try:
                stat = os.stat(file)  # noqa: PTH116  (a thousand files, and Path takes three times as long)
            except FileNotFoundError:
                continue  # an editor that writes a new file and moves it over the old one
            yield file, stat.st_mtime_ns, stat.st_size


def _files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{place}/{name}" for name in names if name.endswith(KINDS))
