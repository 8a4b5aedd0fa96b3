"""Which questions a learner gets: one for each objective, at least one trace question, options shuffled."""

from dataclasses import replace
from random import Random

from quiz.records import Bank, Question


def _shuffled(question: Question, dice: Random) -> Question:
    return replace(question, options=tuple(dice.sample(question.options, len(question.options))))


def draw(bank: Bank, dice: Random) -> tuple[Question, ...]:
    """One question for each objective, in the objectives' order.

    Where the bank holds trace questions, one objective is drawn from those alone, so that each check has one.
    """
    traced = [question.objective for question in bank.questions if question.trace]
    promised = dice.choice(traced) if traced else None
    return tuple(_pick(bank, objective, objective == promised, dice) for objective in sorted(bank.objectives))


def _pick(bank: Bank, objective: int, must_trace: bool, dice: Random) -> Question:
    eligible = [
        question
        for question in bank.questions
        if question.objective == objective and (question.trace or not must_trace)
    ]
    return _shuffled(dice.choice(eligible), dice)
