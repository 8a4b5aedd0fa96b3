"""Faults: where they were placed, and whether one strikes a message. What a fault does then is up to `travel`."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import Effect, FactKind, Measure, MessageKind, Phase, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.messages import Fact, Message
from sandbox.engine.plan.model import Plan

# Seconds beyond anybody's patience.
TOO_LATE = 2.0


class BadFault(ValueError):
    """A fault that names nothing, or could have no effect; the message says what is allowed, or why."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault at a step, an actor, a message's name, or one message at one receiver.

    `number` says how often, or for how many seconds; None is the kind's own. `nth` says from which time on; `spared`
    counts what it could have struck before that, `injected` how often it struck. The actor that it `shuts` is open
    again at `until`. One that is `mended` strikes no more.
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
    mended: bool = False

    @property
    def type(self) -> FaultType:
        return FAULT[self.kind]

    @property
    def times(self) -> float:
        """How often it strikes."""
        if self.type.measure is Measure.SECONDS:
            return 1
        given = self.type.number if self.number is None else self.number
        return float("inf") if given is None else given

    @property
    def is_spent(self) -> bool:
        return self.mended or self.injected >= self.times

    @property
    def is_early(self) -> bool:
        """Whether its time has not come yet, so that it spares what it could strike."""
        return self.spared < self.nth - 1

    def __str__(self) -> str:
        number = "" if self.number is None else f"={self.number:g}"
        return f"{self.at}:{self.kind}{number}" + (f"@{self.nth}" if self.nth > 1 else "")

    def dump(self) -> list[Any]:
        """This fault as JSON can hold it."""
        return list(astuple(self))

    @classmethod
    def load(cls, data: Iterable[Any]) -> "Fault":
        """The fault that `dump` described."""
        return cls(*data)


def parse_fault(text: str) -> Fault:
    """The fault written as PLACE:KIND, with =N for how often or how long, and @K for the K-th time and those after.

    Raises BadFault, which says what is allowed.
    """
    at, colon, rest = text.partition(":")
    rest, from_the, nth = rest.partition("@")
    kind, equals, number = rest.partition("=")
    if not colon or not at:
        raise BadFault(f"fault {text!r}: write it as {FORM}")
    if kind not in FAULT:
        raise BadFault(f"fault {text!r}: unknown kind {kind!r}; use one of {', '.join(FAULT)}")
    measure = FAULT[kind].measure
    return Fault(
        kind,
        at,
        _whole(text, number, f"N is a whole number of {measure}", MOST[measure]) if equals else None,
        nth=_whole(text, nth, "K is a whole number", MOST[Measure.TIMES]) if from_the else 1,
    )


def _whole(text: str, number: str, what: str, most: int) -> int:
    if not number.isdecimal() or len(number) > len(str(most)) or not 1 <= int(number) <= most:
        raise BadFault(f"fault {text!r}: {what}, 1 to {most}")
    return int(number)


FORM = "PLACE:KIND, PLACE:KIND=N, PLACE:KIND@K or PLACE:KIND=N@K; a place is a step, an actor or a message"
MOST = {Measure.TIMES: 20, Measure.SECONDS: 600}


def by_hand_at(message: Message, receiver: str) -> str:
    """The place of a fault that strikes one message at one receiver only."""
    return f"#{message.message_id} at {receiver}"


def strikes(
    plan: Plan, fault: Fault, phase: Phase, message: Message, receiver: str, facts: Iterable[Fact] = ()
) -> bool:
    """Whether the fault strikes this message now. `facts` are what its handling would leave behind."""
    if fault.type.phase is not phase or fault.is_spent:
        return False
    steps = {str(f.step) for f in facts if f.kind in DONE[fault.type.verb]}
    if fault.type.verb is Verb.UNDO or phase is Phase.ANSWERING:
        return bool(steps) and fault.at in {*steps, receiver, message.name, by_hand_at(message, receiver)}
    if fault.at in {message.name, by_hand_at(message, receiver)}:
        return True
    if fault.at == receiver:
        return message.kind is not MessageKind.TIMER
    asked = plan.requested_step(receiver, message.name, fault.type.verb)
    return asked is not None and asked.name == fault.at and (phase is Phase.SENDING or asked.name in steps)


DONE = {
    Verb.DO: {FactKind.STEP_COMPLETED, FactKind.STEP_REJECTED},
    Verb.UNDO: {FactKind.STEP_COMPENSATED, FactKind.NOTHING_TO_UNDO},
}


def struck(faults: tuple[Fault, ...], one: Fault, receiver: str, *, until: float) -> tuple[Fault, ...]:
    """The faults after this one has struck once more, what a message to that receiver was to do."""
    after = evolve(one, injected=one.injected + 1)
    if one.type.effect is Effect.SHUT:
        after = evolve(after, shuts=receiver, until=until)
    return tuple(after if fault is one else fault for fault in faults)


def spared(faults: tuple[Fault, ...], one: Fault) -> tuple[Fault, ...]:
    """The faults after this one has let something pass that it could have struck."""
    return tuple(evolve(f, spared=f.spared + 1) if f is one else f for f in faults)


def moved(fault: Fault, by: float) -> Fault:
    """The fault, whose actor is open again so many seconds later; one that shuts nobody stays as it is."""
    return evolve(fault, until=fault.until + by) if fault.until else fault


def mended(plan: Plan, faults: tuple[Fault, ...], message: Message, receiver: str) -> tuple[Fault, ...]:
    """The faults after a human has mended what stood in the way of this message there."""
    asked = ((verb, plan.requested_step(receiver, message.name, verb)) for verb in DONE)
    as_if_done = [Fact(kind, receiver, step=step.name) for verb, step in asked if step for kind in DONE[verb]]
    return tuple(
        evolve(f, mended=True, until=0.0) if strikes(plan, f, Phase.ARRIVING, message, receiver, as_if_done) else f
        for f in faults
    )


def patience(plan: Plan, at: str) -> float:
    """Seconds for which somebody waits for the step, actor or message of that name before acting on its silence."""
    rings = {emission.name: emission.after for _, emission in plan.timers}
    watched = {str(rule.watches): rings[rule.on[0]] for rule in plan.rules if rule.watches}
    step = next((s for s in plan.saga.steps if at in {s.name, s.service, s.do.command, s.do.done}), None)
    if step and step.name in watched:
        return watched[step.name]
    return max(watched.values(), default=step.timeout if step else plan.saga.steps[0].timeout)
