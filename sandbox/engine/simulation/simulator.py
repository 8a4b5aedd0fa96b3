"""Simulates a run in memory, through the same transitions as the workers: it answers what a run would do."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.definitions.faults import Fault
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, Guarantee, Pace, Stock
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.delivery import receive, redeliver, start_saga
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.execution.handling import ended, open_saga
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.execution.operator import retry_by_operator, strike_by_operator
from sandbox.engine.execution.other_order import OtherOrder, scarce_accounts
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.fold import end_status

Choice = Callable[[Sequence[Delivery]], int]
Key = tuple[int, str, int]
# Deliveries after which a run that has not ended is taken for one without end.
ENDLESS_AFTER = 2_000
# Seconds from one transition to the next, so that no two are at the same time.
TICK = 1e-3


class Endless(RuntimeError):
    """Raised when a simulation does not come to an end."""


def oldest_first(in_flight: Sequence[Delivery]) -> int:
    """Chooses the message that is due first."""
    return 0


class Simulator:
    """A run in memory. Its time passes only as messages are delivered. A forked run has its own `first` transition.

    `beside` is a run that was started with it, at the same time 0, and that may share a stock with it.
    """

    def __init__(self, run_state: RunState, *, first: Transition | None = None) -> None:
        self.run_state, self.now = run_state, 0.0
        self.beside: Simulator | None = None
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
        """Returns the messages that are still to be handled, in the order in which they are due."""
        return sorted((d for d in self.deliveries.values() if d.is_open), key=lambda d: d.release_at or 0.0)

    @property
    def record(self) -> RunRecord:
        """Returns all that is recorded so far."""
        return RunRecord(self.run_state.plan, self.run_state.settings, tuple(self.facts), tuple(self.entries))

    def deliver(self, delivery: Delivery) -> None:
        """Delivers a message to its receiver, after moving the time on to when that may happen."""
        self.now = max(self.now + TICK, delivery.release_at or 0.0)
        if delivery.key in self._unanswered:
            self._unanswered.discard(delivery.key)
            self._apply(redeliver(self.run_state, delivery, self._memory(delivery), self.facts, now=self.now))
            delivery, self.now = self.deliveries[delivery.key], self.now + TICK
        if delivery.is_open:
            run_state = evolve(self.run_state, other=self._other(delivery.receiver))
            transition = receive(run_state, delivery, self._memory(delivery), now=self.now)
            self._apply(transition)
            if transition.dies_at and self.deliveries[delivery.key].is_open:
                self._unanswered.add(delivery.key)

    def strike(self, delivery: Delivery, kind: str) -> None:
        """Strikes a message on its way, as the operator can."""
        self._apply(strike_by_operator(self.run_state, delivery, kind, now=self.now))

    def repair(self, delivery: Delivery) -> None:
        """Retries a dead message, as the operator can."""
        self._apply(retry_by_operator(self.run_state, delivery, now=self.now))

    def run(self, choose: Choice = oldest_first) -> RunRecord:
        """Delivers messages until none is left. Raises Endless when that never happens."""
        for _ in range(ENDLESS_AFTER):
            waiting = self.in_flight
            if not waiting:
                return self.end()
            self.deliver(waiting[choose(waiting)])
        plan = self.run_state.plan
        raise Endless(f"{plan.saga.name} in {plan.style} still goes on after {ENDLESS_AFTER} messages")

    def end(self) -> RunRecord:
        """Records how the run has ended; no message may be left."""
        record = self.record
        fact = ended(end_status(record.board), seq=len(self.facts) + 1, at=self.now)
        self.facts.append(fact)
        self.run_state = evolve(self.run_state, seq=fact.seq)
        return record.with_fact(fact)

    def _other(self, receiver: str) -> OtherOrder | None:
        """Returns what the order beside this one has taken at that actor, if they share a stock there."""
        other, settings = self.beside, self.run_state.settings
        if other is None or settings.stock == Stock.OWN or not scarce_accounts(receiver):
            return None
        balances, is_open = other.memories[receiver].balances, bool(other.in_flight)
        return OtherOrder.at(receiver, other.run_state.plan, other.run_state.settings, balances, is_open=is_open)

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
            self._release_overtaken(transition.updated)
        self.deliveries.update({delivery.key: delivery for delivery in transition.new})
        faults = self.run_state.faults if transition.faults is None else transition.faults
        self.run_state = evolve(self.run_state, seq=len(self.facts), faults=faults)

    def _release_overtaken(self, passed: Iterable[Delivery]) -> None:
        """Releases the messages that waited for being overtaken by the one just handled."""
        receivers = {delivery.receiver for delivery in passed}
        for key, delivery in list(self.deliveries.items()):
            if delivery.overtaken and delivery.is_open and delivery.receiver in receivers:
                self.deliveries[key] = evolve(delivery, release_at=self.now, overtaken=False)


def run_together(states: Sequence[RunState]) -> list[RunRecord]:
    """Runs one order or two to their ends, from the same time 0. Raises Endless when that never happens."""
    runs = [Simulator(state) for state in states]
    for run in runs:
        run.beside = next((other for other in runs if other is not run), None)
    for _ in range(ENDLESS_AFTER):
        due = [(waiting[0].release_at or 0.0, place) for place, run in enumerate(runs) if (waiting := run.in_flight)]
        if not due:
            return [run.end() for run in runs]
        run = runs[min(due)[1]]
        run.deliver(run.in_flight[0])
    raise Endless(f"the runs still go on after {ENDLESS_AFTER} messages")


def simulate(
    plan: Plan,
    *,
    quantity: int = 1,
    fail: str | None = None,
    faults: Iterable[Fault] = (),
    without: Iterable[Guarantee] = (),
    choose: Choice = oldest_first,
) -> RunRecord:
    """Runs `plan` to its end. `choose` returns the position of the message in flight that is delivered next."""
    settings = RunSettings(
        saga=plan.saga.name,
        style=str(plan.style),
        fail=fail or "",
        quantity=quantity,
        undo=str(plan.undo_order),
        fault=tuple(faults),
        without=tuple(without),
    )
    return Simulator(RunState(plan, settings, Pace.FAST, settings.fault)).run(choose)
