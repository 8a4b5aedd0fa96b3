"""The state of a run as of any fact, folded from the facts so far. Pages show nothing else of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.definitions.terms import ENDED, MessageKind, Pace, SagaStatus, StepStatus, Verb
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan


@dataclass(frozen=True)
class StepView:
    """How far a step is, and the fact that says so."""

    name: str
    status: StepStatus = StepStatus.SCHEDULED
    seq: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class DeliveryView:
    """A message to one receiver, on its way or arrived.

    `handled` is the fact of its handling, `facts` are those that are about it.
    `receiver` is None for an event that nobody listens for; `held` says that it waits for the learner, `cancelled` that
    it is a timer which is not needed any more; it may be handled from `due` on, in seconds since the epoch.
    """

    message: int
    name: str
    kind: MessageKind
    sender: str
    receiver: str | None
    sent_at: float
    caused_by: int | None = None
    because: str | None = None
    handled: int | None = None
    facts: tuple[Fact, ...] = ()
    dead: bool = False
    lost: bool = False
    cancelled: bool = False
    held: bool = False
    copy: int = 1
    due: float = 0.0

    @property
    def in_flight(self) -> bool:
        """Returns whether it is still to be handled."""
        return not (self.receiver is None or self.handled or self.dead or self.lost or self.cancelled)

    @property
    def is_timer(self) -> bool:
        return self.kind is MessageKind.TIMER

    @property
    def key(self) -> str:
        return delivery_key(self.message, self.receiver or "nobody", self.copy)


def delivery_key(message: int | None, receiver: str, copy: int | None = None) -> str:
    """Returns the key of a delivery, unique in its run: "7-payment", or "7-payment-12" for the copy of fact 12."""
    return f"{message}-{receiver}" + (f"-{copy}" if copy and copy > 1 else "")


@dataclass(frozen=True)
class Board:
    """Everything that a page shows of a run, as of fact `seq`.

    `failures` are refused and timed-out steps, `skips` the facts by which the learner skipped time.
    """

    plan: Plan
    seq: int = 0
    at: float = 0.0
    status: SagaStatus = SagaStatus.RUNNING
    steps: Mapping[str, StepView] = field(default_factory=dict)
    deliveries: Mapping[str, DeliveryView] = field(default_factory=dict)
    postings: tuple[Fact, ...] = ()
    undo_stack: tuple[str, ...] = ()
    failures: tuple[Fact, ...] = ()
    sandbox_failure: Fact | None = None
    closed: Fact | None = None
    pace: Pace = Pace.FAST
    started_at: float = 0.0
    skips: tuple[Fact, ...] = ()

    def seconds_at(self, at: float) -> float:
        """Returns the seconds from the run's start to that time of a fact, skipped time included."""
        return at - self.started_at + sum(skip.after or 0.0 for skip in self.skips if skip.at <= at)

    @property
    def in_flight(self) -> tuple[DeliveryView, ...]:
        """Returns the messages that are still to be handled, timers last."""
        flying = [delivery for delivery in self.deliveries.values() if delivery.in_flight]
        return tuple(sorted(flying, key=lambda delivery: delivery.is_timer))

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def compensations(self) -> tuple[str, ...]:
        """Returns the compensated steps, in the order of their compensation."""
        return tuple(f.step for f in self.postings if f.verb is Verb.UNDO and f.step)
