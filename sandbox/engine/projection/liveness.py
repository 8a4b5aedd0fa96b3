"""What is known of a run beyond its facts: who lives, what lies where, and when it goes on. Plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.definitions.registry import crash_queue

CLOCK = "clock"
# Seconds of silence after which somebody who gives a sign of life every second is taken for dead.
SILENCE = 3.0


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """Where a message to one receiver is.

    Before it is handed to the broker it lies in its sender's outbox until `at`, in seconds since the epoch, or until
    the learner lets it go, where that is None. After that, at `sent_at`, it is sent again at `at` unless somebody
    answers for it, or it lies in its queue still. `taken_at` is when a worker took it that has not acknowledged it yet,
    `taken_from` the queue that it took it from.
    """

    at: float | None
    sent_at: float | None = None
    taken_at: float | None = None
    taken_from: str = ""


@dataclass(frozen=True)
class RuntimeSnapshot:
    """What the broker and the deliveries tell `now`. What nobody has looked at is None, and then nothing is wrong.

    `heard` has for each actor, and the clock, its processes by their birth, with the seconds since each one's last sign
    of life; `ready` counts the messages in each queue, of all runs; `broker_statuses` has the messages that are not
    handled yet, by the key of their arrow.
    """

    now: float
    has_broker: bool = True
    heard: Mapping[str, Mapping[float, float]] | None = None
    ready: Mapping[str, int] = field(default_factory=dict)
    broker_statuses: Mapping[str, BrokerStatus] | None = None

    def waiting(self, actor: str) -> int | None:
        """How many messages wait for an actor, those for its crashes on request among them; None if nobody looked."""
        return self.ready[actor] + self.ready.get(crash_queue(actor), 0) if actor in self.ready else None

    def lives(self, who: str, *, since: float | None = None) -> bool:
        """Whether a process of that name has given a sign of life lately; one that was born by `since`, if given."""
        if self.heard is None:
            return True
        found = self.heard.get(who, {}).items()
        return any(silent <= SILENCE and (since is None or born <= since) for born, silent in found)
