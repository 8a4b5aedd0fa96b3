"""Where right and wrong come from: typed in the bank, or computed by the saga engine for a trace question."""

from collections.abc import Callable
from dataclasses import asdict, replace

from django.conf import settings
from django.utils.module_loading import import_string

from quiz.bank.bank_rules import BANK_WITH_KEY
from quiz.bank.model import Bank, BankError, Kind, Option, Problem, Question, Trace
from quiz.bank.question_rules import WITH_KEY, problems


def _engine_says(trace: Trace) -> tuple[str, ...]:
    engine: Callable[..., list[str]] = import_string(settings.QUIZ_TRACE)
    return tuple(engine(**asdict(trace)))


def _with_key(question: Question) -> Question:
    if question.trace is None:
        return question
    answer = _engine_says(question.trace)
    if question.kind is Kind.ORDERING:
        return replace(question, options=tuple(_placed(each, answer) for each in question.options))
    return replace(question, options=tuple(replace(each, right=each.value == answer) for each in question.options))


def _placed(option: Option, answer: tuple[str, ...]) -> Option:
    """The option with its place in the engine's answer; without one when the answer does not hold it."""
    (name,) = option.value or ("",)
    return replace(option, right=name in answer, place=answer.index(name) + 1 if name in answer else None)


def _keyed_question(lesson: str, question: Question) -> Question:
    try:
        return _with_key(question)
    except ValueError as error:
        raise BankError([Problem(lesson, question.id, "trace", f"is refused by the engine: {error}")]) from error


def with_keys(bank: Bank) -> Bank:
    """The bank with every key known.

    Raises BankError when the engine refuses a trace, agrees with no option of it, or the keys break an item rule;
    ImportError when QUIZ_TRACE leads to no engine.
    """
    known = replace(bank, questions=tuple(_keyed_question(bank.lesson, each) for each in bank.questions))
    if found := problems(known, WITH_KEY, BANK_WITH_KEY):
        traces = {question.id: question.trace for question in bank.questions}
        raise BankError([_with_answer(problem, traces.get(problem.question)) for problem in found])
    return known


def _with_answer(problem: Problem, trace: Trace | None) -> Problem:
    """The problem, with what the engine answers where that is why the options do not fit."""
    if trace is None or problem.field != "options":
        return problem
    return replace(problem, text=f"{problem.text}. The engine answers [{', '.join(_engine_says(trace))}]")
