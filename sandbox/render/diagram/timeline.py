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


class Paint(StrEnum):
    """What a fact tells of a saga's way."""

    FORWARD = "forward"
    COMPENSATION = "compensation"
    REFUSAL = "refusal"
    CRASH = "crash"
    RETRY = "retry"
    YOU = "you"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of facts of one paint; `start` counts the facts before it."""

    paint: Paint
    start: int
    length: int


def track(told: Iterable[tuple[Plan, Fact]]) -> tuple[Mark, ...]:
    """Facts, each of a run of that plan, as stretches of one paint each, from the first to the last."""
    painted = enumerate(paint(plan, fact) for plan, fact in told)
    stretches = ((one, list(group)) for one, group in groupby(painted, key=lambda pair: pair[1]))
    return tuple(Mark(one, group[0][0], len(group)) for one, group in stretches)


def paint(plan: Plan, fact: Fact) -> Paint:
    """What the fact tells. A message that goes back is part of the compensation."""
    if fact.kind in YOURS:
        return Paint.YOU
    if fact.kind in PAINTS:
        return PAINTS[fact.kind]
    if fact.kind is FactKind.FAULT_INJECTED:
        return Paint.CRASH if FAULT[str(fact.fault)].is_real else Paint.RETRY
    is_alarm = fact.message_kind is MessageKind.TIMER
    goes_back = (fact.because and not is_alarm) or (fact.name and plan.way_of(fact.name) is not Way.FORWARD)
    return Paint.COMPENSATION if goes_back else Paint.FORWARD


PAINTS = {
    FactKind.STEP_REJECTED: Paint.REFUSAL,
    FactKind.MESSAGE_LOST: Paint.REFUSAL,
    FactKind.MESSAGE_DEAD: Paint.REFUSAL,
    FactKind.STEP_TIMED_OUT: Paint.REFUSAL,
    FactKind.STEP_COMPENSATED: Paint.COMPENSATION,
    FactKind.NOTHING_TO_UNDO: Paint.COMPENSATION,
    FactKind.ATTEMPT_FAILED: Paint.RETRY,
    FactKind.MESSAGE_REDELIVERED: Paint.RETRY,
    FactKind.MESSAGE_COPIED: Paint.RETRY,
    FactKind.DUPLICATE_IGNORED: Paint.RETRY,
    FactKind.MESSAGE_DELAYED: Paint.RETRY,
}
