"""A whole run in memory, through the same changes that the workers make: it computes answers, and replaces no run."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.model import Order
from sandbox.definitions.terms import DeliveryState, Guarantee, Pace
from sandbox.engine.analysis.run_record import Evidence
from sandbox.engine.evolve import changed
from sandbox.engine.execution.delivery import arrive, come_again, set_out
from sandbox.engine.execution.faults import Fault
from sandbox.engine.execution.handling import Dispatch, ended, open_saga
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Entry, Fact
from sandbox.engine.execution.operator import interfere, retry_by_operator
from sandbox.engine.execution.run_state import Change, Trip
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.fold import fold, outcome

Choice = Callable[[Sequence[Dispatch]], int]
Key = tuple[int, str, int]
LONGEST = 2_000
# Seconds from one change to the next, so that no two are at the same time.
TICK = 1e-3


class Endless(RuntimeError):
    """A rehearsal that does not come to its end."""


def oldest_first(in_flight: Sequence[Dispatch]) -> int:
    """Delivers messages in the order in which they are due."""
    return 0


class Rehearsal:
    """A run in memory, whose time passes only when a message is delivered. `first` is how it begins, if not anew."""

    def __init__(self, trip: Trip, *, refused: str | None = None, first: Change | None = None) -> None:
        self.trip, self.refused, self.now = trip, refused, 0.0
        self.facts: list[Fact] = []
        self.entries: list[Entry] = []
        self.memories: dict[str, Memory] = {}
        self.deliveries: dict[Key, Dispatch] = {}
        self._unanswered: set[Key] = set()
        turn = open_saga(trip.plan, trip.order, refused=refused, pace=trip.pace)
        self._apply(first or set_out(trip, turn, now=self.now))
        self.now = self.facts[-1].at

    @property
    def in_flight(self) -> list[Dispatch]:
        """The messages that someone still has to handle, the one that is due next first."""
        return sorted((d for d in self.deliveries.values() if d.is_open), key=lambda d: d.release_at or 0.0)

    @property
    def evidence(self) -> Evidence:
        """All that is recorded so far."""
        return Evidence(self.trip.plan, self.trip.order, tuple(self.facts), tuple(self.entries), self.trip.without)

    def deliver(self, dispatch: Dispatch) -> None:
        """Lets a message reach its receiver; the time moves on to when it may."""
        self.now = max(self.now + TICK, dispatch.release_at or 0.0)
        if dispatch.key in self._unanswered:
            self._unanswered.discard(dispatch.key)
            self._apply(come_again(self.trip, dispatch, self._memory(dispatch), self.facts, now=self.now))
            dispatch, self.now = self.deliveries[dispatch.key], self.now + TICK
        if dispatch.is_open:
            change = arrive(self.trip, dispatch, self._memory(dispatch), now=self.now)
            self._apply(change)
            if change.dies_at and self.deliveries[dispatch.key].is_open:
                self._unanswered.add(dispatch.key)

    def strike(self, dispatch: Dispatch, kind: str) -> None:
        """Strikes a message on its way, as the learner can by hand."""
        self._apply(interfere(self.trip, dispatch, kind, now=self.now))

    def repair(self, dispatch: Dispatch) -> None:
        """Tries a dead message anew, as the operator can."""
        self._apply(retry_by_operator(self.trip, dispatch, now=self.now))

    def run(self, choose: Choice = oldest_first) -> Evidence:
        """Delivers messages until none is left. Raises Endless when that never happens."""
        for _ in range(LONGEST):
            waiting = self.in_flight
            if not waiting:
                return self.end()
            self.deliver(waiting[choose(waiting)])
        raise Endless(f"{self.trip.plan.saga.name} in {self.trip.plan.style} still goes on after {LONGEST} messages")

    def end(self) -> Evidence:
        """Records how a run has ended in which no message is left."""
        status = outcome(fold(self.trip.plan, self.facts))
        self.facts.append(ended(status, seq=len(self.facts) + 1, at=self.now))
        self.trip = changed(self.trip, seq=len(self.facts))
        return self.evidence

    def _memory(self, dispatch: Dispatch) -> Memory:
        return self.memories.get(dispatch.receiver, Memory())

    def _apply(self, change: Change) -> None:
        self.facts += change.facts
        self.entries += change.entries
        self.memories.update(change.memories)
        self.deliveries.update({dispatch.key: dispatch for dispatch in change.moved})
        for ident in change.settled:
            self._move((ident, change.actor, 1), state=DeliveryState.HANDLED)
        if change.overtakes:
            self._let_go(change.moved)
        self.deliveries.update({dispatch.key: dispatch for dispatch in change.new})
        faults = self.trip.faults if change.faults is None else change.faults
        self.trip = changed(self.trip, seq=len(self.facts), faults=faults)

    def _move(self, key: Key, **changes: object) -> None:
        self.deliveries[key] = changed(self.deliveries[key], **changes)

    def _let_go(self, passed: Iterable[Dispatch]) -> None:
        """What the message just handled has overtaken need wait no longer."""
        receivers = {dispatch.receiver for dispatch in passed}
        for key, dispatch in list(self.deliveries.items()):
            if dispatch.overtaken and dispatch.is_open and dispatch.receiver in receivers:
                self._move(key, release_at=self.now, overtaken=False)


def rehearse(
    plan: Plan,
    *,
    order: Order | None = None,
    refused: str | None = None,
    faults: Iterable[Fault] = (),
    without: Iterable[Guarantee] = (),
    choose: Choice = oldest_first,
) -> Evidence:
    """Runs `plan` to its end. `choose` says which of the messages in flight is delivered next, by its position."""
    trip = Trip(plan, order or Order(), Pace.FAST, frozenset(without), tuple(faults))
    return Rehearsal(trip, refused=refused).run(choose)
