"""Where right and wrong come from: typed in the bank, or computed by the saga engine for a trace question."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from django.conf import settings
from django.utils.module_loading import import_string

from content.problems import ContentError
from quiz.bank.bank_rules import BANK_WITH_KEY
from quiz.bank.model import Bank, Kind, Option, Question, Trace
from quiz.bank.question_rules import WITH_KEY, Fault, QuestionRule, problems


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


def _keyed_question(bank: Bank, question: Question) -> Question:
    try:
        return _with_key(question)
    except ValueError as error:
        refused = bank.problem(question.id, "trace", f"is refused by the engine: {error}")
        raise ContentError([refused]) from error


def with_keys(bank: Bank) -> Bank:
    """The bank with every key known.

    Raises ContentError when the engine refuses a trace, agrees with no option of it, or the keys break an item rule;
    ImportError when QUIZ_TRACE leads to no engine.
    """
    known = replace(bank, questions=tuple(_keyed_question(bank, each) for each in bank.questions))
    if found := problems(known, tuple(map(_with_answer, WITH_KEY)), BANK_WITH_KEY):
        raise ContentError(found)
    return known


def _with_answer(rule: QuestionRule) -> QuestionRule:
    """The rule, which also says what the engine answers where that is why the options do not fit."""

    def told(question: Question) -> Iterator[Fault]:
        for field, text in rule(question):
            if question.trace and field == "options":
                text = f"{text}. The engine answers [{', '.join(_engine_says(question.trace))}]"
            yield field, text

    return told
