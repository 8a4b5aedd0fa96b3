"""Selects the questions of a check: one for each objective, the least asked first, in the promised mix."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from types import MappingProxyType

from quiz.bank.model import Bank, Kind, Question

# By a question's id: how often this learner was asked it, and when last, in seconds since the epoch.
History = Mapping[str, tuple[int, float]]
NOTHING_ASKED: History = MappingProxyType({})
NEVER = (0, 0.0)
SHUFFLED = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.ORDERING})


def shuffled(question: Question, rng: Random) -> Question:
    """Returns the question with its options in random order, but never in the right order of an ordering question.

    True and false keep their order, and so do the expected answers of a question whose answer is typed.
    """
    if question.kind not in SHUFFLED:
        return question
    order = rng.sample(question.options, len(question.options))
    while question.kind is Kind.ORDERING and tuple(option.id for option in order) == question.key:
        rng.shuffle(order)
    return replace(question, options=tuple(order))


def least_asked(questions: Iterable[Question], history: History, rng: Random) -> list[Question]:
    """Sorts the questions by how often they were asked, then by how long ago, then at random."""
    return sorted(questions, key=lambda question: (*history.get(question.id, NEVER), rng.random()))


@dataclass(frozen=True)
class _Candidate:
    question: Question
    times: int
    place: int


def select_questions(bank: Bank, rng: Random, *, history: History = NOTHING_ASKED) -> tuple[Question, ...]:
    """Returns one question for each objective, in their order. Keeps the promises as far as that rules none out."""
    offered = [_candidates(bank, objective, rng, history) for objective in sorted(bank.objectives)]
    draws = list(product(*offered))
    tolerated = _tolerated(draws)
    drawn = min(draws, key=lambda draw: (max(tolerated, _broken(draw)), *_asked_before(draw)))
    return tuple(shuffled(each.question, rng) for each in drawn)


def _candidates(bank: Bank, objective: int, rng: Random, history: History) -> Sequence[_Candidate]:
    """Returns the first question of each sort that the promises distinguish: no others are needed to keep them."""
    queue = least_asked((each for each in bank.check_questions if each.objective == objective), history, rng)
    first: dict[tuple[bool, ...], _Candidate] = {}
    for place, question in enumerate(queue):
        sort = tuple(holds(question) for _, holds in PROMISES)
        first.setdefault(sort, _Candidate(question, history.get(question.id, NEVER)[0], place))
    return list(first.values())


def _broken(draw: Sequence[_Candidate]) -> int:
    """Returns how many questions the draw lacks to keep the promises."""
    return sum(max(0, least - sum(holds(each.question) for each in draw)) for least, holds in PROMISES)


def _tolerated(draws: Iterable[Sequence[_Candidate]]) -> int:
    """Returns how far the promises have to be broken at the most, so that every question can be drawn.

    In a bank with two objectives, for instance, only questions about reasons would ever be drawn otherwise.
    """
    least: dict[str, int] = {}
    for draw in draws:
        broken = _broken(draw)
        for each in draw:
            least[each.question.id] = min(broken, least.get(each.question.id, broken))
    return max(least.values())


def _asked_before(draw: Sequence[_Candidate]) -> tuple[int, int]:
    """Returns how often these questions were asked, and how far back they are in their queues."""
    return sum(each.times for each in draw), sum(each.place for each in draw)


# The least number of a check's questions for which the condition holds.
PROMISES: tuple[tuple[int, Callable[[Question], bool]], ...] = (
    (1, lambda question: question.is_traced),
    (3, lambda question: question.is_about_reasons),
)
