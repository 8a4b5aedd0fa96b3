"""Reads question banks from the `check.yaml` of each lesson, again when the file changes."""

from functools import lru_cache
from pathlib import Path

from content.lesson_files import CHECK, MISCONCEPTIONS, Fingerprint, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError
from content.yaml_source import read_document
from quiz.bank.bank_rules import BANK_AS_WRITTEN
from quiz.bank.model import Bank
from quiz.bank.question_rules import AS_WRITTEN, problems
from quiz.bank.schema import bank_from


def read_bank(file: Path) -> Bank:
    """Reads the bank in `file`. Raises ContentError with every question and field that breaks a rule."""
    bank = bank_from(file.parent.name, read_document(file))
    if found := problems(bank, AS_WRITTEN, BANK_AS_WRITTEN):
        raise ContentError(found)
    return bank


def bank_of(lesson: str) -> Bank | None:
    """Returns the lesson's bank as written, trace questions still without their key; None when it has no bank."""
    file = bank_files().get(lesson)
    return _read_version(file, fingerprint_of([file, lessons_root() / MISCONCEPTIONS])) if file else None


@lru_cache(maxsize=64)
def _read_version(file: Path, version: Fingerprint) -> Bank:
    return read_bank(file)


def bank_files() -> dict[str, Path]:
    """Returns the file of each bank by the slug of its lesson."""
    found: dict[str, Path] = {}
    for file in files_of_lessons(lessons_root(), CHECK):
        found.setdefault(file.parent.name, file)
    return found


def bank_versions() -> Fingerprint:
    """Returns a value that changes with every bank that is added, removed or edited."""
    return fingerprint_of(bank_files().values())
