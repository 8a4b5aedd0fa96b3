"""Faults: where they are placed, and whether one strikes a message. `delivery` says what a fault then does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import Effect, FactKind, Measure, MessageKind, Phase, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.messages import Fact, Message
from sandbox.engine.plan.model import Plan

# Seconds by which a delayed message exceeds the timeout of the actor that waits for it.
BEYOND_TIMEOUT = 2.0


class BadFault(ValueError):
    """Raised for a fault that is misspelt or could have no effect; the message says what is allowed, or why."""


@dataclass(frozen=True)
class Fault:
    """A fault type placed at a step, an actor, a message's name, or one message at one receiver.

    `number` says how often or for how many seconds it strikes; None is its type's default. It strikes from the `nth`
    opportunity on; `spared` counts those before, `injected` its strikes. The actor that it `shuts` is up again at
    `until`. A `repaired` fault strikes no more. `by_hand` says that the operator placed it during the run.
    """

    kind: str
    at: str
    number: float | None = None
    by_hand: bool = False
    injected: int = 0
    until: float = 0.0
    nth: int = 1
    spared: int = 0
    shuts: str = ""
    repaired: bool = False

    @property
    def type(self) -> FaultType:
        return FAULT[self.kind]

    @property
    def times(self) -> float:
        """Returns how often it strikes."""
        if self.type.measure is Measure.SECONDS:
            return 1
        given = self.type.number if self.number is None else self.number
        return float("inf") if given is None else given

    @property
    def is_spent(self) -> bool:
        return self.repaired or self.injected >= self.times

    @property
    def is_early(self) -> bool:
        """Returns whether it still spares what it could strike."""
        return self.spared < self.nth - 1

    def __str__(self) -> str:
        number = "" if self.number is None else f"={self.number:g}"
        return f"{self.at}:{self.kind}{number}" + (f"@{self.nth}" if self.nth > 1 else "")

    def dump(self) -> dict[str, Any]:
        """Returns the fault as JSON: its fields by their names, without those that have their defaults."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Fault":
        """Returns the fault that `dump` gave."""
        return cls(**data)


def parse_fault(text: str) -> Fault:
    """Returns the fault written as PLACE:KIND, with =N for how often or how long, and @K for from the K-th time on.

    For example, "orchestrator:crash-before-work@3" spares the first two messages to the orchestrator, and kills its
    worker on the third. Raises BadFault, which says what is allowed.
    """
    at, colon, rest = text.partition(":")
    rest, at_sign, nth = rest.partition("@")
    kind, equals, number = rest.partition("=")
    if not colon or not at:
        raise BadFault(f"fault {text!r}: write it as {FORM}")
    if kind not in FAULT:
        raise BadFault(f"fault {text!r}: unknown kind {kind!r}; use one of {', '.join(FAULT)}")
    measure = FAULT[kind].measure
    return Fault(
        kind,
        at,
        _parse_number(text, number, f"N is a whole number of {measure}", MAXIMUM[measure]) if equals else None,
        nth=_parse_number(text, nth, "K is a whole number", MAXIMUM[Measure.TIMES]) if at_sign else 1,
    )


def _parse_number(text: str, number: str, what: str, maximum: int) -> int:
    if not number.isdecimal() or len(number) > len(str(maximum)) or not 1 <= int(number) <= maximum:
        raise BadFault(f"fault {text!r}: {what}, 1 to {maximum}")
    return int(number)


FORM = "PLACE:KIND, PLACE:KIND=N, PLACE:KIND@K or PLACE:KIND=N@K; a place is a step, an actor or a message"
MAXIMUM = {Measure.TIMES: 20, Measure.SECONDS: 600}


def place_of_message(message: Message, receiver: str) -> str:
    """Returns the place of a fault that strikes one message at one receiver only."""
    return f"#{message.message_id} at {receiver}"


def strikes(
    plan: Plan, fault: Fault, phase: Phase, message: Message, receiver: str, facts: Iterable[Fact] = ()
) -> bool:
    """Returns whether the fault strikes this message now. `facts` are those that handling it would record."""
    if fault.type.phase is not phase or fault.is_spent:
        return False
    steps = {str(f.step) for f in facts if f.kind in STEP_FACTS[fault.type.verb]}
    if fault.type.verb is Verb.UNDO or phase is Phase.ANSWERING:
        return bool(steps) and fault.at in {*steps, receiver, message.name, place_of_message(message, receiver)}
    if fault.at in {message.name, place_of_message(message, receiver)}:
        return True
    if fault.at == receiver:
        return message.kind is not MessageKind.TIMER
    asked = plan.requested_step(receiver, message.name, fault.type.verb)
    return asked is not None and asked.name == fault.at and (phase is Phase.SENDING or asked.name in steps)


STEP_FACTS = {
    Verb.DO: {FactKind.STEP_COMPLETED, FactKind.STEP_REJECTED},
    Verb.UNDO: {FactKind.STEP_COMPENSATED, FactKind.NOTHING_TO_UNDO},
}


def after_strike(faults: tuple[Fault, ...], one: Fault, receiver: str, *, until: float) -> tuple[Fault, ...]:
    """Returns the faults after this one has struck a message to that receiver once more."""
    after = evolve(one, injected=one.injected + 1)
    if one.type.effect is Effect.SHUT:
        after = evolve(after, shuts=receiver, until=until)
    return tuple(after if fault is one else fault for fault in faults)


def after_sparing(faults: tuple[Fault, ...], one: Fault) -> tuple[Fault, ...]:
    """Returns the faults after this one has spared a message."""
    return tuple(evolve(f, spared=f.spared + 1) if f is one else f for f in faults)


def shift_outage(fault: Fault, by: float) -> Fault:
    """Returns the fault with the end of its outage, if it has caused one, so many seconds later."""
    return evolve(fault, until=fault.until + by) if fault.until else fault


def after_repair(plan: Plan, faults: tuple[Fault, ...], message: Message, receiver: str) -> tuple[Fault, ...]:
    """Returns the faults after the operator has repaired those that strike this message there."""
    requested = ((verb, plan.requested_step(receiver, message.name, verb)) for verb in STEP_FACTS)
    as_if_done = [Fact(kind, receiver, step=step.name) for verb, step in requested if step for kind in STEP_FACTS[verb]]
    return tuple(
        evolve(f, repaired=True, until=0.0) if strikes(plan, f, Phase.ARRIVING, message, receiver, as_if_done) else f
        for f in faults
    )


def timeout_at(plan: Plan, at: str) -> float:
    """Returns the seconds after which the plan reacts to a missing answer of this step, actor or message."""
    timer_seconds = {emission.name: emission.after for _, emission in plan.timers}
    timeouts = {str(rule.watches): timer_seconds[rule.on[0]] for rule in plan.rules if rule.watches}
    step = next((s for s in plan.saga.steps if at in {s.name, s.service, s.do.command, s.do.done}), None)
    if step and step.name in timeouts:
        return timeouts[step.name]
    return max(timeouts.values(), default=step.timeout if step else plan.saga.steps[0].timeout)
