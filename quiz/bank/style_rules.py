"""Rules that say what makes a question fair. They warn an author, and stop nothing.

A new rule is one function, and its name in a tuple at the end. They need the key of each question.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from content.problems import Problem
from quiz.bank.model import Bank, Kind, Option, Question
from quiz.bank.question_rules import BankRules, FieldProblem, QuestionRules, problems

MIN_OPTIONS, MAX_OPTIONS, MAX_OPTIONS_TO_ORDER = 3, 4, 6
MAX_LENGTH_RATIO = 1.8
# Characters. Names, code and figures differ in length by nature, and short options are seen at one glance.
MIN_LENGTH_TO_COMPARE = 40
# Characters: an explanation takes at least a sentence.
MIN_WHY_LENGTH = 40
# The questions in which options are read side by side.
COMPARED = frozenset({Kind.SINGLE, Kind.MULTIPLE})
# With this many questions or more, a bank is meant for several attempts.
FULL_BANK = 10
# An outcome less probable than this is not put down to chance.
SIGNIFICANCE_LEVEL = 0.05

SENTENCE = re.compile(r"[^.!?]+[.!?]?")
# "Which of these is not": the question itself is negated. In a clause of its own ("when it does not hear") a "not" is
# part of the story.
NEGATED_QUESTION = re.compile(
    r"(?:^|, )(?:in |of |to |for |from |by )?(?:which|what|who)\b"
    r"(?:(?! (?:if|when|while|because|since|although|after|before|until|once|that|where|so|whether) )[^,;:])*?"
    r"(\bnot\b|\bnever\b|\bexcept\b|n['\u2019]t\b|\bleast (?:likely|often|probable)\b)",
    re.IGNORECASE,
)
SHOUTED = re.compile(r"\b(?:NOT|EXCEPT|NEVER)\b")
SUMMING_UP = re.compile(
    r"(?:all|none|both|neither|any) of (?:(?:the|these) (?:above|others?|options|answers)|these|them)"
    r"(?=[.!]?$|,| (?:is|are) (?:right|correct|true|wrong)\b)",
    re.IGNORECASE,
)


def a_few_options(question: Question) -> Iterator[FieldProblem]:
    most = MAX_OPTIONS_TO_ORDER if question.kind is Kind.ORDERING else MAX_OPTIONS
    is_offered = question.kind in COMPARED or question.kind is Kind.ORDERING
    if is_offered and not MIN_OPTIONS <= len(question.options) <= most:
        yield "options", f"are {len(question.options)}; {MIN_OPTIONS} to {most} are read, and hard to guess"


def every_option_is_explained(question: Question) -> Iterator[FieldProblem]:
    """Asks for a reason with every option; of several right typed answers, one reason is enough."""
    is_said = question.kind.is_typed and any(option.right and option.why for option in question.options)
    for number, option in enumerate(question.options, start=1):
        if not option.why and not (is_said and option.right):
            yield f"options[{number}].why", "is missing; a reason teaches more than anything else in a check"
        elif 0 < len(option.why) < MIN_WHY_LENGTH:
            yield f"options[{number}].why", f"has {len(option.why)} characters; a reason takes {MIN_WHY_LENGTH} or more"


def explanations_differ(question: Question) -> Iterator[FieldProblem]:
    seen: dict[str, int] = {}
    for number, option in enumerate(question.options, start=1):
        first = seen.setdefault(option.why.casefold(), number) if option.why else number
        if first != number:
            yield f"options[{number}].why", f"is that of option {first}; say what is particular to this one"


def a_paragraph_is_named(question: Question) -> Iterator[FieldProblem]:
    if not question.paragraph:
        yield "paragraph", "is missing; name the anchor of the lesson where a learner can read the answer"


def the_stem_asks_for_what_holds(question: Question) -> Iterator[FieldProblem]:
    asked = [each.strip() for each in SENTENCE.findall(question.prompt) if each.endswith("?")]
    negated = filter(None, map(NEGATED_QUESTION.search, asked))
    found = SHOUTED.search(question.prompt) or next(negated, None)
    if found:
        yield "prompt", f"turns on {(found[1] if found.lastindex else found[0])!r}; ask for what does hold"


def no_option_sums_up_the_others(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if question.kind in COMPARED and (found := SUMMING_UP.match(option.text)):
            yield f"options[{number}].text", f"says {found.group()!r}; name one thing"


def the_right_option_is_not_much_longer(question: Question) -> Iterator[FieldProblem]:
    right = max((len(option.text) for option in question.options if option.right), default=0)
    wrong = max((len(option.text) for option in question.options if not option.right), default=right)
    is_compared = question.trace is None and question.kind in COMPARED
    if is_compared and right > max(MAX_LENGTH_RATIO * wrong, MIN_LENGTH_TO_COMPARE):
        yield "options", f"give the answer away: a right one has {right} characters, and no wrong one more than {wrong}"


def something_is_wrong_in_a_multiple_question(question: Question) -> Iterator[FieldProblem]:
    if question.kind is Kind.MULTIPLE and all(option.right for option in question.options):
        yield "options", "are all right; with one that is wrong, picking everything is no answer"


def what_is_right_is_no_misconception(question: Question) -> Iterator[FieldProblem]:
    for number, option in enumerate(question.options, start=1):
        if option.right and option.misconception:
            yield f"options[{number}].misconception", f"is {option.misconception!r}, but this option is right"


def a_retake_can_differ(bank: Bank) -> Iterator[FieldProblem]:
    held = Counter(question.objective for question in bank.check_questions)
    for number in sorted(bank.objectives):
        if len(bank.questions) >= FULL_BANK and held[number] == 1:
            yield f"objectives[{number}]", "has one question only, so that a retake cannot differ; write a second one"


def a_draw_can_ask_for_understanding(bank: Bank) -> Iterator[FieldProblem]:
    """Asks that three of five questions of a check can ask what would happen, or why."""
    able = {question.objective for question in bank.check_questions if question.is_about_reasons}
    if len(able) < (wanted := _three_fifths(len(bank.objectives))):
        yield "objectives", f"ask what-if or why in {len(able)} of {len(bank.objectives)}; {wanted} should"


def a_full_bank_asks_for_understanding(bank: Bank) -> Iterator[FieldProblem]:
    able, of = sum(question.is_about_reasons for question in bank.questions), len(bank.questions)
    if of >= FULL_BANK and able < (wanted := _three_fifths(of)):
        yield "questions", f"ask what-if or why in {able} of {of}; {wanted} should"


def _three_fifths(of: int) -> int:
    return -(-3 * of // 5)


def a_full_bank_holds_a_trace(bank: Bank) -> Iterator[FieldProblem]:
    if len(bank.questions) >= FULL_BANK and not any(question.trace for question in bank.check_questions):
        yield "questions", "hold no trace question; let the saga engine compute the key of one"


def length_gives_nothing_away(bank: Bank) -> Iterator[FieldProblem]:
    """Warns of a bank whose right option is the longest one more often than by chance.

    A bank that is not full may be so by chance, and is named only where that is improbable. That takes three
    questions: of two with three options each, chance makes both so in 1 of 9 banks; of three, all three in 1 of 27.
    """
    chosen = [question for question in bank.questions if question.kind in COMPARED]
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


def advice(bank: Bank) -> list[Problem]:
    """Returns what could be better in a sound bank, whose keys are known."""
    return problems(bank, OF_QUESTIONS, OF_BANK)


def advice_on(bank: Bank, question: str) -> list[Problem]:
    """Returns what could be better in the question of that id."""
    asked = tuple(each for each in bank.questions if each.id == question)
    return problems(replace(bank, questions=asked), OF_QUESTIONS, ())


OF_QUESTIONS: QuestionRules = (
    a_few_options,
    every_option_is_explained,
    explanations_differ,
    a_paragraph_is_named,
    the_stem_asks_for_what_holds,
    no_option_sums_up_the_others,
    the_right_option_is_not_much_longer,
    something_is_wrong_in_a_multiple_question,
    what_is_right_is_no_misconception,
)
OF_BANK: BankRules = (
    a_retake_can_differ,
    a_draw_can_ask_for_understanding,
    a_full_bank_asks_for_understanding,
    a_full_bank_holds_a_trace,
    length_gives_nothing_away,
)
