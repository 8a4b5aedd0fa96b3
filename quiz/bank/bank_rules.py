"""Rules for a bank as a whole. A new rule is one function, and its name in a tuple at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from quiz.bank.model import Bank, Kind, Option
from quiz.bank.question_rules import BankRules, FieldProblem

# With this many questions or more, a bank is meant for several attempts.
FULL_BANK = 10
# An outcome less probable than this is not put down to chance.
SIGNIFICANCE_LEVEL = 0.05


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


def a_retake_can_differ(bank: Bank) -> Iterator[FieldProblem]:
    held = Counter(question.objective for question in bank.check_questions)
    for number in sorted(bank.objectives):
        if len(bank.questions) >= FULL_BANK and held[number] == 1:
            yield f"objectives[{number}]", "has one question only, so that a retake cannot differ; write a second one"


def a_draw_can_ask_for_understanding(bank: Bank) -> Iterator[FieldProblem]:
    """Requires that three of five questions of a check can ask what would happen, or why."""
    able = {question.objective for question in bank.check_questions if question.is_about_reasons}
    if len(able) < (wanted := _three_fifths(len(bank.objectives))):
        yield "objectives", f"ask what-if or why in {len(able)} of {len(bank.objectives)}; {wanted} have to"


def a_full_bank_asks_for_understanding(bank: Bank) -> Iterator[FieldProblem]:
    able, of = sum(question.is_about_reasons for question in bank.questions), len(bank.questions)
    if of >= FULL_BANK and able < (wanted := _three_fifths(of)):
        yield "questions", f"ask what-if or why in {able} of {of}; {wanted} have to"


def _three_fifths(of: int) -> int:
    return -(-3 * of // 5)


def a_full_bank_holds_a_trace(bank: Bank) -> Iterator[FieldProblem]:
    if len(bank.questions) >= FULL_BANK and not any(question.trace for question in bank.check_questions):
        yield "questions", "hold no trace question; let the saga engine compute the key of one"


def length_gives_nothing_away(bank: Bank) -> Iterator[FieldProblem]:
    """Refuses a bank whose right option is the longest one more often than by chance.

    A bank that is not full may be so by chance, and is refused only where that is improbable. That takes three
    questions: of two with three options each, chance makes both so in 1 of 9 banks; of three, all three in 1 of 27.
    """
    chosen = [question for question in bank.questions if question.kind is not Kind.ORDERING]
    hits = [question.id for question in chosen if _longest_is_right(question.options)]
    probabilities = [len(question.key) / len(question.options) for question in chosen]
    is_full = len(bank.questions) >= FULL_BANK
    if len(hits) > sum(probabilities) if is_full else chance_of_at_least(len(hits), probabilities) < SIGNIFICANCE_LEVEL:
        yield (
            "questions",
            f"have the right option as the longest {len(hits)} times of {len(chosen)}, and chance would give "
            f"{sum(probabilities):.1f}; lengthen a wrong one, or shorten the right one, in some of {', '.join(hits)}",
        )


def chance_of_at_least(hits: int, probabilities: Iterable[float]) -> float:
    """Returns the probability of at least `hits` of independent events. `probabilities` are their probabilities."""
    exact = [1.0]
    for probability in probabilities:
        pairs = zip([0.0, *exact], [*exact, 0.0], strict=True)
        exact = [one_fewer * probability + as_many * (1 - probability) for one_fewer, as_many in pairs]
    return sum(exact[hits:])


def _longest_is_right(options: Sequence[Option]) -> bool:
    longest, runner_up = sorted(options, key=lambda option: len(option.text), reverse=True)[:2]
    return bool(longest.right) and len(longest.text) > len(runner_up.text)


BANK_AS_WRITTEN: BankRules = (
    question_ids_differ,
    every_objective_has_questions,
    own_runs_stand_for_an_objective,
    a_retake_can_differ,
    a_draw_can_ask_for_understanding,
    a_full_bank_asks_for_understanding,
    a_full_bank_holds_a_trace,
)

# These need the keys, so they are checked once the engine has computed them.
BANK_WITH_KEY: BankRules = (length_gives_nothing_away,)
