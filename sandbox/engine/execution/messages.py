"""The messages between actors, and their deliveries. Plain frozen data."""

from dataclasses import dataclass

from sandbox.definitions.terms import OPEN, DeliveryState, MessageKind


@dataclass(frozen=True)
class Message:
    """A message as its receiver sees it.

    `message_id` is unique within the saga; `caused_by` is the message whose handling sent it. A compensating
    message carries in `because` the failure that is compensated. `attempt` counts the attempts to handle it, from 1.
    `short` are the receiver's accounts that hold too little for this order, since another order has taken from them;
    `may_wait` says that what the other has taken may come back, and is to be waited for.
    """

    message_id: int
    name: str
    kind: MessageKind
    sender: str
    caused_by: int | None = None
    because: str | None = None
    attempt: int = 1
    short: frozenset[str] = frozenset()
    may_wait: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that an actor decided to send, before it has an id; it is handled `after` seconds from then."""

    name: str
    kind: MessageKind
    to: tuple[str, ...]
    because: str | None = None
    after: float = 0.0


@dataclass(frozen=True)
class Delivery:
    """A message on its way to one receiver: the sender's outbox and the receiver's inbox, in one record.

    `copy` is 1 for the original, and for a copy the number of the fact that records it. It may be handled from
    `release_at` on, in seconds since the epoch, or, if that is None, once the learner releases it. `attempts` counts
    failed attempts to handle it, `redeliveries` how often it was sent again because it was not acknowledged. An
    `overtaken` one waits until the next message to the same receiver is handled. `after` is its wait in seconds.
    """

    message: Message
    receiver: str
    copy: int = 1
    state: DeliveryState = DeliveryState.PENDING
    release_at: float | None = 0.0
    attempts: int = 0
    redeliveries: int = 0
    overtaken: bool = False
    after: float = 0.0

    @property
    def key(self) -> tuple[int, str, int]:
        return self.message.message_id, self.receiver, self.copy

    @property
    def is_open(self) -> bool:
        """Returns whether it is still to be handled."""
        return self.state in OPEN

    @property
    def is_timer(self) -> bool:
        return self.message.kind is MessageKind.TIMER
