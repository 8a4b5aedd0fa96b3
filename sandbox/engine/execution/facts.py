"""The facts that record a run, and the postings and ledger entries in them. Plain frozen data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from sandbox.definitions.terms import FactKind, MessageKind, Pace, SagaStatus, Verb


@dataclass(frozen=True, slots=True)
class Posting:
    """Moves `amount`, in the account's unit, between two accounts of one service; undoing is the reverse posting."""

    service: str
    source: str
    target: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger: a posting makes two, which sum to zero. `seq` is the fact that records the posting."""

    service: str
    account: str
    amount: int
    seq: int


@dataclass(frozen=True)
class Fact:
    """One line of a run's journal: what happened, at which actor, because of which message.

    `seq` numbers the facts of a run from 1 without a gap; `at` is the time in seconds since the epoch. The other
    fields are set where the kind of fact has them: `cancelled_timers` are those of the actor, `copy` is the
    number of the fact that records the copy of the message, `after` is a wait in seconds, `count` a number of things,
    `took` the seconds from a worker's start on a message until it was handled (none in a simulation). `setting` is one
    that the run changed when it was forked, with its values `old` and `new` as texts.
    """

    kind: FactKind
    actor: str = ""
    seq: int = 0
    at: float = 0.0
    message: int | None = None
    caused_by: int | None = None
    name: str | None = None
    message_kind: MessageKind | None = None
    to: tuple[str, ...] | None = None
    because: str | None = None
    step: str | None = None
    verb: Verb | None = None
    posting: Posting | None = None
    reason: str | None = None
    attempt: int | None = None
    status: SagaStatus | None = None
    pace: Pace | None = None
    held: tuple[str, ...] | None = None
    cancelled_timers: tuple[int, ...] | None = None
    copy: int | None = None
    after: float | None = None
    fault: str | None = None
    by_hand: bool | None = None
    count: int | None = None
    took: float | None = None
    setting: str | None = None
    old: tuple[str, ...] | None = None
    new: tuple[str, ...] | None = None

    def details(self) -> dict[str, Any]:
        """Returns the fields that are set, except kind, actor, number and time, as JSON."""
        own = {name: value for name, value in vars(self).items() if value is not None and name not in EVERY_FACT_HAS}
        if self.posting:
            own["posting"] = [self.posting.service, self.posting.source, self.posting.target, self.posting.amount]
        return own

    @classmethod
    def recall(cls, *, kind: str, actor: str, seq: int, at: float, details: Mapping[str, Any]) -> Self:
        """Returns the fact that `details()` gave. Raises ValueError for a kind that does not exist."""
        typed = {FORMER_NAMES.get(name, name): value for name, value in details.items()}
        for name, read in READERS.items():
            if name in typed:
                typed[name] = read(typed[name])
        return cls(kind=FactKind(kind), actor=actor, seq=seq, at=at, **typed)


EVERY_FACT_HAS = {"kind", "actor", "seq", "at"}
READERS: dict[str, Callable[[Any], Any]] = {
    "message_kind": MessageKind,
    "to": tuple,
    "verb": Verb,
    "posting": lambda parts: Posting(*parts),
    "status": SagaStatus,
    "pace": Pace,
    "held": tuple,
    "cancelled_timers": tuple,
    "old": tuple,
    "new": tuple,
}
# Journals that were written before a field was renamed have its former name.
FORMER_NAMES = {"settled": "cancelled_timers"}
