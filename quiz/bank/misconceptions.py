"""Reads the false beliefs that a wrong option may name, from their file among the lessons."""

from collections.abc import Mapping
from pathlib import Path

from content.last_valid import LastValid
from content.lesson_files import MISCONCEPTIONS, fingerprint_of, lessons_root
from content.schema import Table, Text, validate
from content.yaml_source import read_document


class Misconceptions(Table[Text]):
    """Names of misconceptions, each with what is believed, in a sentence."""

    entry = "misconception"


def misconceptions() -> Mapping[str, str]:
    """Returns what is believed, by the name of each belief. While the file is wrong, as before (`LastValid`)."""
    file = lessons_root() / MISCONCEPTIONS
    return _misconceptions(file, fingerprint_of([file]))


def _read(file: Path) -> Mapping[str, str]:
    return validate(Misconceptions, read_document(file)).root


_misconceptions = LastValid(_read)
