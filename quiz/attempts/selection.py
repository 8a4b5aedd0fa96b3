"""Selects the questions of a check: one for each objective, the least asked first, in the promised mix."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from random import Random
from types import MappingProxyType

from quiz.bank.model import Bank, Kind, Question

# By a question's id: how often this learner was asked it, and when last, in seconds since the epoch.
History = Mapping[str, tuple[int, float]]
NOTHING_ASKED: History = MappingProxyType({})
NEVER = (0, 0.0)


def shuffled(question: Question, rng: Random) -> Question:
    """Returns the question with its options in random order, but never in the right order of an ordering question."""
    orders = list(permutations(question.options))
    if question.kind is Kind.ORDERING and len(orders) > 1:
        orders = [order for order in orders if tuple(option.id for option in order) != question.key]
    return replace(question, options=rng.choice(orders))


def least_asked(questions: Iterable[Question], history: History, rng: Random) -> list[Question]:
    """Sorts the questions by how often they were asked, then by how long ago, then at random."""
    return sorted(questions, key=lambda question: (*history.get(question.id, NEVER), rng.random()))


@dataclass(frozen=True)
class _Candidate:
    question: Question
    times: int
    place: int


def select_questions(
    bank: Bank, rng: Random, *, history: History = NOTHING_ASKED, own: Sequence[Question] = ()
) -> tuple[Question, ...]:
    """Returns one question for each objective, in their order. Keeps the promises as far as the bank can.

    With `own`, one of these takes the objective that the bank reserves for the learner's own runs.
    """
    offered = [_candidates(bank, objective, rng, history, own) for objective in sorted(bank.objectives)]
    drawn = min(product(*offered), key=_cost)
    return tuple(shuffled(each.question, rng) for each in drawn)


def _candidates(
    bank: Bank, objective: int, rng: Random, history: History, own: Sequence[Question]
) -> Sequence[_Candidate]:
    """Returns the first question of each sort that the promises distinguish: no others are needed to keep them."""
    if own and objective == bank.own_runs:
        return [_Candidate(rng.choice(own), 0, 0)]
    queue = least_asked((each for each in bank.check_questions if each.objective == objective), history, rng)
    first: dict[tuple[bool, ...], _Candidate] = {}
    for place, question in enumerate(queue):
        sort = tuple(holds(question) for _, holds in PROMISES)
        first.setdefault(sort, _Candidate(question, history.get(question.id, NEVER)[0], place))
    return list(first.values())


def _cost(drawn: Sequence[_Candidate]) -> tuple[int, int, int]:
    """Returns what to minimise: how far the promises are broken, how often these were asked, and their places."""
    broken = sum(max(0, least - sum(holds(each.question) for each in drawn)) for least, holds in PROMISES)
    return broken, sum(each.times for each in drawn), sum(each.place for each in drawn)


# The least number of a check's questions for which the condition holds.
PROMISES: tuple[tuple[int, Callable[[Question], bool]], ...] = (
    (1, lambda question: question.is_traced),
    (3, lambda question: question.is_about_reasons),
)
