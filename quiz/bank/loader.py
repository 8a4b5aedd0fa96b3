"""Question banks from their files: the `check.yaml` of each lesson, read again when the file changes."""

from functools import lru_cache
from pathlib import Path

from content.lesson_files import CHECK, MISCONCEPTIONS, Fingerprint, lessons_root, of_lessons, stats_of
from content.problems import ContentError
from content.yaml_source import read_document
from quiz.bank.bank_rules import BANK_AS_WRITTEN
from quiz.bank.model import Bank
from quiz.bank.question_rules import AS_WRITTEN, problems
from quiz.bank.schema import bank_from


def read_bank(file: Path) -> Bank:
    """The bank in `file`. Raises ContentError naming every question and field that breaks a rule."""
    bank = bank_from(file.parent.name, read_document(file))
    if found := problems(bank, AS_WRITTEN, BANK_AS_WRITTEN):
        raise ContentError(found)
    return bank


def bank_of(lesson: str) -> Bank | None:
    """The lesson's bank as written, trace questions still without their key; None when the lesson has no bank."""
    file = bank_files().get(lesson)
    return _read_version(file, stats_of([file, lessons_root() / MISCONCEPTIONS])) if file else None


@lru_cache(maxsize=64)
def _read_version(file: Path, version: Fingerprint) -> Bank:
    return read_bank(file)


def bank_files() -> dict[str, Path]:
    """Every bank's file under the slug of its lesson."""
    found: dict[str, Path] = {}
    for file in of_lessons(lessons_root(), CHECK):
        found.setdefault(file.parent.name, file)
    return found


def bank_versions() -> Fingerprint:
    """Changes with every bank that is added, removed or edited."""
    return stats_of(bank_files().values())
