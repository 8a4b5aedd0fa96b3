"""What the scrubber is painted with: for each fact, whether the saga went on, back, or met trouble."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.execution.messages import Fact
from sandbox.engine.plan.model import Plan, Way
from sandbox.render.text.words import YOURS


class Colour(StrEnum):
    """What a fact tells of a saga's way."""

    FORWARD = "forward"
    COMPENSATION = "compensation"
    REFUSAL = "refusal"
    CRASH = "crash"
    RETRY = "retry"
    YOU = "you"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of facts of one colour; `start` counts the facts before it."""

    colour: Colour
    start: int
    length: int


def track(told: Iterable[tuple[Plan, Fact]]) -> tuple[Mark, ...]:
    """Facts, each of a run of that plan, as stretches of one colour each, from the first to the last."""
    coloured = enumerate(colour_of(plan, fact) for plan, fact in told)
    stretches = ((one, list(group)) for one, group in groupby(coloured, key=lambda pair: pair[1]))
    return tuple(Mark(one, group[0][0], len(group)) for one, group in stretches)


def colour_of(plan: Plan, fact: Fact) -> Colour:
    """What the fact tells. A message that goes back is part of the compensation."""
    if fact.kind in YOURS:
        return Colour.YOU
    if fact.kind in COLOURS:
        return COLOURS[fact.kind]
    if fact.kind is FactKind.FAULT_INJECTED:
        return Colour.CRASH if FAULT[str(fact.fault)].is_real else Colour.RETRY
    is_alarm = fact.message_kind is MessageKind.TIMER
    goes_back = (fact.because and not is_alarm) or (fact.name and plan.way_of(fact.name) is not Way.FORWARD)
    return Colour.COMPENSATION if goes_back else Colour.FORWARD


COLOURS = {
    FactKind.STEP_REJECTED: Colour.REFUSAL,
    FactKind.MESSAGE_LOST: Colour.REFUSAL,
    FactKind.MESSAGE_DEAD: Colour.REFUSAL,
    FactKind.SANDBOX_FAILED: Colour.REFUSAL,
    FactKind.STEP_TIMED_OUT: Colour.REFUSAL,
    FactKind.STEP_COMPENSATED: Colour.COMPENSATION,
    FactKind.NOTHING_TO_UNDO: Colour.COMPENSATION,
    FactKind.ATTEMPT_FAILED: Colour.RETRY,
    FactKind.MESSAGE_REDELIVERED: Colour.RETRY,
    FactKind.MESSAGE_COPIED: Colour.RETRY,
    FactKind.DUPLICATE_IGNORED: Colour.RETRY,
    FactKind.MESSAGE_DELAYED: Colour.RETRY,
}
