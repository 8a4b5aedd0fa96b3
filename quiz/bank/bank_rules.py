"""Rules without which a bank as a whole cannot be used. A new rule is one function, and its name in the tuple."""

from collections import Counter
from collections.abc import Iterator

from quiz.bank.model import Bank
from quiz.bank.question_rules import BankRules, FieldProblem

# The fewest questions that a check can draw for an objective of which a lesson asks one in its text.
MIN_BESIDE_SELF_CHECKS = 2


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


def a_section_has_one_self_check(bank: Bank) -> Iterator[FieldProblem]:
    first: dict[str, str] = {}
    for number, question in enumerate(bank.questions, start=1):
        taken = first.setdefault(question.self_check, question.id)
        if question.self_check and taken != question.id:
            yield (
                f"questions[{number}].self_check",
                f"of {question.id!r} is {question.self_check!r}, the section of {taken!r}; a section asks one question",
            )


def self_checks_leave_enough(bank: Bank) -> Iterator[FieldProblem]:
    """Refuses to take so many questions out of the check that a retake would have to repeat one."""
    left = Counter(question.objective for question in bank.check_questions)
    for number in sorted({question.objective for question in bank.self_checks.values()}):
        if left[number] < MIN_BESIDE_SELF_CHECKS:
            yield (
                f"objectives[{number}]",
                f"has {left[number]} left for the check, which draws no question with self_check; "
                f"leave {MIN_BESIDE_SELF_CHECKS} or more",
            )


BANK_AS_WRITTEN: BankRules = (
    question_ids_differ,
    every_objective_has_questions,
    own_runs_stand_for_an_objective,
    a_section_has_one_self_check,
    self_checks_leave_enough,
)
