"""Checks the banks. A broken rule stops the start-up; `checkcourse` also looks for links that lead nowhere."""

from collections.abc import Container, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.urls import reverse

from content.problems import ContentError, Problem
from content.site_probe import SiteProbe, is_content_valid
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, read_bank
from quiz.bank.model import Bank, Question
from quiz.bank.own_run_questions import question_source

SETUP_PAGE = "sandbox:setup"


def banks_are_sound(**_: Any) -> list[CheckMessage]:
    """Checks that every bank loads, and that the engine agrees with one option of each trace question."""
    messages, problems = [], set()
    for file in bank_files().values():
        try:
            if with_keys(read_bank(file)).own_runs is not None:
                question_source()
        except ContentError as error:
            problems |= {*error.problems}  # reports once what is wrong in a file that several banks need
        except ImportError as error:
            hint = "QUIZ_TRACE and QUIZ_OWN_RUNS name functions of the sandbox."
            messages.append(Error(str(error), hint=hint, id="quiz.E002"))
    return [*(_error(each, "quiz.E001") for each in sorted(problems)), *messages]


def banks_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """Checks that the questions of every bank name paragraphs (E004) and runs (E005) that exist.

    Returns nothing while a bank, a lesson or an experiment is invalid. Needs the database.
    """
    if not is_content_valid():
        return []
    probe, count = SiteProbe(), 0
    messages: list[CheckMessage] = []
    for file in bank_files().values():
        bank = read_bank(file)
        count += len(bank.questions)
        messages += _check_bank(bank, probe)
    return [*messages, Info(f"{count} question{'' if count == 1 else 's'}", id="quiz.I001")]


def _check_bank(bank: Bank, probe: SiteProbe) -> Iterator[CheckMessage]:
    page = probe.ask(reverse("course:lesson", args=[bank.lesson]))
    if not page.is_there:
        return
    for question in bank.questions:
        yield from _check_question(bank, question, page.anchors, probe)


def _check_question(
    bank: Bank, question: Question, anchors: Container[str], probe: SiteProbe
) -> Iterator[CheckMessage]:
    if question.paragraph not in anchors:
        text = f"{question.paragraph!r} is no anchor of the lesson"
        yield _error(bank.problem(question.id, "paragraph", text), "quiz.E004")
    result = probe.ask(f"{reverse(SETUP_PAGE)}?{question.sandbox}")
    if question.sandbox and not result.is_there:
        yield _error(
            bank.problem(question.id, "settings", f"are refused by the setup page: {result.message}"), "quiz.E005"
        )


def _error(problem: Problem, number: str) -> Error:
    return Error(problem.text, obj=problem.location, id=number)
