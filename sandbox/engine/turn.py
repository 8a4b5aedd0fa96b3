"""One turn of a saga as numbered facts, messages and ledger entries: what a runtime has to make durable, and no more.

The workers write a turn to the database in one transaction; the rehearsal keeps it in memory. Nothing else differs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sandbox.definitions.records import Order
from sandbox.definitions.registry import CUSTOMER, SERVICE
from sandbox.definitions.terms import FactKind, Pace, SagaStatus
from sandbox.engine.messages import Entry, Fact, Message
from sandbox.engine.plan import Plan
from sandbox.engine.react import Memory, react

OBSERVER = "observer"
OUTSIDE = "opening balance"


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A message on its way to one receiver."""

    message: Message
    receiver: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one handled message leaves behind."""

    facts: tuple[Fact, ...]
    dispatches: tuple[Dispatch, ...]
    entries: tuple[Entry, ...]
    memories: Mapping[str, Memory]

    @property
    def last_seq(self) -> int:
        return self.facts[-1].seq


def open_saga(plan: Plan, order: Order, *, refused: str | None = None, pace: Pace = Pace.FAST, at: float = 0.0) -> Turn:
    """The first turn: opening balances, and the customer's order on its way.

    With `refused`, the account that this step takes from opens one short of what the order needs.
    """
    opened = openings(plan, order, refused)
    trigger = plan.trigger
    facts = (
        Fact(FactKind.SAGA_STARTED, CUSTOMER, pace=pace),
        Fact(FactKind.MESSAGE_SENT, CUSTOMER, name=trigger.name, message_kind=trigger.kind, to=trigger.to),
    )
    memories = {service: Memory(balances=balances) for service, balances in opened.items()}
    entries = tuple(
        entry
        for service, balances in opened.items()
        for account, amount in balances.items()
        if amount
        for entry in (Entry(service, account, amount, 1), Entry(service, OUTSIDE, -amount, 1))
    )
    numbered = _numbered(facts, first=1, at=at, caused_by=None)
    return Turn(numbered, _dispatches(numbered), entries, memories)


def take_turn(
    plan: Plan, order: Order, message: Message, receiver: str, memory: Memory, *, seq: int, at: float
) -> Turn:
    """The turn in which `receiver` handles `message`; its facts are numbered from `seq`.

    Raises ShortOfFunds when a step that may not be refused cannot be done now.
    """
    reaction = react(plan, receiver, message, memory, order)
    handled = Fact(FactKind.MESSAGE_HANDLED, receiver, message=message.message_id, name=message.name)
    sent = [
        Fact(FactKind.MESSAGE_SENT, receiver, name=o.name, message_kind=o.kind, to=o.to, because=o.because)
        for o in reaction.outgoing
    ]
    facts = _numbered((handled, *reaction.facts, *sent), first=seq, at=at, caused_by=message.message_id)
    return Turn(facts, _dispatches(facts), entries_of(facts), {receiver: reaction.memory})


def ended(status: SagaStatus, *, seq: int, at: float) -> Fact:
    """The fact that no message is left, so that nothing more can happen by itself."""
    return Fact(FactKind.SAGA_ENDED, OBSERVER, seq=seq, at=at, status=status)


def openings(plan: Plan, order: Order, refused: str | None) -> dict[str, dict[str, int]]:
    """What each service's accounts hold when the saga starts: the account of a refused step is one short."""
    opened = {
        service: {account.name: account.opening for account in SERVICE[service].accounts}
        for service in plan.saga.services
    }
    if refused:
        step = plan.saga.step(refused)
        needed = order.amount(SERVICE[step.service].account(step.source).unit)
        opened[step.service][step.source] = needed - 1
    return opened


def _numbered(facts: Iterable[Fact], *, first: int, at: float, caused_by: int | None) -> tuple[Fact, ...]:
    numbered = []
    for seq, fact in enumerate(facts, first):
        message = seq if fact.kind is FactKind.MESSAGE_SENT else fact.message
        numbered.append(replace(fact, seq=seq, at=at, caused_by=caused_by, message=message))
    return tuple(numbered)


def _dispatches(facts: Iterable[Fact]) -> tuple[Dispatch, ...]:
    return tuple(
        Dispatch(message_of(fact), receiver)
        for fact in facts
        if fact.kind is FactKind.MESSAGE_SENT
        for receiver in fact.to or ()
    )


def message_of(sent: Fact) -> Message:
    """The message that a "message sent" fact tells of. Raises ValueError for any other fact."""
    if sent.message is None or sent.name is None or sent.message_kind is None:
        raise ValueError(f"fact {sent.seq} ({sent.kind}) tells of no message")
    return Message(sent.message, sent.name, sent.message_kind, sent.actor, sent.caused_by, sent.because)


def entries_of(facts: Iterable[Fact]) -> tuple[Entry, ...]:
    """The ledger entries that these facts tell of: two for each posting."""
    return tuple(
        entry
        for fact in facts
        if fact.posting
        for entry in (
            Entry(fact.posting.service, fact.posting.source, -fact.posting.amount, fact.seq),
            Entry(fact.posting.service, fact.posting.target, fact.posting.amount, fact.seq),
        )
    )
