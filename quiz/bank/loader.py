"""Reads question banks from the `check.yaml` of each lesson, again when the file changes."""

from pathlib import Path

from django.conf import settings

from content.last_valid import LastValid
from content.lesson_files import CHECK, MISCONCEPTIONS, Fingerprint, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError
from content.yaml_source import Document, parse_document, read_document
from quiz.bank.answer_keys import with_keys
from quiz.bank.bank_rules import BANK_AS_WRITTEN
from quiz.bank.model import Bank
from quiz.bank.question_rules import AS_WRITTEN, problems
from quiz.bank.schema import bank_from


def read_bank(file: Path) -> Bank:
    """Reads the bank in `file`. Raises ContentError with every question and field that breaks a rule."""
    return _bank(file, read_document(file))


def sound_bank(file: Path, text: str) -> Bank:
    """Returns the bank that the text would be in that file, with its keys. Raises ContentError as `read_bank` does."""
    return with_keys(_bank(file, parse_document(file, text)))


def _bank(file: Path, document: Document) -> Bank:
    bank = bank_from(file.parent.name, document)
    if found := problems(bank, AS_WRITTEN, BANK_AS_WRITTEN):
        raise ContentError(found)
    return bank


def read_complete(file: Path) -> Bank:
    """Reads a bank with the key of every question. Raises ContentError."""
    return with_keys(read_bank(file))


def bank_of(lesson: str) -> Bank | None:
    """Returns the lesson's bank as written, trace questions still without their key; None when it has no bank.

    While its file is wrong, returns the bank before (see `LastValid`). A new bank that is wrong is no bank yet, unless
    DEBUG is on: then it raises ContentError.
    """
    file = bank_files().get(lesson)
    if file is None:
        return None
    try:
        return _banks(file, fingerprint_of([file, lessons_root() / MISCONCEPTIONS]))
    except ContentError:
        if settings.DEBUG:
            raise
        return None


def is_being_fixed(lesson: str) -> bool:
    """Returns whether the lesson has a bank that cannot be used as it stands."""
    return lesson in bank_files() and bank_of(lesson) is None


def _read_usable(file: Path) -> Bank:
    """Reads a bank, and makes sure that each of its questions has a key. Raises ContentError."""
    bank = read_bank(file)
    with_keys(bank)
    return bank


_banks = LastValid(_read_usable)


def bank_files() -> dict[str, Path]:
    """Returns the file of each bank by the slug of its lesson."""
    found: dict[str, Path] = {}
    for file in files_of_lessons(lessons_root(), CHECK):
        found.setdefault(file.parent.name, file)
    return found


def bank_versions() -> Fingerprint:
    """Returns a value that changes with every bank that is added, removed or edited."""
    return fingerprint_of(bank_files().values())
