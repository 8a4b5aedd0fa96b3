"""Colours the scrubber: each fact by whether the saga goes forward, compensates or meets trouble."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan, Way
from sandbox.render.text.words import OPERATOR_FACTS


class Colour(StrEnum):
    """The meaning of a fact, as a colour of the scrubber."""

    FORWARD = "forward"
    COMPENSATION = "compensation"
    REFUSAL = "refusal"
    CRASH = "crash"
    RETRY = "retry"
    YOU = "you"


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """Consecutive facts of one colour; `start` counts the facts before them."""

    colour: Colour
    start: int
    length: int


def timeline_marks(facts: Iterable[tuple[Plan, Fact]]) -> tuple[TimelineMark, ...]:
    """Returns the marks of these facts, each given with the plan of its run."""
    coloured = enumerate(colour_of(plan, fact) for plan, fact in facts)
    stretches = ((one, list(group)) for one, group in groupby(coloured, key=lambda pair: pair[1]))
    return tuple(TimelineMark(one, group[0][0], len(group)) for one, group in stretches)


def colour_of(plan: Plan, fact: Fact) -> Colour:
    """Returns the colour of a fact. A refusal's messages and those of undos have that of the compensation."""
    if fact.kind in OPERATOR_FACTS:
        return Colour.YOU
    if fact.kind in COLOURS:
        return COLOURS[fact.kind]
    if fact.kind is FactKind.FAULT_INJECTED:
        return Colour.CRASH if FAULT[str(fact.fault)].is_real else Colour.RETRY
    is_timer = fact.message_kind is MessageKind.TIMER
    is_compensating = (fact.because and not is_timer) or (fact.name and plan.way_of(fact.name) is not Way.FORWARD)
    return Colour.COMPENSATION if is_compensating else Colour.FORWARD


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
