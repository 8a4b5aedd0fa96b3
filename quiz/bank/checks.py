"""Checks the banks. A broken one takes its lesson's check away and nothing else: the course starts without it.

`checkcourse` also prints what could be better, and looks for links that lead nowhere.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from django.core.checks import WARNING, CheckMessage, Error, Info, Warning  # noqa: A004  (Django's name)
from django.urls import reverse

from content.problems import ContentError, Problem
from content.site_probe import SiteProbe, is_content_valid
from content.suggest import suggest
from quiz.bank.loader import bank_files, read_complete
from quiz.bank.model import Bank, Question, self_check_id
from quiz.bank.own_run_questions import question_source
from quiz.bank.style_rules import advice

SETUP_PAGE = "sandbox:setup"


class BrokenBank(Error):
    """An error in a bank. It is no reason to stop the start, so Django counts it among the warnings."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text, obj=problem.location, id="quiz.E001")
        self.level = WARNING


def banks_are_sound(**_: Any) -> list[CheckMessage]:
    """Checks that every bank loads, and that the engine agrees with one option of each trace question."""
    messages, problems = [], set()
    for file in bank_files().values():
        try:
            if read_complete(file).own_runs is not None:
                question_source()
        except ContentError as error:
            problems |= {*error.problems}  # reports once what is wrong in a file that several banks need
        except ImportError as error:
            hint = "QUIZ_TRACE and QUIZ_OWN_RUNS name functions of the sandbox."
            messages.append(Error(str(error), hint=hint, id="quiz.E002"))
    return [*map(BrokenBank, sorted(problems)), *messages]


def banks_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """Checks that the questions of every sound bank name paragraphs (E004), runs (E005) and sections (E006) that exist.

    Warns of what makes a question unfair (W001). Returns nothing while a lesson or an experiment is invalid. Needs
    the database.
    """
    if not is_content_valid():
        return []
    probe, banks = SiteProbe(), list(_sound_banks())
    count = sum(len(bank.questions) for bank in banks)
    messages = [message for bank in banks for message in (*_check_bank(bank, probe), *_advice(bank))]
    return [*messages, Info(f"{count} question{'' if count == 1 else 's'}", id="quiz.I001")]


def _sound_banks() -> Iterator[Bank]:
    for file in bank_files().values():
        with suppress(ContentError):
            yield read_complete(file)


def _advice(bank: Bank) -> list[CheckMessage]:
    return [Warning(problem.text, obj=problem.location, id="quiz.W001") for problem in advice(bank)]


def _check_bank(bank: Bank, probe: SiteProbe) -> Iterator[CheckMessage]:
    page = probe.ask(reverse("course:lesson", args=[bank.lesson]))
    if not page.is_there:
        return
    for question in bank.questions:
        yield from _check_question(bank, question, page.anchors, probe)


def _check_question(
    bank: Bank, question: Question, anchors: Mapping[str, int], probe: SiteProbe
) -> Iterator[CheckMessage]:
    if question.paragraph and question.paragraph not in anchors:
        text = f"{question.paragraph!r} is no anchor of the lesson"
        yield _error(bank.problem(question.id, "paragraph", text), "quiz.E004")
    if question.self_check and self_check_id(question.self_check) not in anchors:
        text = f"{question.self_check!r} is no section of the lesson{suggest(question.self_check, anchors)}"
        yield _error(bank.problem(question.id, "self_check", text), "quiz.E006")
    result = probe.ask(f"{reverse(SETUP_PAGE)}?{question.sandbox}")
    if question.sandbox and not result.is_there:
        yield _error(
            bank.problem(question.id, "settings", f"are refused by the setup page: {result.message}"), "quiz.E005"
        )


def _error(problem: Problem, number: str) -> Error:
    return Error(problem.text, obj=problem.location, id=number)
