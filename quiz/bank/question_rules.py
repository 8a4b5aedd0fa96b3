"""Rules for a question. A new rule is one function, and its name in a tuple at the end."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from content.lesson_files import MISCONCEPTIONS
from content.problems import Problem
from quiz.bank.misconceptions import misconceptions
from quiz.bank.model import Bank, Kind, Question

# A field and what is wrong with it, such as ("options[2].why", "is empty").
FieldProblem = tuple[str, str]

MIN_OPTIONS, MAX_OPTIONS, MAX_OPTIONS_TO_ORDER = 3, 4, 6
MAX_LENGTH_RATIO = 1.8
# Characters: an explanation takes at least a sentence.
MIN_WHY_LENGTH = 40
NEGATIVE_WORD = re.compile(r"\b(not|except|never|least)\b|n['\u2019]t\b", re.IGNORECASE)
CATCH_ALL_OPTION = re.compile(r"\b(all|none|both|neither|any) of (the|these|them)\b", re.IGNORECASE)


def a_few_options(question: Question) -> Iterator[FieldProblem]:
    most = MAX_OPTIONS_TO_ORDER if question.kind is Kind.ORDERING else MAX_OPTIONS
    if not MIN_OPTIONS <= len(question.options) <= most:
        yield "options", f"are {len(question.options)}; offer {MIN_OPTIONS} to {most}"


def option_ids_differ(question: Question) -> Iterator[FieldProblem]:
    for name, times in Counter(option.id for option in question.options).items():
        if times > 1:
            yield "options", f"hold the id {name!r} {times} times"


def option_texts_differ(question: Question) -> Iterator[FieldProblem]:
    if len({option.text.casefold() for option in question.options}) < len(question.options):
        yield "options", "hold the same text twice"


def _texts(question: Question) -> Iterator[FieldProblem]:
    """Yields every field that the learner reads, with its text."""
    yield "prompt", question.prompt
    for number, option in enumerate(question.options, start=1):
        yield f"options[{number}].text", option.text
        yield f"options[{number}].why", option.why


def words_are_tidy(question: Question) -> Iterator[FieldProblem]:
    for field, text in _texts(question):
        if not text.strip():
            yield field, "is empty"
        elif "  " in text or text != text.strip():
            yield field, "has spaces to spare"
        elif text[0].islower():
            yield field, f"begins with a small letter: {text[:20]!r}"


def every_option_is_explained(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if 0 < len(option.why.strip()) < MIN_WHY_LENGTH:
            yield f"options[{number}].why", f"has {len(option.why)} characters; explain in {MIN_WHY_LENGTH} or more"


def explanations_differ(question: Question) -> Iterator[FieldProblem]:
    seen: dict[str, int] = {}
    for number, option in enumerate(question.options, start=1):
        first = seen.setdefault(option.why.casefold(), number)
        if first != number:
            yield f"options[{number}].why", f"is that of option {first}; say what is particular to this one"


def misconceptions_are_known(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if option.misconception and option.misconception not in (known := misconceptions()):
            yield (
                f"options[{number}].misconception",
                f"is {option.misconception!r}, which {MISCONCEPTIONS} does not have; "
                f"add it there, or use one of {', '.join(known)}",
            )


def the_stem_asks_for_what_holds(question: Question) -> Iterator[FieldProblem]:
    if found := NEGATIVE_WORD.search(question.prompt):
        yield "prompt", f"turns on {found.group()!r}; ask for what does hold"


def no_option_sums_up_the_others(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if found := CATCH_ALL_OPTION.search(option.text):
            yield f"options[{number}].text", f"says {found.group()!r}; name one thing"


def options_are_of_similar_length(question: Question) -> Iterator[FieldProblem]:
    lengths = [len(option.text) for option in question.options]
    if (
        question.trace is None
        and question.kind is not Kind.ORDERING
        and max(lengths, default=0) > MAX_LENGTH_RATIO * min(lengths, default=0)
    ):
        yield (
            "options",
            f"run from {min(lengths)} to {max(lengths)} characters; "
            f"the longest may be {MAX_LENGTH_RATIO} times the shortest",
        )


def the_key_has_one_source(question: Question) -> Iterator[FieldProblem]:
    wanted, other = ("value", "right") if question.trace else ("right", "value")
    if question.kind is Kind.ORDERING and question.trace:
        yield from _values_of_one_name(question)
    for number, option in enumerate(question.options, start=1):
        if getattr(option, wanted) is None:
            yield f"options[{number}].{wanted}", "is missing"
        if getattr(option, other) is not None:
            yield f"options[{number}].{other}", "does not belong here: a key is typed or computed, never both"


def _values_of_one_name(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if option.value is not None and len(option.value) != 1:
            yield f"options[{number}].value", "is not one name; an ordering question has one for each place"


def a_trace_has_one_answer(question: Question) -> Iterator[FieldProblem]:
    if question.trace and question.kind is Kind.MULTIPLE:
        yield "kind", "is multiple; the engine gives one answer, or one order"


def the_key_fits_the_kind(question: Question) -> Iterator[FieldProblem]:
    right, of = sum(option.right is True for option in question.options), len(question.options)
    if question.kind is Kind.SINGLE and right != 1:
        yield "options", f"hold {right} right ones; a single question has exactly one"
    if question.kind is Kind.MULTIPLE and right in {0, of}:
        yield "options", f"hold {right} right ones of {of}; a multiple question has at least one, and one that is wrong"
    if question.kind is Kind.ORDERING and right != of:
        yield "options", "are not all in the engine's answer; an ordering question asks for the order of all it shows"


def what_is_right_is_no_misconception(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if option.right and option.misconception:
            yield f"options[{number}].misconception", f"is {option.misconception!r}, but this option is right"


def problems(bank: Bank, of_questions: "QuestionRules", of_bank: "BankRules") -> list[Problem]:
    """Returns everything in the bank that breaks one of the rules."""
    found = [
        bank.problem(question.id, *problem)
        for question in bank.questions
        for rule in of_questions
        for problem in rule(question)
    ]
    return found + [bank.problem("", *problem) for rule in of_bank for problem in rule(bank)]


QuestionRule = Callable[[Question], Iterator[FieldProblem]]
QuestionRules = tuple[QuestionRule, ...]
BankRules = tuple[Callable[[Bank], Iterator[FieldProblem]], ...]

AS_WRITTEN: QuestionRules = (
    a_few_options,
    option_ids_differ,
    option_texts_differ,
    words_are_tidy,
    every_option_is_explained,
    explanations_differ,
    misconceptions_are_known,
    the_stem_asks_for_what_holds,
    no_option_sums_up_the_others,
    options_are_of_similar_length,
    the_key_has_one_source,
    a_trace_has_one_answer,
)

# These need the key, so they are checked once the engine has computed it.
WITH_KEY: QuestionRules = (the_key_fits_the_kind, what_is_right_is_no_misconception)
