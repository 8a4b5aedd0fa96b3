"""The state that one actor keeps of one saga."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.definitions.terms import SagaStatus


@dataclass(frozen=True)
class Memory:
    """All that one actor knows about one saga: its own balances, and the messages that it received, handled and sent.

    `heard` holds pairs of a received message's name, as rules listen for it, and its `because`; `handled` the ids of
    handled messages (the inbox); `fired` the keys of rules that fired; `applied` the steps that took effect here;
    `answered` the answers to messages that may be repeated; `timers` the ids and names of pending timers; `backward`
    says that this actor is compensating.
    """

    balances: Mapping[str, int] = field(default_factory=dict)
    heard: tuple[tuple[str, str | None], ...] = ()
    handled: tuple[int, ...] = ()
    fired: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    answered: tuple[tuple[str, str, str | None], ...] = ()
    timers: tuple[tuple[int, str], ...] = ()
    backward: bool = False
    closed: SagaStatus | None = None

    def dump(self) -> dict[str, Any]:
        """Returns the memory as JSON."""
        return {
            "balances": dict(self.balances),
            "heard": self.heard,
            "handled": self.handled,
            "fired": self.fired,
            "applied": self.applied,
            "sent": self.sent,
            "answered": self.answered,
            "timers": self.timers,
            "backward": self.backward,
            "closed": self.closed,
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Memory":
        """Returns the memory that `dump` gave."""
        return cls(
            balances=data["balances"],
            heard=tuple((name, because) for name, because in data["heard"]),
            handled=tuple(data["handled"]),
            fired=tuple(data["fired"]),
            applied=tuple(data["applied"]),
            sent=tuple(data["sent"]),
            answered=tuple((command, name, because) for command, name, because in data["answered"]),
            timers=tuple((ident, name) for ident, name in data["timers"]),
            backward=data["backward"],
            closed=SagaStatus(data["closed"]) if data["closed"] else None,
        )
