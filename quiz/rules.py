"""What makes an item fair. A new rule is one function and its name in a tuple at the foot."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from urllib.parse import parse_qsl

from quiz.records import Bank, Kind, Problem, Question

Fault = tuple[str, str]

FEWEST, MOST = 3, 4
STRETCH = 1.8
NEGATIVE = re.compile(r"\b(not|except|never|least)\b|n['\u2019]t\b", re.IGNORECASE)
CATCH_ALL = re.compile(r"\b(all|none|both|neither|any) of (the|these|them)\b", re.IGNORECASE)


def three_or_four_options(question: Question) -> Iterator[Fault]:
    if not FEWEST <= len(question.options) <= MOST:
        yield "options", f"are {len(question.options)}; offer {FEWEST} or {MOST}"


def option_ids_differ(question: Question) -> Iterator[Fault]:
    for name, times in Counter(option.id for option in question.options).items():
        if times > 1:
            yield "options", f"hold the id {name!r} {times} times"


def option_texts_differ(question: Question) -> Iterator[Fault]:
    if len({option.text.casefold() for option in question.options}) < len(question.options):
        yield "options", "hold the same text twice"


def every_option_is_explained(question: Question) -> Iterator[Fault]:
    for number, option in enumerate(question.options, start=1):
        for field, text in (("text", option.text), ("why", option.why)):
            if not text.strip():
                yield f"options[{number}].{field}", "is empty"


def the_stem_asks_for_what_holds(question: Question) -> Iterator[Fault]:
    if found := NEGATIVE.search(question.prompt):
        yield "prompt", f"turns on {found.group()!r}; ask for what does hold"


def no_option_sums_up_the_others(question: Question) -> Iterator[Fault]:
    for number, option in enumerate(question.options, start=1):
        if found := CATCH_ALL.search(option.text):
            yield f"options[{number}].text", f"says {found.group()!r}; name one thing"


def options_are_of_similar_length(question: Question) -> Iterator[Fault]:
    lengths = [len(option.text) for option in question.options]
    if (
        question.trace is None
        and question.kind is not Kind.ORDERING
        and max(lengths, default=0) > STRETCH * min(lengths, default=0)
    ):
        yield (
            "options",
            f"run from {min(lengths)} to {max(lengths)} characters; the longest may be {STRETCH} times the shortest",
        )


def the_key_has_one_source(question: Question) -> Iterator[Fault]:
    wanted, other = ("value", "right") if question.trace else ("right", "value")
    if question.kind is Kind.ORDERING and question.trace:
        yield from _values_of_one_name(question)
    for number, option in enumerate(question.options, start=1):
        if getattr(option, wanted) is None:
            yield f"options[{number}].{wanted}", "is missing"
        if getattr(option, other) is not None:
            yield f"options[{number}].{other}", "does not belong here: a key is typed or computed, never both"


def _values_of_one_name(question: Question) -> Iterator[Fault]:
    for number, option in enumerate(question.options, start=1):
        if option.value is not None and len(option.value) != 1:
            yield f"options[{number}].value", "is not one name; an ordering question has one for each place"


def a_trace_has_one_answer(question: Question) -> Iterator[Fault]:
    if question.trace and question.kind is Kind.MULTIPLE:
        yield "kind", "is multiple; the engine gives one answer, or one order"


def the_sandbox_link_is_a_query(question: Question) -> Iterator[Fault]:
    try:
        parse_qsl(question.sandbox, strict_parsing=bool(question.sandbox))
    except ValueError:
        yield "sandbox", f"is no query string: {question.sandbox!r}"


def the_key_fits_the_kind(question: Question) -> Iterator[Fault]:
    right = sum(option.right is True for option in question.options)
    if question.kind is Kind.SINGLE and right != 1:
        yield "options", f"hold {right} right ones; a single question has exactly one"
    if question.kind is Kind.MULTIPLE and right == 0:
        yield "options", "hold no right one; a multiple question has at least one"
    if question.kind is Kind.ORDERING and right != len(question.options):
        yield "options", "are not all in the engine's answer; an ordering question asks for the order of all it shows"


def question_ids_differ(bank: Bank) -> Iterator[Fault]:
    for name, times in Counter(question.id for question in bank.questions).items():
        if times > 1:
            yield "questions", f"hold the id {name!r} {times} times"


def every_objective_has_questions(bank: Bank) -> Iterator[Fault]:
    for number in bank.objectives.keys() - {question.objective for question in bank.questions}:
        yield f"objectives[{number}]", "has no question"
    for question in bank.questions:
        if question.objective not in bank.objectives:
            yield "objectives", f"lack number {question.objective}, which question {question.id!r} names"


def own_runs_stand_for_an_objective(bank: Bank) -> Iterator[Fault]:
    if bank.own_runs is not None and bank.own_runs not in bank.objectives:
        yield "own_runs", f"names objective {bank.own_runs}, which the bank does not have"


def length_gives_nothing_away(bank: Bank) -> Iterator[Fault]:
    hits, chance = 0, Fraction(0)
    for question in (each for each in bank.questions if each.kind is not Kind.ORDERING):
        longest, runner_up = sorted(question.options, key=lambda option: len(option.text), reverse=True)[:2]
        hits += bool(longest.right) and len(longest.text) > len(runner_up.text)
        chance += Fraction(sum(bool(option.right) for option in question.options), len(question.options))
    if hits > chance:
        yield "questions", f"have the right option as the longest {hits} times; chance would give {float(chance):.2f}"


def problems(bank: Bank, of_questions: "QuestionRules", of_bank: "BankRules") -> list[Problem]:
    """Everything in the bank that breaks one of the rules, in the order of the file."""
    found = [
        Problem(bank.lesson, question.id, *fault)
        for question in bank.questions
        for rule in of_questions
        for fault in rule(question)
    ]
    return found + [Problem(bank.lesson, "", *fault) for rule in of_bank for fault in rule(bank)]


QuestionRules = tuple[Callable[[Question], Iterator[Fault]], ...]
BankRules = tuple[Callable[[Bank], Iterator[Fault]], ...]

AS_WRITTEN: QuestionRules = (
    three_or_four_options,
    option_ids_differ,
    option_texts_differ,
    every_option_is_explained,
    the_stem_asks_for_what_holds,
    no_option_sums_up_the_others,
    options_are_of_similar_length,
    the_key_has_one_source,
    a_trace_has_one_answer,
    the_sandbox_link_is_a_query,
)
BANK_AS_WRITTEN: BankRules = (question_ids_differ, every_objective_has_questions, own_runs_stand_for_an_objective)

# These need the key, so they wait until the engine has been asked.
WITH_KEY: QuestionRules = (the_key_fits_the_kind,)
BANK_WITH_KEY: BankRules = (length_gives_nothing_away,)
