"""How a run is to go, what a change to it leaves behind, and a message's visit at its receiver meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.definitions.model import Order
from sandbox.definitions.registry import title
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import DeliveryState, FactKind, Guarantee, Pace, Phase
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.faults import Fault, spared, strikes, struck
from sandbox.engine.execution.handling import Delivery
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Entry, Fact
from sandbox.engine.plan.model import Plan

FOLLOW_DELAY = 1.2
DELAYS = {Pace.FAST: 0.0, Pace.FOLLOW: FOLLOW_DELAY, Pace.STEP: None}


def shut_reason(actor: str) -> str:
    """Why a message waits at an actor that is down on request."""
    return f"{title(actor)} is down"


@dataclass(frozen=True)
class RunState:
    """How a run is to go, and how far it is: `seq` is its newest fact."""

    plan: Plan
    settings: RunSettings
    pace: Pace = Pace.FAST
    faults: tuple[Fault, ...] = ()
    seq: int = 0

    @property
    def order(self) -> Order:
        """Returns what the customer orders."""
        return self.settings.order

    @property
    def without(self) -> frozenset[Guarantee]:
        """Returns the guarantees that are switched off."""
        return self.settings.off

    @property
    def acknowledges_early(self) -> bool:
        """Whether a killed worker takes its message with it, because it was acknowledged before it was handled."""
        return Guarantee.LATE_ACK in self.without

    def release_at(self, now: float, after: float = 0.0) -> float | None:
        """From when a message sent now may be handled, `after` seconds from now at the earliest."""
        delay = DELAYS[self.pace]
        return None if delay is None else now + max(delay, after)


@dataclass(frozen=True)
class Transition:
    """What one thing that happens to a run leaves behind, durable all at once or not at all.

    `new` are messages that set out, `moved` those that were on their way, as they are from now on; `settled` the timers
    of `actor` that need not ring any more; `faults` as they are from now on, None: as they were. When `dies_at` is set,
    the worker's process is to be killed there.
    """

    facts: tuple[Fact, ...]
    new: tuple[Delivery, ...] = ()
    moved: tuple[Delivery, ...] = ()
    settled: tuple[int, ...] = ()
    actor: str = ""
    entries: tuple[Entry, ...] = ()
    memories: Mapping[str, Memory] = field(default_factory=dict)
    faults: tuple[Fault, ...] | None = None
    dies_at: Phase | None = None
    overtakes: bool = False


@dataclass(slots=True)
class DeliveryContext:
    """One message at its receiver, now, and what is written down meanwhile."""

    run_state: RunState
    delivery: Delivery
    now: float
    facts: list[Fact] = field(default_factory=list)
    asides: list[Fact] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """The number of the next fact."""
        return self.run_state.seq + len(self.facts) + 1

    @property
    def told(self) -> tuple[Fact, ...]:
        """All that is written down in the end, what was noted aside last."""
        last = (evolve(fact, seq=seq) for seq, fact in enumerate(self.asides, self.seq))
        return (*self.facts, *last)

    def note(self, fact: Fact, delivery: Delivery | None = None) -> None:
        """Writes down a fact about a message, by default about the one that is here.

        The fact says what happened; its number, its time and which message it is about are filled in.
        """
        self.facts.append(self._about(delivery or self.delivery, fact))

    def _about(self, delivery: Delivery, fact: Fact) -> Fact:
        return evolve(
            fact,
            actor=fact.actor or delivery.receiver,
            seq=self.seq,
            at=self.now,
            message=delivery.message.message_id,
            caused_by=self.delivery.message.message_id,
            name=delivery.message.name,
            copy=delivery.copy if delivery.copy > 1 else None,
        )

    def strike(self, fault: Fault, delivery: Delivery | None = None, *, after: float | None = None) -> None:
        """Writes down that a fault strikes, and counts it. `after` is how many seconds the message waits for it."""
        reason = "by hand" if fault.by_hand else str(fault)
        self.note(
            Fact(FactKind.FAULT_INJECTED, fault=fault.kind, reason=reason, by_hand=fault.by_hand or None, after=after),
            delivery,
        )
        until = self.now + (after or 0.0)
        receiver = (delivery or self.delivery).receiver
        self.run_state = evolve(self.run_state, faults=struck(self.run_state.faults, fault, receiver, until=until))

    def fault(self, phase: Phase, delivery: Delivery | None = None, facts: Iterable[Fact] = ()) -> Fault | None:
        """The fault that strikes a message in this phase, if one does; whose time has not come yet lets it pass."""
        about, known = delivery or self.delivery, tuple(facts)
        for fault in self.run_state.faults:
            if strikes(self.run_state.plan, fault, phase, about.message, about.receiver, known):
                if not fault.is_early:
                    return fault
                self._spare(about, fault)
        return None

    def _spare(self, about: Delivery, fault: Fault) -> None:
        fact = Fact(FactKind.FAULT_SPARED, fault=fault.kind, reason=str(fault), count=fault.spared + 1)
        self.asides.append(self._about(about, fact))
        self.run_state = evolve(self.run_state, faults=spared(self.run_state.faults, fault))

    def moved(self, delivery: Delivery) -> Transition:
        """Nothing but this message has changed; this is how it is from now on."""
        return Transition(self.told, moved=(delivery,), faults=self.run_state.faults)

    def wait(self, until: float, reason: str) -> Transition:
        """Lets the message come again at that time."""
        after = until - self.now
        self.note(Fact(FactKind.MESSAGE_DELAYED, after=after, reason=reason))
        release_at = self.run_state.release_at(self.now, after)
        return self.moved(evolve(self.delivery, state=DeliveryState.PENDING, release_at=release_at, after=after))
