"""A whole run in memory, through the same changes that the workers make: it computes answers, and replaces no run."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import DeliveryState, Guarantee, Pace
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import receive, redeliver, start_saga
from sandbox.engine.execution.faults import Fault
from sandbox.engine.execution.handling import Delivery, ended, open_saga
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Entry, Fact
from sandbox.engine.execution.operator import retry_by_operator, strike_by_operator
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.fold import outcome

Choice = Callable[[Sequence[Delivery]], int]
Key = tuple[int, str, int]
LONGEST = 2_000
# Seconds from one change to the next, so that no two are at the same time.
TICK = 1e-3


class Endless(RuntimeError):
    """A rehearsal that does not come to its end."""


def oldest_first(in_flight: Sequence[Delivery]) -> int:
    """Delivers messages in the order in which they are due."""
    return 0


class Simulator:
    """A run in memory, whose time passes only when a message is delivered. `first` is how it begins, if not anew."""

    def __init__(self, run_state: RunState, *, first: Transition | None = None) -> None:
        self.run_state, self.now = run_state, 0.0
        self.facts: list[Fact] = []
        self.entries: list[Entry] = []
        self.memories: dict[str, Memory] = {}
        self.deliveries: dict[Key, Delivery] = {}
        self._unanswered: set[Key] = set()
        result = open_saga(run_state.plan, run_state.settings, pace=run_state.pace)
        self._apply(first or start_saga(run_state, result, now=self.now))
        self.now = self.facts[-1].at

    @property
    def in_flight(self) -> list[Delivery]:
        """The messages that someone still has to handle, the one that is due next first."""
        return sorted((d for d in self.deliveries.values() if d.is_open), key=lambda d: d.release_at or 0.0)

    @property
    def record(self) -> RunRecord:
        """All that is recorded so far."""
        return RunRecord(self.run_state.plan, self.run_state.settings, tuple(self.facts), tuple(self.entries))

    def deliver(self, delivery: Delivery) -> None:
        """Lets a message reach its receiver; the time moves on to when it may."""
        self.now = max(self.now + TICK, delivery.release_at or 0.0)
        if delivery.key in self._unanswered:
            self._unanswered.discard(delivery.key)
            self._apply(redeliver(self.run_state, delivery, self._memory(delivery), self.facts, now=self.now))
            delivery, self.now = self.deliveries[delivery.key], self.now + TICK
        if delivery.is_open:
            transition = receive(self.run_state, delivery, self._memory(delivery), now=self.now)
            self._apply(transition)
            if transition.dies_at and self.deliveries[delivery.key].is_open:
                self._unanswered.add(delivery.key)

    def strike(self, delivery: Delivery, kind: str) -> None:
        """Strikes a message on its way, as the learner can by hand."""
        self._apply(strike_by_operator(self.run_state, delivery, kind, now=self.now))

    def repair(self, delivery: Delivery) -> None:
        """Tries a dead message anew, as the operator can."""
        self._apply(retry_by_operator(self.run_state, delivery, now=self.now))

    def run(self, choose: Choice = oldest_first) -> RunRecord:
        """Delivers messages until none is left. Raises Endless when that never happens."""
        for _ in range(LONGEST):
            waiting = self.in_flight
            if not waiting:
                return self.end()
            self.deliver(waiting[choose(waiting)])
        raise Endless(
            f"{self.run_state.plan.saga.name} in {self.run_state.plan.style} still goes on after {LONGEST} messages"
        )

    def end(self) -> RunRecord:
        """Records how a run has ended in which no message is left."""
        record = self.record
        fact = ended(outcome(record.board), seq=len(self.facts) + 1, at=self.now)
        self.facts.append(fact)
        self.run_state = evolve(self.run_state, seq=fact.seq)
        return record.with_fact(fact)

    def _memory(self, delivery: Delivery) -> Memory:
        return self.memories.get(delivery.receiver, Memory())

    def _apply(self, transition: Transition) -> None:
        self.facts += transition.facts
        self.entries += transition.entries
        self.memories.update(transition.memories)
        self.deliveries.update({delivery.key: delivery for delivery in transition.updated})
        for ident in transition.cancelled_timers:
            key = (ident, transition.actor, 1)
            self.deliveries[key] = evolve(self.deliveries[key], state=DeliveryState.HANDLED)
        if transition.overtakes:
            self._let_go(transition.updated)
        self.deliveries.update({delivery.key: delivery for delivery in transition.new})
        faults = self.run_state.faults if transition.faults is None else transition.faults
        self.run_state = evolve(self.run_state, seq=len(self.facts), faults=faults)

    def _let_go(self, passed: Iterable[Delivery]) -> None:
        """What the message just handled has overtaken need wait no longer."""
        receivers = {delivery.receiver for delivery in passed}
        for key, delivery in list(self.deliveries.items()):
            if delivery.overtaken and delivery.is_open and delivery.receiver in receivers:
                self.deliveries[key] = evolve(delivery, release_at=self.now, overtaken=False)


def simulate(
    plan: Plan,
    *,
    quantity: int = 1,
    fail: str | None = None,
    faults: Iterable[Fault] = (),
    without: Iterable[Guarantee] = (),
    choose: Choice = oldest_first,
) -> RunRecord:
    """Runs `plan` to its end. `choose` says which of the messages in flight is delivered next, by its position."""
    settings = RunSettings(
        saga=plan.saga.name,
        style=str(plan.style),
        fail=fail or "",
        quantity=quantity,
        undo=str(plan.undo_order),
        without=tuple(without),
    )
    return Simulator(RunState(plan, settings, Pace.FAST, tuple(faults))).run(choose)
