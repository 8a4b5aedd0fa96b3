"""What broker and database show of a run beyond its facts: heartbeats, queues and waits. Plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.definitions.registry import crash_queue

CLOCK = "clock"
# Seconds without a heartbeat after which a process, which beats once a second, is taken for dead.
HEARTBEAT_TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """Says where a message to one receiver is. Times in seconds since the epoch.

    Without `sent_at` it is in its sender's outbox until `at` or, if that is None, until the learner releases it. With
    `sent_at` it was published then, and is published again at `at` unless it is handled or still in its queue.
    `taken_at` is when a worker took it that has not acknowledged it yet, `taken_from` the queue it came from.
    """

    at: float | None
    sent_at: float | None = None
    taken_at: float | None = None
    taken_from: str = ""


@dataclass(frozen=True)
class RuntimeSnapshot:
    """The state of broker and deliveries at the time `now`. None stands for what was not read, and counts as fine.

    `heartbeats` has for each actor, and the clock, its processes by their start time, with the seconds since each
    one's last heartbeat; `ready` counts the messages in each queue, of all runs; `broker_statuses` has the messages
    that are not handled yet, by `delivery_key`.
    """

    now: float
    has_broker: bool = True
    heartbeats: Mapping[str, Mapping[float, float]] | None = None
    ready: Mapping[str, int] = field(default_factory=dict)
    broker_statuses: Mapping[str, BrokerStatus] | None = None

    def queue_length(self, actor: str) -> int | None:
        """Returns how many messages wait for an actor, its requested crashes included; None if that was not read."""
        return self.ready[actor] + self.ready.get(crash_queue(actor), 0) if actor in self.ready else None

    def is_alive(self, who: str, *, since: float | None = None) -> bool:
        """Returns whether a process of that name, started by `since` if given, has sent a heartbeat lately."""
        if self.heartbeats is None:
            return True
        found = self.heartbeats.get(who, {}).items()
        return any(
            silent <= HEARTBEAT_TIMEOUT and (since is None or started_at <= since) for started_at, silent in found
        )
