"""Start-up checks: a bank that breaks a rule stops the project with its file, question and field."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error

from quiz.keys import keyed
from quiz.loader import bank_files, read_bank
from quiz.recall import source
from quiz.records import BankError


def _messages(file: Path) -> Iterator[CheckMessage]:
    try:
        bank = keyed(read_bank(file))
        if bank.own_runs is not None:
            source()
    except BankError as error:
        for problem in error.problems:
            yield Error(str(problem), id="quiz.E001")
    except ImportError as error:
        yield Error(str(error), hint="QUIZ_TRACE and QUIZ_OWN_RUNS name functions of the sandbox.", id="quiz.E002")


def banks_are_sound(**_: Any) -> list[CheckMessage]:
    """Every bank loads, and the engine agrees with one option of each trace question."""
    return [message for file in bank_files() for message in _messages(file)]
