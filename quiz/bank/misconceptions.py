"""Reads the false beliefs that a wrong option may name, from their file among the lessons."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from content.lesson_files import MISCONCEPTIONS, Fingerprint, fingerprint_of, lessons_root
from content.schema import Table, Text, validate
from content.yaml_source import read_document


class Misconceptions(Table[Text]):
    """Names of misconceptions, each with what is believed, in a sentence."""

    entry = "misconception"


def misconceptions() -> Mapping[str, str]:
    """Returns what is believed, by the name of each belief. Raises ContentError when the file is missing or wrong."""
    file = lessons_root() / MISCONCEPTIONS
    return _read(file, fingerprint_of([file]))


@lru_cache(maxsize=2)
def _read(file: Path, version: Fingerprint) -> Mapping[str, str]:
    return validate(Misconceptions, read_document(file)).root
