"""Says what a run waits for, by its board and a runtime snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import FactKind
from sandbox.engine.execution.facts import Fact
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.engine.projection.liveness import BrokerStatus, RuntimeSnapshot
from sandbox.render.text.format import seconds

# Seconds that are not worth counting down.
JUST_NOW = 0.05
POSTPONED = {FactKind.ATTEMPT_FAILED, FactKind.MESSAGE_DELAYED}
GONE = {FactKind.MESSAGE_LOST, FactKind.MESSAGE_DEAD}


@dataclass(frozen=True)
class IdleView:
    """A run at one moment: its board, and what broker and database show."""

    board: Board
    runtime: RuntimeSnapshot

    @property
    def is_inconsistent(self) -> bool:
        """Returns whether board and snapshot are of different moments, so that they may contradict each other."""
        broker_statuses = self.runtime.broker_statuses
        return broker_statuses is not None and broker_statuses.keys() != {
            delivery.key for delivery in self.board.in_flight
        }

    @property
    def waiting(self) -> list[DeliveryView]:
        """Returns the messages that are still to be handled and not held."""
        return [delivery for delivery in self.board.in_flight if not delivery.held]

    @property
    def in_flight(self) -> list[DeliveryView]:
        """Returns the messages on their way to another actor."""
        return [delivery for delivery in self.waiting if not delivery.is_timer]

    @property
    def timers(self) -> list[DeliveryView]:
        """Returns the running timers, the next one first."""
        return sorted((delivery for delivery in self.waiting if delivery.is_timer), key=self.due)

    @property
    def published(self) -> Iterator[tuple[DeliveryView, BrokerStatus, float]]:
        """Yields what the broker has, or should have, and since when."""
        for delivery in self.waiting:
            status = self.status(delivery)
            if status and status.sent_at is not None:
                yield delivery, status, status.sent_at

    @property
    def postponed(self) -> Iterator[tuple[DeliveryView, Fact]]:
        """Yields messages that are to be delivered again later, with the fact that says so."""
        for delivery in self.waiting:
            last = next((fact for fact in reversed(delivery.facts) if fact.kind in POSTPONED), None)
            if last and self.due(delivery) > self.runtime.now:
                yield delivery, last

    @property
    def missed(self) -> list[DeliveryView]:
        """Returns lost and dead messages that nobody has noticed: no timer has fired, and no copy replaced them."""
        return [
            delivery
            for delivery in self.board.deliveries.values()
            if (delivery.lost or delivery.dead) and self._is_missed(delivery)
        ]

    def _is_missed(self, delivery: DeliveryView) -> bool:
        since = next((fact.seq for fact in reversed(delivery.facts) if fact.kind in GONE), 0)
        others = [other for other in self.board.deliveries.values() if other.key != delivery.key]
        has_fired = any(other.is_timer and (other.handled or 0) > since for other in others)
        same = [other for other in others if (other.name, other.receiver) == (delivery.name, delivery.receiver)]
        return not has_fired and not any(other.handled or other.in_flight for other in same)

    def status(self, delivery: DeliveryView) -> BrokerStatus | None:
        """Returns where the message is, or None if that is not known."""
        return (self.runtime.broker_statuses or {}).get(delivery.key)

    def due(self, delivery: DeliveryView) -> float:
        """Returns from when on the message may be handled, in seconds since the epoch."""
        status = self.status(delivery)
        if status is None:
            return delivery.due
        return self.runtime.now if status.sent_at is not None or status.at is None else status.at

    def remaining(self, until: float) -> str:
        """Returns the time until then, in words."""
        return seconds(max(until - self.runtime.now, 0.0), digits=2)

    def when_in_words(self, until: float) -> str:
        """Returns when that will be: "in 3 s", or "any moment now"."""
        return f"in {self.remaining(until)}" if until - self.runtime.now > JUST_NOW else "any moment now"

    @property
    def watcher(self) -> tuple[str, float] | None:
        """Returns who will notice a missing message, and when. A choreography's deadline covers no compensation."""
        for timer in self.timers:
            if self.answers(timer) and timer.sender == ORCHESTRATOR:
                return "the orchestrator", self.due(timer)
            if self.answers(timer) and not self.board.failures:
                return "the order's deadline", self.due(timer)
        return None

    def answers(self, timer: DeliveryView) -> set[str]:
        """Returns the messages that cancel the timer; none, where it only lets time pass."""
        rules = self.board.plan.rules_of(timer.sender)
        return {name for rule in rules if timer.name in rule.on for name in rule.unless}
