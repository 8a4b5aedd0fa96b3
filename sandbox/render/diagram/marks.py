"""Marks in the picture of a run what went wrong, where it did: at an arrow or at an actor's box.

A new mark is one more entry of `MARKS` or, for what a fault does, of `STRUCK`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.terms import Effect, FactKind, Pace
from sandbox.engine.execution.delivery import ON_THE_WAY
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board, DeliveryView

Ends = tuple[str, str | None]


class Tone(StrEnum):
    """Says whether a mark shows damage, a fault that passes, or that somebody noticed or put something right."""

    BAD = "bad"
    LATE = "late"
    NOTICED = "noticed"


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign and a word; `at_arrow` marks the message's arrow, otherwise the box of the actor that recorded it.

    Without a sign of its own it is drawn as a clock on an arrow, and as its word alone on a box.
    """

    sign: str
    word: str
    tone: Tone
    at_arrow: bool = False


MARKS = {
    FactKind.MESSAGE_LOST: Mark("✕", "lost", Tone.BAD, at_arrow=True),
    FactKind.MESSAGE_COPIED: Mark("2x", "doubled", Tone.LATE, at_arrow=True),
    FactKind.MESSAGE_DELAYED: Mark("", "late", Tone.LATE, at_arrow=True),
    FactKind.MESSAGE_DEAD: Mark("✕", "gave up", Tone.BAD),
    FactKind.SANDBOX_FAILED: Mark("✕", "sandbox error", Tone.BAD),
    FactKind.ATTEMPT_FAILED: Mark("↻", "failed", Tone.LATE),
    FactKind.FAULT_PLACED: Mark("⚡", "will be struck", Tone.LATE),
    FactKind.STEP_TIMED_OUT: Mark("", "alarm", Tone.NOTICED),
    FactKind.DUPLICATE_IGNORED: Mark("=", "copy ignored", Tone.NOTICED),
    FactKind.STEP_SKIPPED: Mark("-", "skipped", Tone.NOTICED),
    FactKind.OPERATOR_RETRIED: Mark("✓", "fixed by you", Tone.NOTICED),
}
GOAL = "★"
TWICE = Mark("✕", "did it twice", Tone.BAD)
# What a fault does at the actor that it strikes. Failing and what happens to messages have facts of their own.
STRUCK = {
    Effect.CRASH: Mark("⚡", "killed", Tone.LATE),
    Effect.SHUT: Mark("", "down", Tone.LATE),
    Effect.DELAY: Mark("", "slow", Tone.LATE),
}


@dataclass(frozen=True, slots=True)
class GoalMark:
    """Where a lab's goal was reached: fact `seq`, and the actor or the two ends of the arrow where that is seen."""

    seq: int
    place: tuple[str, ...]
    word: str

    @property
    def text(self) -> str:
        return f"{GOAL} {self.word}"

    @property
    def in_words(self) -> str:
        return f"{self.word}, reached {'from' if len(self.place) > 1 else 'at'} {' to '.join(map(title, self.place))}."


def goal_mark(plan: Plan, facts: Sequence[Fact], word: str) -> GoalMark:
    """Returns the mark of a goal that was reached with the last of these facts.

    Where that is seen nowhere, as the end of a saga, the last fact before it that is seen has the mark.
    """
    senders = {fact.message: fact.actor for fact in facts if fact.kind is FactKind.MESSAGE_SENT}
    places = (_place_of(fact, plan, senders) for fact in reversed(facts))
    return GoalMark(facts[-1].seq, next(filter(None, places), ()), word)


def _place_of(fact: Fact, plan: Plan, senders: Mapping[int | None, str]) -> tuple[str, ...]:
    """Returns the two ends of the arrow at which a fact is seen, or its actor; () for one that is seen nowhere."""
    if fact.kind is FactKind.MESSAGE_SENT:
        ends = fact.actor, (fact.to or ("",))[0]
    else:
        mark = MARKS.get(fact.kind)
        ends = senders.get(fact.message, "") if mark and mark.at_arrow else "", fact.actor
    if any(ends == (hop.sender, hop.receiver) for hop in plan.hops):
        return ends
    return (fact.actor,) if fact.actor in plan.actors else ()


@dataclass(frozen=True)
class Marks:
    """The marks of a run: at arrows by their two ends, at messages by these and their name, and at actors."""

    arrows: dict[Ends, tuple[Mark, ...]]
    messages: dict[tuple[str, str | None, str], Mark]
    actors: dict[str, tuple[str, ...]]
    tones: dict[str, Tone]

    @property
    def in_words(self) -> list[str]:
        """Returns each mark as a sentence."""
        at_messages = [
            f"{name} from {title(sender)} to {title(receiver) if receiver else 'nobody'}: {mark.word}."
            for (sender, receiver, name), mark in self.messages.items()
        ]
        return at_messages + [f"{title(actor)}: {', '.join(words)}." for actor, words in self.actors.items()]


def marks_of(board: Board) -> Marks:
    """Returns what is to be marked in the picture of a run."""
    found = [(delivery, fact, mark) for delivery in board.deliveries.values() for fact, mark in _marked(delivery)]
    arrows: dict[Ends, tuple[Mark, ...]] = {}
    for delivery, _, mark in found:
        if mark.at_arrow and not delivery.is_timer:
            ends = delivery.sender, delivery.receiver
            arrows[ends] = tuple(dict.fromkeys((*arrows.get(ends, ()), mark)))
    messages = {
        (delivery.sender, delivery.receiver, board.plan.heard_as(delivery.name)): mark
        for delivery, _, mark in found
        if mark.at_arrow and not delivery.is_timer
    }
    counted = Counter((fact.actor, mark) for _, fact, mark in found if not mark.at_arrow)
    effects = Counter((fact.actor, fact.step, fact.verb) for fact in board.postings)
    counted.update({(actor, TWICE): 1 for (actor, _, _), times in effects.items() if times > 1})
    actors: dict[str, tuple[str, ...]] = {}
    for (actor, mark), times in counted.items():
        often = f" {times}x" if times > 1 else ""
        actors[actor] = (*actors.get(actor, ()), f"{mark.sign} {mark.word}{often}".strip())
    tones = {actor: min((m.tone for a, m in counted if a == actor), key=list(Tone).index) for actor in actors}
    return Marks(arrows, messages, actors, tones)


def is_held_back(delivery: DeliveryView, board: Board) -> bool:
    """Returns whether the message has not arrived, because a fault lets it come late; by hand it comes at any time."""
    is_late = bool(delivery.facts) and _is_late_on_its_way(delivery.facts[-1])
    return is_late and board.pace is not Pace.STEP and delivery.due > board.at


def _is_late_on_its_way(fact: Fact) -> bool:
    """Returns whether the fact delays a message before it arrives; what waits at its receiver was on time."""
    return fact.kind is FactKind.MESSAGE_DELAYED and fact.reason in ON_THE_WAY


def _marked(delivery: DeliveryView) -> Iterator[tuple[Fact, Mark]]:
    for fact in delivery.facts:
        if _is_strike(fact):
            mark = STRUCK.get(FAULT[str(fact.fault)].effect)
        elif fact.kind is FactKind.MESSAGE_DELAYED and not _is_late_on_its_way(fact):
            mark = None
        else:
            mark = MARKS.get(fact.kind)
        if mark:
            yield fact, mark


def _is_strike(fact: Fact) -> bool:
    return fact.kind is FactKind.FAULT_INJECTED and fact.fault in FAULT
