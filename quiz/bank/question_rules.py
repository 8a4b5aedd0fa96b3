"""Rules without which a question cannot be asked. A new rule is one function, and its name in a tuple at the end.

What makes a question that can be asked a fair one is in `style_rules`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from string import ascii_lowercase

from content.lesson_files import MISCONCEPTIONS
from content.problems import Problem
from quiz.bank.misconceptions import misconceptions
from quiz.bank.model import Bank, Kind, Option, Question
from quiz.bank.typed_answers import comparable

# A field and what is wrong with it, such as ("options[2].why", "is empty").
FieldProblem = tuple[str, str]

# The fewest and the most options that a question of a kind can have. In a form, each has a letter.
OPTION_COUNTS: dict[Kind, tuple[int, int]] = {
    Kind.SINGLE: (2, len(ascii_lowercase)),
    Kind.MULTIPLE: (2, len(ascii_lowercase)),
    Kind.ORDERING: (2, len(ascii_lowercase)),
    Kind.TRUE_FALSE: (2, 2),
    Kind.TEXT: (1, 100),
    Kind.NUMBER: (1, 100),
}
TRUE_AND_FALSE = {"true", "false"}


def options_can_be_offered(question: Question) -> Iterator[FieldProblem]:
    least, most = OPTION_COUNTS[question.kind]
    if not least <= len(question.options) <= most:
        allowed = f"{least} to {most}" if least < most else str(least)
        yield "options", f"are {len(question.options)}; a question of the kind {question.kind} has {allowed}"


def option_ids_differ(question: Question) -> Iterator[FieldProblem]:
    for name, times in Counter(option.id for option in question.options).items():
        if times > 1:
            yield "options", f"hold the id {name!r} {times} times"


def options_can_be_told_apart(question: Question) -> Iterator[FieldProblem]:
    """Refuses two options that say the same; of typed answers, only where one is right and the other is not."""
    if question.kind is Kind.NUMBER:
        return
    if question.kind is Kind.TEXT:
        said = {(comparable(option.text), bool(option.right)) for option in question.options}
        if len({text for text, _ in said}) < len(said):
            yield "options", "hold an answer that is right and wrong: case, spaces and punctuation are not compared"
    elif len({option.text for option in question.options}) < len(question.options):
        yield "options", "hold the same text twice"


def texts_are_there(question: Question) -> Iterator[FieldProblem]:
    if not question.prompt:
        yield "prompt", "is empty"
    for number, option in enumerate(question.options, start=1):
        if not option.text:
            yield f"options[{number}].text", "is empty"


def true_and_false_are_offered(question: Question) -> Iterator[FieldProblem]:
    if question.kind is Kind.TRUE_FALSE and {option.id for option in question.options} != TRUE_AND_FALSE:
        yield "options", "are not the two of a true-false question; their ids are true and false"


def numbers_are_expected_of_numbers(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if question.kind is Kind.NUMBER and option.number is None:
            yield f"options[{number}].number", "is missing; a number question says which number it expects"
        if question.kind is not Kind.NUMBER and (option.number is not None or option.tolerance):
            field = "tolerance" if option.number is None else "number"
            yield f"options[{number}].{field}", "belongs to a question of the kind number"
    if question.unit and question.kind is not Kind.NUMBER:
        yield "unit", "belongs to a question of the kind number"


def every_number_can_be_matched(question: Question) -> Iterator[FieldProblem]:
    """Refuses a wrong number that a right one accepts, or an earlier wrong one: nobody would ever read its reason."""
    numbers = [(at, each) for at, each in enumerate(question.options, start=1) if each.number is not None]
    by_turn = sorted(numbers, key=lambda pair: not pair[1].right)
    for turn, (at, option) in enumerate(by_turn):
        covering = next((place for place, other in by_turn[:turn] if _covers(other, option)), None)
        if covering and not option.right:
            yield f"options[{at}].number", f"is accepted as options[{covering}] already, so its reason is never shown"


def _covers(option: Option, other: Option) -> bool:
    """Returns whether the option accepts all that the other one does."""
    if option.number is None or other.number is None:
        return False
    return abs(option.number - other.number) + other.tolerance <= option.tolerance


def misconceptions_are_known(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if option.misconception and option.misconception not in (known := misconceptions()):
            yield (
                f"options[{number}].misconception",
                f"is {option.misconception!r}, which {MISCONCEPTIONS} does not have; "
                f"add it there, or use one of {', '.join(known)}",
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
    if question.trace and question.kind not in {Kind.SINGLE, Kind.ORDERING}:
        yield "kind", f"is {question.kind}; the engine gives one answer (single), or one order (ordering)"


def the_key_fits_the_kind(question: Question) -> Iterator[FieldProblem]:
    right, of = sum(option.right is True for option in question.options), len(question.options)
    if question.kind in {Kind.SINGLE, Kind.TRUE_FALSE} and right != 1:
        yield "options", f"hold {right} right ones; a {question.kind} question has exactly one"
    if (question.kind is Kind.MULTIPLE or question.kind.is_typed) and not right:
        yield "options", f"hold no right one; a {question.kind} question has at least one"
    if question.kind is Kind.ORDERING and right != of:
        yield "options", "are not all in the engine's answer; an ordering question asks for the order of all it shows"


def self_checks_are_in_no_order(question: Question) -> Iterator[FieldProblem]:
    if question.self_check and question.kind is Kind.ORDERING:
        yield "self_check", "belongs to no ordering question: a lesson's page has no script to move its items"


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
    options_can_be_offered,
    option_ids_differ,
    options_can_be_told_apart,
    texts_are_there,
    true_and_false_are_offered,
    numbers_are_expected_of_numbers,
    every_number_can_be_matched,
    misconceptions_are_known,
    the_key_has_one_source,
    a_trace_has_one_answer,
    self_checks_are_in_no_order,
)

# This needs the key, so it is checked once the engine has computed it.
WITH_KEY: QuestionRules = (the_key_fits_the_kind,)
