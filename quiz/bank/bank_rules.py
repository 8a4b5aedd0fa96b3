"""Rules without which a bank as a whole cannot be used. A new rule is one function, and its name in the tuple."""

from collections import Counter
from collections.abc import Iterator

from quiz.bank.model import Bank
from quiz.bank.question_rules import BankRules, FieldProblem


def question_ids_differ(bank: Bank) -> Iterator[FieldProblem]:
    for name, times in Counter(question.id for question in bank.questions).items():
        if times > 1:
            yield "questions", f"hold the id {name!r} {times} times"


def every_objective_has_questions(bank: Bank) -> Iterator[FieldProblem]:
    for number in bank.objectives.keys() - {question.objective for question in bank.check_questions}:
        yield f"objectives[{number}]", "has no question that a check can draw"
    for question in bank.questions:
        if question.objective not in bank.objectives:
            yield "objectives", f"lack number {question.objective}, which question {question.id!r} names"


def own_runs_stand_for_an_objective(bank: Bank) -> Iterator[FieldProblem]:
    if bank.own_runs is not None and bank.own_runs not in bank.objectives:
        yield "own_runs", f"names objective {bank.own_runs}, which the bank does not have"


BANK_AS_WRITTEN: BankRules = (
    question_ids_differ,
    every_objective_has_questions,
    own_runs_stand_for_an_objective,
)
