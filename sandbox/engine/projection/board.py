"""The state of a run, as of any fact: `fold` of the facts so far. Nothing on a page comes from anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.definitions.terms import ENDED, MessageKind, Pace, SagaStatus, StepStatus, Verb
from sandbox.engine.execution.messages import Fact
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
    """A message on its way to one receiver, or arrived: `handled` is the fact of its handling, `outcome` what it did.

    `receiver` is None for an event that nobody listens to; `held` says that it waits for the learner, `settled` that it
    is a timer which need not ring any more; it may be handled from `due` on, in seconds since the epoch.
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
    outcome: tuple[Fact, ...] = ()
    dead: bool = False
    lost: bool = False
    settled: bool = False
    held: bool = False
    copy: int = 1
    due: float = 0.0

    @property
    def in_flight(self) -> bool:
        """Whether someone still has to handle it."""
        return not (self.receiver is None or self.handled or self.dead or self.lost or self.settled)

    @property
    def is_timer(self) -> bool:
        return self.kind is MessageKind.TIMER

    @property
    def key(self) -> str:
        return delivery_key(self.message, self.receiver or "nobody", self.copy)


def delivery_key(message: int | None, receiver: str, copy: int | None = None) -> str:
    """What tells a message at one receiver from all others of the run, its copies included."""
    return f"{message}-{receiver}" + (f"-{copy}" if copy and copy > 1 else "")


@dataclass(frozen=True)
class Board:
    """Everything a page shows of a run, as of fact `seq`."""

    plan: Plan
    seq: int = 0
    at: float = 0.0
    status: SagaStatus = SagaStatus.RUNNING
    steps: Mapping[str, StepView] = field(default_factory=dict)
    deliveries: Mapping[str, DeliveryView] = field(default_factory=dict)
    postings: tuple[Fact, ...] = ()
    undo_stack: tuple[str, ...] = ()
    setbacks: tuple[Fact, ...] = ()
    sandbox_failure: Fact | None = None
    closed: Fact | None = None
    pace: Pace = Pace.FAST
    started_at: float = 0.0

    @property
    def in_flight(self) -> tuple[DeliveryView, ...]:
        """The messages that someone still has to handle, timers last."""
        flying = [delivery for delivery in self.deliveries.values() if delivery.in_flight]
        return tuple(sorted(flying, key=lambda delivery: delivery.is_timer))

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def compensations(self) -> tuple[str, ...]:
        """The steps whose compensation took effect, in the order in which it did."""
        return tuple(f.step for f in self.postings if f.verb is Verb.UNDO and f.step)
