"""What a run that stands still waits for, by its facts and by the signs."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import FactKind
from sandbox.engine.execution.messages import Fact
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.engine.projection.liveness import BrokerStatus, RuntimeSnapshot
from sandbox.render.text.format import seconds

# Seconds that are not worth counting down.
JUST_NOW = 0.05
PUT_OFF = {FactKind.ATTEMPT_FAILED, FactKind.MESSAGE_DELAYED}
GONE = {FactKind.MESSAGE_LOST, FactKind.MESSAGE_DEAD}


@dataclass(frozen=True)
class IdleView:
    """One look at a run: its board, and the signs."""

    board: Board
    runtime: RuntimeSnapshot

    @property
    def is_torn(self) -> bool:
        """Whether board and signs are of two moments, so that what one tells may be over by the other."""
        broker_statuses = self.runtime.broker_statuses
        return broker_statuses is not None and broker_statuses.keys() != {
            delivery.key for delivery in self.board.in_flight
        }

    @property
    def waiting(self) -> list[DeliveryView]:
        """What somebody still has to handle, and nobody holds."""
        return [delivery for delivery in self.board.in_flight if not delivery.held]

    @property
    def flying(self) -> list[DeliveryView]:
        """What is on its way to somebody else."""
        return [delivery for delivery in self.waiting if not delivery.is_timer]

    @property
    def timers(self) -> list[DeliveryView]:
        """The timers that run, the next to ring first."""
        return sorted((delivery for delivery in self.waiting if delivery.is_timer), key=self.due)

    @property
    def handed_over(self) -> Iterator[tuple[DeliveryView, BrokerStatus, float]]:
        """What the broker has, or should have, and since when."""
        for delivery in self.waiting:
            status = self.status(delivery)
            if status and status.sent_at is not None:
                yield delivery, status, status.sent_at

    @property
    def put_off(self) -> Iterator[tuple[DeliveryView, Fact]]:
        """What came and is to come again later, with the fact that says so."""
        for delivery in self.waiting:
            last = next((fact for fact in reversed(delivery.outcome) if fact.kind in PUT_OFF), None)
            if last and self.due(delivery) > self.runtime.now:
                yield delivery, last

    @property
    def missed(self) -> list[DeliveryView]:
        """What is gone for good without anybody having noticed: no timer has rung, nothing came instead."""
        return [
            delivery
            for delivery in self.board.deliveries.values()
            if (delivery.lost or delivery.dead) and self._is_missed(delivery)
        ]

    def _is_missed(self, delivery: DeliveryView) -> bool:
        since = next((fact.seq for fact in reversed(delivery.outcome) if fact.kind in GONE), 0)
        others = [other for other in self.board.deliveries.values() if other.key != delivery.key]
        has_rung = any(other.is_timer and (other.handled or 0) > since for other in others)
        same = [other for other in others if (other.name, other.receiver) == (delivery.name, delivery.receiver)]
        return not has_rung and not any(other.handled or other.in_flight for other in same)

    def status(self, delivery: DeliveryView) -> BrokerStatus | None:
        """What is known of where the message is."""
        return (self.runtime.broker_statuses or {}).get(delivery.key)

    def due(self, delivery: DeliveryView) -> float:
        """From when on the message may be handled, in seconds since the epoch."""
        status = self.status(delivery)
        if status is None:
            return delivery.due
        return self.runtime.now if status.sent_at is not None or status.at is None else status.at

    def left(self, until: float) -> str:
        """The time until then, in words."""
        return seconds(max(until - self.runtime.now, 0.0), digits=2)

    def soon(self, until: float) -> str:
        """When that will be, as one says it of a clock that runs."""
        return f"in {self.left(until)}" if until - self.runtime.now > JUST_NOW else "any moment now"

    @property
    def watcher(self) -> tuple[str, float] | None:
        """Who will notice if nothing comes, and when. A choreography's deadline watches the way onward only."""
        for timer in self.timers:
            if self.answers(timer) and timer.sender == ORCHESTRATOR:
                return "the orchestrator", self.due(timer)
            if self.answers(timer) and not self.board.failures:
                return "the order's deadline", self.due(timer)
        return None

    def answers(self, timer: DeliveryView) -> set[str]:
        """What keeps an alarm from ringing; nothing does, where a timer only lets time pass."""
        rules = self.board.plan.rules_of(timer.sender)
        return {name for rule in rules if timer.name in rule.on for name in rule.unless}
