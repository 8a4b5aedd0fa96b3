"""What an actor knows of a saga, and nothing of the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.definitions.terms import SagaStatus


@dataclass(frozen=True)
class Memory:
    """All that one actor knows about one saga: its own balances, what it heard, did and sent. Nothing of the others.

    `heard` holds pairs of a message's name and its `because`; `handled` the ids of the messages, which is the inbox;
    `fired` the keys of rules that fired; `applied` the steps that took effect here; `answered` what was sent upon
    messages that may come anew; `timers` the ids and names of those that may still ring; `backward` says that this
    actor has turned to compensating.
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
        """This memory as JSON can hold it."""
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
        """The memory that `dump` described."""
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
