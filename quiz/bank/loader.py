"""Question banks from their files: `<lesson slug>.yaml`, read again when the file changes."""

import errno
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from content.yaml_source import Unreadable, text_of, values_of
from quiz.bank.bank_rules import BANK_AS_WRITTEN
from quiz.bank.model import Bank, BankError, Problem
from quiz.bank.question_rules import AS_WRITTEN, problems
from quiz.bank.schema import bank_from

Version = tuple[int, int]


def _folder() -> Path:
    return Path(settings.QUIZ_BANKS)


def read_bank(file: Path) -> Bank:
    """The bank in `file`. Raises BankError naming every question and field that breaks a rule."""
    try:
        raw = values_of(text_of(file))
    except Unreadable as error:
        raise BankError([Problem(file.stem, "", "YAML", f"cannot be read: {error}")]) from error
    bank = bank_from(file.stem, raw)
    if found := problems(bank, AS_WRITTEN, BANK_AS_WRITTEN):
        raise BankError(found)
    return bank


def _version(file: Path) -> Version:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _read_version(file: Path, version: Version) -> Bank:
    return read_bank(file)


def bank_of(lesson: str) -> Bank | None:
    """The lesson's bank as written, trace questions still without their key; None when the lesson has no bank."""
    file = _folder() / f"{lesson}.yaml"
    try:
        return _read_version(file, _version(file)) if file.is_file() else None
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENAMETOOLONG}:  # it has just gone, or no file can have that name
            return None
        raise


def bank_files() -> Iterator[Path]:
    """Every bank's file, by name."""
    yield from sorted(_folder().glob("*.yaml"))


def misnamed_files() -> Iterator[Path]:
    """Files that their authors take for banks."""
    yield from sorted(_folder().glob("*.yml"))


def bank_versions() -> tuple[tuple[str, Version], ...]:
    """Changes with every bank that is added, removed or edited."""
    return tuple((file.stem, _version(file)) for file in bank_files())
