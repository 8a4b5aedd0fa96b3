"""Completes a bank with its keys: typed in its file, or computed by the saga engine for a trace question."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from content.problems import ContentError
from quiz.bank.model import Bank, Kind, Option, Question, Trace
from quiz.bank.question_rules import WITH_KEY, FieldProblem, QuestionRule, problems


def _engine_answer(trace: Trace) -> tuple[str, ...]:
    return _answer(settings.QUIZ_TRACE, trace)


@lru_cache(maxsize=1024)
def _answer(engine_path: str, trace: Trace) -> tuple[str, ...]:
    """Asks each question once: the answer depends on nothing else, and a bank is read again whenever it changes."""
    engine: Callable[..., list[str]] = import_string(engine_path)
    return tuple(engine(ask=trace.ask, **dict(trace.settings)))


def _with_key(question: Question) -> Question:
    if question.trace is None:
        return question
    answer = _engine_answer(question.trace)
    if question.kind is Kind.ORDERING:
        return replace(question, options=tuple(_with_place(each, answer) for each in question.options))
    return replace(question, options=tuple(replace(each, right=each.value == answer) for each in question.options))


def _with_place(option: Option, answer: tuple[str, ...]) -> Option:
    """Returns the option with its place in the engine's answer, or without one when the answer lacks it."""
    (name,) = option.value or ("",)
    return replace(option, right=name in answer, place=answer.index(name) + 1 if name in answer else None)


def _keyed_question(bank: Bank, question: Question) -> Question:
    try:
        return _with_key(question)
    except ValueError as error:
        refused = bank.problem(question.id, "trace", f"is refused by the engine: {error}")
        raise ContentError([refused]) from error


def with_keys(bank: Bank) -> Bank:
    """Returns the bank with every key known.

    Raises ContentError when the engine refuses a trace, agrees with no option of it, or the keys break a rule;
    ImportError when QUIZ_TRACE names no function.
    """
    known = replace(bank, questions=tuple(_keyed_question(bank, each) for each in bank.questions))
    if found := problems(known, tuple(map(_with_answer, WITH_KEY)), ()):
        raise ContentError(found)
    return known


def _with_answer(rule: QuestionRule) -> QuestionRule:
    """Returns the rule extended by what the engine answers, where that is why the options do not fit."""

    def extended(question: Question) -> Iterator[FieldProblem]:
        for field, text in rule(question):
            if question.trace and field == "options":
                text = f"{text}. The engine answers [{', '.join(_engine_answer(question.trace))}]"
            yield field, text

    return extended
