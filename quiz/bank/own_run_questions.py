"""Makes questions about the learner's own runs. The sandbox gives their texts and keys, through QUIZ_OWN_RUNS."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from quiz.bank.model import Asks, Bank, Kind, Option, Question
from quiz.bank.question_rules import AS_WRITTEN, WITH_KEY, problems

# The prefix of the id of such a question, which distinguishes it from those of a bank.
OWN_RUN_PREFIX = "own-run:"


def question_source() -> Callable[[str], Iterable[Mapping[str, Any]]]:
    """Returns the function that gives a learner's questions. Raises ImportError when QUIZ_OWN_RUNS names none."""
    found: Callable[[str], Iterable[Mapping[str, Any]]] = import_string(settings.QUIZ_OWN_RUNS)
    return found


def own_run_questions(bank: Bank, learner: str, *, asked: Collection[str]) -> tuple[Question, ...]:
    """Returns valid questions about the learner's runs, not `asked` before, on the objective that the bank names."""
    if bank.own_runs is None:
        return ()
    questions = (_question(row, bank, bank.own_runs) for row in question_source()(learner))
    return tuple(each for each in questions if each.id not in asked and _is_valid(each, bank))


def _question(row: Mapping[str, Any], bank: Bank, objective: int) -> Question:
    """Makes a question outside the mark, which refers to the same paragraph as the bank's first for that objective."""
    return Question(
        id=OWN_RUN_PREFIX + row["id"],
        version=row["version"],
        objective=objective,
        kind=Kind.SINGLE,
        asks=Asks(row["asks"]),
        prompt=row["prompt"],
        options=tuple(Option(**option) for option in row["options"]),
        paragraph=next(each.paragraph for each in bank.questions if each.objective == objective),
        run=row["address"],
        run_before=row["before"],
        run_started_at=row["started_at"],
        counts=False,
    )


def _is_valid(question: Question, bank: Bank) -> bool:
    """Returns whether the question can be asked."""
    return not problems(replace(bank, questions=(question,)), (*AS_WRITTEN, *WITH_KEY), ())
