"""Checks of the banks. What breaks a rule stops the start-up; what points nowhere is looked for by `checkcourse`."""

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.urls import reverse

from content.site_probe import SiteProbe, is_content_sound
from content.source_location import SourceLocation
from content.yaml_source import Unreadable, given_twice, text_of
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, misnamed_files, read_bank
from quiz.bank.model import Bank, BankError, Question
from quiz.bank.own_run_questions import source
from quiz.bank.source_lines import line_of, location_of, named

BENCH = "sandbox:setup"


def banks_are_sound(**_: Any) -> list[CheckMessage]:
    """Every bank loads, and the engine agrees with one option of each trace question."""
    misnamed = [
        Error("is no bank; a bank's file ends in .yaml", obj=SourceLocation(file, 1), id="quiz.E001")
        for file in misnamed_files()
    ]
    return [*misnamed, *(message for file in bank_files() for message in _messages(file))]


def _messages(file: Path) -> Iterator[CheckMessage]:
    for field, line in _given_twice(file):
        yield Error(f"{field} is given twice", obj=SourceLocation(file, line), id="quiz.E001")
    try:
        if with_keys(read_bank(file)).own_runs is not None:
            source()
    except BankError as error:
        for problem in error.problems:
            yield Error(problem.words, obj=location_of(file, problem), id="quiz.E001")
    except ImportError as error:
        yield Error(str(error), hint="QUIZ_TRACE and QUIZ_OWN_RUNS name functions of the sandbox.", id="quiz.E002")


def _given_twice(file: Path) -> list[tuple[str, int]]:
    """Fields of which YAML would quietly take the last."""
    try:
        found = given_twice(text_of(file))
    except Unreadable:
        return []  # told as what it is when the bank is read
    return [(named(field), line) for field, line in found]


def banks_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """Every bank has a lesson (E003), and its questions name paragraphs (E004) and runs (E005) that are there.

    Says nothing while a bank, or a lesson, is not sound. Needs the database.
    """
    if not is_content_sound():
        return []
    probe, count = SiteProbe(), 0
    messages: list[CheckMessage] = []
    for file in bank_files():
        bank = read_bank(file)
        count += len(bank.questions)
        messages += _of_bank(file, bank, probe)
    return [*messages, Info(f"{count} question{'' if count == 1 else 's'}", id="quiz.I001")]


def _of_bank(file: Path, bank: Bank, probe: SiteProbe) -> Iterator[CheckMessage]:
    page = probe.ask(reverse("course:lesson", args=[bank.lesson]))
    if page.is_unknown:
        yield Error(f"there is no lesson {bank.lesson!r} for this bank", obj=SourceLocation(file, 1), id="quiz.E003")
    if not page.is_there:
        return
    for question in bank.questions:
        yield from _of_question(file, question, page.anchors, probe)


def _of_question(file: Path, question: Question, anchors: Container[str], probe: SiteProbe) -> Iterator[CheckMessage]:
    about = f"question {question.id!r}"
    if question.paragraph not in anchors:
        location = SourceLocation(file, line_of(file, question.id, "paragraph"))
        text = f"{about}: paragraph {question.paragraph!r} is no anchor of the lesson"
        yield Error(text, obj=location, id="quiz.E004")
    answer = probe.ask(f"{reverse(BENCH)}?{question.sandbox}")
    if question.sandbox and not answer.is_there:
        location = SourceLocation(file, line_of(file, question.id, "sandbox"))
        yield Error(f"{about}: sandbox is refused by the bench: {answer.message}", obj=location, id="quiz.E005")
