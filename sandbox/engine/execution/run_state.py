"""The state of a run as the engine sees it, the transitions that change it, and the context of one delivery."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Order
from sandbox.definitions.registry import title
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, FactKind, Guarantee, Pace, Phase
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.execution.faults import after_sparing, after_strike, strikes
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.other_order import OtherOrder
from sandbox.engine.plan.model import Plan

# Seconds that a message travels in a run that is slow enough to follow.
FOLLOW_DELAY = float(os.environ.get("SANDBOX_FOLLOW_DELAY", 1.2))
DELAYS = {Pace.FAST: 0.0, Pace.FOLLOW: FOLLOW_DELAY, Pace.STEP: None}


def shut_reason(actor: str) -> str:
    """Returns why a message waits at an actor that a fault has taken down."""
    return f"{title(actor)} is down"


@dataclass(frozen=True)
class RunState:
    """The settings of a run, its faults as they are now, and how far it is: `seq` is its newest fact.

    `other` is the order that shares a stock with it, as the receiver of the next message finds it.
    """

    plan: Plan
    settings: RunSettings
    pace: Pace = Pace.FAST
    faults: tuple[Fault, ...] = ()
    seq: int = 0
    other: OtherOrder | None = None

    @property
    def order(self) -> Order:
        """Returns what the customer orders."""
        return self.settings.order

    @property
    def acknowledges_early(self) -> bool:
        """Returns whether a killed worker loses its message, because that was acknowledged before it was handled."""
        return Guarantee.LATE_ACK in self.settings.off

    def release_at(self, now: float, after: float = 0.0) -> float | None:
        """Returns the time from which a message sent now may be handled; None holds it until it is released."""
        delay = DELAYS[self.pace]
        return None if delay is None else now + max(delay, after)


@dataclass(frozen=True)
class Transition:
    """All changes that one event makes to a run. They become durable together or not at all.

    `new` are the messages that were sent, `updated` those that were on their way, in their new state.
    `cancelled_timers` are the timers of `actor` that are not needed any more. `faults` is None when they are unchanged.
    When `dies_at` is set, the worker's process is to be killed there. `overtakes` says that a message held back for
    being overtaken may go now.
    """

    facts: tuple[Fact, ...]
    new: tuple[Delivery, ...] = ()
    updated: tuple[Delivery, ...] = ()
    cancelled_timers: tuple[int, ...] = ()
    actor: str = ""
    entries: tuple[Entry, ...] = ()
    memories: Mapping[str, Memory] = field(default_factory=dict)
    faults: tuple[Fault, ...] | None = None
    dies_at: Phase | None = None
    overtakes: bool = False


@dataclass(slots=True)
class DeliveryContext:
    """One message at its receiver, now, and the facts that are recorded while it is handled."""

    run_state: RunState
    delivery: Delivery
    now: float
    facts: list[Fact] = field(default_factory=list)
    trailing_facts: list[Fact] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """Returns the number of the next fact."""
        return self.run_state.seq + len(self.facts) + 1

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """Returns all recorded facts, those about spared messages last."""
        last = (evolve(fact, seq=seq) for seq, fact in enumerate(self.trailing_facts, self.seq))
        return (*self.facts, *last)

    def note(self, fact: Fact, delivery: Delivery | None = None) -> None:
        """Records a fact about a message, by default about the one that is handled.

        Fills in the fact's number, its time and its message.
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
        """Records that a fault strikes, and counts it. `after` is the seconds that the message waits because of it."""
        reason = "by hand" if fault.by_hand else str(fault)
        self.note(
            Fact(FactKind.FAULT_INJECTED, fault=fault.kind, reason=reason, by_hand=fault.by_hand or None, after=after),
            delivery,
        )
        until = self.now + (after or 0.0)
        receiver = (delivery or self.delivery).receiver
        self.run_state = evolve(
            self.run_state, faults=after_strike(self.run_state.faults, fault, receiver, until=until)
        )

    def fault(self, phase: Phase, delivery: Delivery | None = None, facts: Iterable[Fact] = ()) -> Fault | None:
        """Returns the fault that strikes a message in this phase, or None; counts faults that spare it this time."""
        about, known = delivery or self.delivery, tuple(facts)
        for fault in self.run_state.faults:
            if strikes(self.run_state.plan, fault, phase, about.message, about.receiver, known):
                if not fault.is_early:
                    return fault
                self._spare(about, fault)
        return None

    def _spare(self, about: Delivery, fault: Fault) -> None:
        fact = Fact(FactKind.FAULT_SPARED, fault=fault.kind, reason=str(fault), count=fault.spared + 1)
        self.trailing_facts.append(self._about(about, fact))
        self.run_state = evolve(self.run_state, faults=after_sparing(self.run_state.faults, fault))

    def update(self, delivery: Delivery) -> Transition:
        """Returns the transition that changes nothing but this message."""
        return Transition(self.all_facts, updated=(delivery,), faults=self.run_state.faults)

    def postpone(self, until: float, reason: str) -> Transition:
        """Returns the transition after which the message is delivered again at that time."""
        after = until - self.now
        self.note(Fact(FactKind.MESSAGE_DELAYED, after=after, reason=reason))
        release_at = self.run_state.release_at(self.now, after)
        return self.update(evolve(self.delivery, state=DeliveryState.PENDING, release_at=release_at, after=after))
