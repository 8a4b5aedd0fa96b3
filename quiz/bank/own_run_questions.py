"""Questions about the learner's own runs. What they ask, and their keys, come from the sandbox, by a dotted path."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from quiz.bank.model import Asks, Bank, Kind, Option, Question
from quiz.bank.question_rules import AS_WRITTEN, WITH_KEY, problems

# What tells the id of such a question, which is asked of nobody else, from those of a bank.
OWN_RUN = "own-run:"


def source() -> Callable[[str], Iterable[Mapping[str, Any]]]:
    """What gives a learner's questions. Raises ImportError when QUIZ_OWN_RUNS leads nowhere."""
    found: Callable[[str], Iterable[Mapping[str, Any]]] = import_string(settings.QUIZ_OWN_RUNS)
    return found


def recalled(bank: Bank, learner: str, *, asked: Collection[str]) -> tuple[Question, ...]:
    """Sound questions about the learner's runs that were not `asked` before, for the objective that the bank names."""
    if bank.own_runs is None:
        return ()
    questions = (_question(row, bank, bank.own_runs) for row in source()(learner))
    return tuple(each for each in questions if each.id not in asked and _is_sound(each, bank))


def _question(row: Mapping[str, Any], bank: Bank, objective: int) -> Question:
    """It rests on the same paragraph as the first question that the bank has for that objective."""
    return Question(
        id=OWN_RUN + row["id"],
        version=row["version"],
        objective=objective,
        kind=Kind.SINGLE,
        asks=Asks(row["asks"]),
        prompt=row["prompt"],
        options=tuple(Option(**option) for option in row["options"]),
        paragraph=next(each.paragraph for each in bank.questions if each.objective == objective),
        run=row["address"],
    )


def _is_sound(question: Question, bank: Bank) -> bool:
    """Whether it obeys the rules that every item of a bank obeys."""
    return not problems(replace(bank, questions=(question,)), (*AS_WRITTEN, *WITH_KEY), ())
