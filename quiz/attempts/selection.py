"""Which questions a learner gets: one for each objective, the least asked first, in the mix that a check promises."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from random import Random
from types import MappingProxyType

from quiz.bank.model import Bank, Kind, Question

# Under a question's id: how often this learner was asked it, and when last, in seconds since the epoch.
History = Mapping[str, tuple[int, float]]
NOTHING_ASKED: History = MappingProxyType({})
NEVER = (0, 0.0)


def shuffled(question: Question, dice: Random) -> Question:
    """The question with its options in any order, but never in the one that an ordering question asks for."""
    orders = list(permutations(question.options))
    if question.kind is Kind.ORDERING and len(orders) > 1:
        orders = [order for order in orders if tuple(option.id for option in order) != question.key]
    return replace(question, options=dice.choice(orders))


def least_asked(questions: Iterable[Question], history: History, dice: Random) -> list[Question]:
    """The questions, those first that were asked least, then those asked longest ago, then by chance."""
    return sorted(questions, key=lambda question: (*history.get(question.id, NEVER), dice.random()))


@dataclass(frozen=True)
class _Candidate:
    question: Question
    times: int
    place: int


def select_questions(
    bank: Bank, dice: Random, *, history: History = NOTHING_ASKED, own: Sequence[Question] = ()
) -> tuple[Question, ...]:
    """One question for each objective, in the objectives' order; the promises are kept as far as the bank can.

    With `own`, one of these stands for the objective that the bank reserves for the learner's own runs.
    """
    offered = [_candidates(bank, objective, dice, history, own) for objective in sorted(bank.objectives)]
    drawn = min(product(*offered), key=_cost)
    return tuple(shuffled(each.question, dice) for each in drawn)


def _candidates(
    bank: Bank, objective: int, dice: Random, history: History, own: Sequence[Question]
) -> Sequence[_Candidate]:
    """The first question of each sort that the promises tell apart: more are not needed to keep them."""
    if own and objective == bank.own_runs:
        return [_Candidate(dice.choice(own), 0, 0)]
    queue = least_asked((each for each in bank.questions if each.objective == objective), history, dice)
    first: dict[tuple[bool, ...], _Candidate] = {}
    for place, question in enumerate(queue):
        sort = tuple(holds(question) for _, holds in PROMISES)
        first.setdefault(sort, _Candidate(question, history.get(question.id, NEVER)[0], place))
    return list(first.values())


def _cost(drawn: Sequence[_Candidate]) -> tuple[int, int, int]:
    """What is to be small: how far the promises are broken, how often these were asked, and their places."""
    broken = sum(max(0, least - sum(holds(each.question) for each in drawn)) for least, holds in PROMISES)
    return broken, sum(each.times for each in drawn), sum(each.place for each in drawn)


# How many of a check's questions are, at the least, of that sort.
PROMISES: tuple[tuple[int, Callable[[Question], bool]], ...] = (
    (1, lambda question: question.is_traced),
    (3, lambda question: question.is_about_reasons),
)
