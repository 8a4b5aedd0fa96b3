"""Checks of the banks. What breaks a rule stops the start-up; what points nowhere is looked for by `checkcourse`."""

from collections.abc import Container, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.urls import reverse

from content.problems import ContentError, Problem
from content.site_probe import SiteProbe, is_content_sound
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, read_bank
from quiz.bank.model import Bank, Question
from quiz.bank.own_run_questions import source

BENCH = "sandbox:setup"


def banks_are_sound(**_: Any) -> list[CheckMessage]:
    """Every bank loads, and the engine agrees with one option of each trace question."""
    messages, problems = [], set()
    for file in bank_files().values():
        try:
            if with_keys(read_bank(file)).own_runs is not None:
                source()
        except ContentError as error:
            problems |= {*error.problems}  # of a file that several banks need each is told once
        except ImportError as error:
            hint = "QUIZ_TRACE and QUIZ_OWN_RUNS name functions of the sandbox."
            messages.append(Error(str(error), hint=hint, id="quiz.E002"))
    return [*(_error(each, "quiz.E001") for each in sorted(problems)), *messages]


def banks_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """The questions of every bank name paragraphs (E004) and runs (E005) that are there.

    Says nothing while a bank, a lesson or an experiment is not sound. Needs the database.
    """
    if not is_content_sound():
        return []
    probe, count = SiteProbe(), 0
    messages: list[CheckMessage] = []
    for file in bank_files().values():
        bank = read_bank(file)
        count += len(bank.questions)
        messages += _of_bank(bank, probe)
    return [*messages, Info(f"{count} question{'' if count == 1 else 's'}", id="quiz.I001")]


def _of_bank(bank: Bank, probe: SiteProbe) -> Iterator[CheckMessage]:
    page = probe.ask(reverse("course:lesson", args=[bank.lesson]))
    if not page.is_there:
        return
    for question in bank.questions:
        yield from _of_question(bank, question, page.anchors, probe)


def _of_question(bank: Bank, question: Question, anchors: Container[str], probe: SiteProbe) -> Iterator[CheckMessage]:
    if question.paragraph not in anchors:
        text = f"{question.paragraph!r} is no anchor of the lesson"
        yield _error(bank.problem(question.id, "paragraph", text), "quiz.E004")
    answer = probe.ask(f"{reverse(BENCH)}?{question.sandbox}")
    if question.sandbox and not answer.is_there:
        yield _error(bank.problem(question.id, "sandbox", f"is refused by the bench: {answer.message}"), "quiz.E005")


def _error(problem: Problem, number: str) -> Error:
    return Error(problem.text, obj=problem.location, id=number)
