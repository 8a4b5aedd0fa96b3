"""Turns the handling of one message into numbered facts, deliveries and ledger entries that a runtime makes durable.

The workers write them to the database in one transaction; the simulator keeps them in memory. Nothing else differs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.definitions.model import Account, Order
from sandbox.definitions.registry import CUSTOMER, SERVICE
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Pace, SagaStatus, Stock
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Delivery, Message, Outgoing
from sandbox.engine.execution.react import Reaction, cancelled_timers, react
from sandbox.engine.plan.model import Plan

OBSERVER = "observer"
OUTSIDE = "opening balance"


@dataclass(frozen=True)
class HandlingResult:
    """The facts, deliveries, ledger entries and memories that handling one message produces."""

    facts: tuple[Fact, ...]
    deliveries: tuple[Delivery, ...]
    entries: tuple[Entry, ...]
    memories: Mapping[str, Memory]
    cancelled_timers: tuple[int, ...] = ()

    @property
    def last_seq(self) -> int:
        return self.facts[-1].seq


def open_saga(plan: Plan, settings: RunSettings, *, pace: Pace = Pace.FAST, at: float = 0.0) -> HandlingResult:
    """Returns the start of a saga: opening balances, and the customer's order on its way."""
    opened = opening_balances(plan, settings)
    trigger = plan.trigger
    facts = (
        Fact(FactKind.SAGA_STARTED, CUSTOMER, pace=pace),
        Fact(FactKind.MESSAGE_SENT, CUSTOMER, name=trigger.name, message_kind=trigger.kind, to=trigger.to),
    )
    memories = {service: Memory(balances=balances) for service, balances in opened.items()}
    numbered = _numbered(facts, first=1, at=at, caused_by=None)
    return HandlingResult(numbered, _deliveries(numbered), opening_entries(opened), memories)


def opening_entries(opened: Mapping[str, Mapping[str, int]]) -> tuple[Entry, ...]:
    """Returns the ledger entries that fill the accounts when a saga starts."""
    return tuple(
        entry
        for service, balances in opened.items()
        for account, amount in balances.items()
        if amount
        for entry in (Entry(service, account, amount, 1), Entry(service, OUTSIDE, -amount, 1))
    )


def handle_message(
    plan: Plan, order: Order, message: Message, receiver: str, memory: Memory, *, seq: int, at: float, copy: int = 1
) -> HandlingResult:
    """Returns what handling `message` at `receiver` produces, its facts numbered from `seq`.

    Raises InsufficientBalance when a step cannot be done now and may not be refused, or not yet.
    """
    return result_of(plan, message, receiver, react(plan, receiver, message, memory, order), seq=seq, at=at, copy=copy)


def result_of(
    plan: Plan, message: Message, receiver: str, reaction: Reaction, *, seq: int, at: float, copy: int = 1
) -> HandlingResult:
    """Returns what this reaction to a message produces, its facts numbered from `seq`."""
    memory = reaction.memory
    done = cancelled_timers(plan, receiver, memory)
    handled = Fact(
        FactKind.MESSAGE_HANDLED,
        receiver,
        message=message.message_id,
        name=message.name,
        cancelled_timers=done or None,
        copy=copy if copy > 1 else None,
    )
    sent = [_sent(receiver, outgoing) for outgoing in reaction.outgoing]
    facts = _numbered((handled, *reaction.facts, *sent), first=seq, at=at, caused_by=message.message_id)
    deliveries = _deliveries(facts)
    gone = {*done, message.message_id}
    timers = [timer for timer in memory.timers if timer[0] not in gone]
    timers += [(d.message.message_id, d.message.name) for d in deliveries if d.is_timer]
    memory = evolve(memory, timers=tuple(timers))
    return HandlingResult(facts, deliveries, entries_of(facts), {receiver: memory}, done)


def messages_alone(result: HandlingResult, *, seq: int) -> HandlingResult:
    """Returns only the messages of a result, as published by a transaction that was never committed."""
    sent = [evolve(fact, message=None) for fact in result.facts if fact.kind is FactKind.MESSAGE_SENT]
    facts = tuple(evolve(fact, seq=number, message=number) for number, fact in enumerate(sent, seq))
    return HandlingResult(facts, _deliveries(facts), (), {})


def without_messages(result: HandlingResult) -> HandlingResult:
    """Returns the result without its messages, as committed by a worker that died before it published them."""
    facts = tuple(fact for fact in result.facts if fact.kind is not FactKind.MESSAGE_SENT)
    dropped = {delivery.message.message_id for delivery in result.deliveries}
    memories = {
        actor: evolve(memory, timers=tuple(timer for timer in memory.timers if timer[0] not in dropped))
        for actor, memory in result.memories.items()
    }
    return evolve(result, facts=facts, deliveries=(), memories=memories)


def _sent(actor: str, outgoing: Outgoing) -> Fact:
    return Fact(
        FactKind.MESSAGE_SENT,
        actor,
        name=outgoing.name,
        message_kind=outgoing.kind,
        to=outgoing.to,
        because=outgoing.because,
        after=outgoing.after or None,
    )


def ended(status: SagaStatus, *, seq: int, at: float) -> Fact:
    """Returns the fact that no message is left, so that nothing more can happen by itself."""
    return Fact(FactKind.SAGA_ENDED, OBSERVER, seq=seq, at=at, status=status)


def opening_balances(plan: Plan, settings: RunSettings) -> dict[str, dict[str, int]]:
    """Returns what each service's accounts hold when the saga starts.

    The account that the step in `settings.fail` takes from opens one short of what the order needs. Where two orders
    share a stock, it is just enough for this one.
    """
    used = {(step.service, account) for step in plan.saga.steps for account in (step.source, step.target)}
    opened = {
        service: {a.name: _opening(a, settings) for a in SERVICE[service].accounts if (service, a.name) in used}
        for service in plan.saga.services
    }
    if settings.fail:
        step = plan.saga.step(settings.fail)
        needed = settings.order.amount(SERVICE[step.service].account(step.source).unit)
        opened[step.service][step.source] = needed - 1
    return opened


def _opening(account: Account, settings: RunSettings) -> int:
    is_scarce = account.scarce and settings.stock != Stock.OWN
    return settings.order.amount(account.unit) if is_scarce else account.opening


def _numbered(facts: Iterable[Fact], *, first: int, at: float, caused_by: int | None) -> tuple[Fact, ...]:
    numbered = []
    for seq, fact in enumerate(facts, first):
        message = seq if fact.kind is FactKind.MESSAGE_SENT else fact.message
        numbered.append(evolve(fact, seq=seq, at=at, caused_by=caused_by, message=message))
    return tuple(numbered)


def _deliveries(facts: Iterable[Fact]) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(message_of(fact), receiver, after=fact.after or 0.0)
        for fact in facts
        if fact.kind is FactKind.MESSAGE_SENT
        for receiver in fact.to or ()
    )


def message_of(sent: Fact) -> Message:
    """Returns the message that a "message sent" fact records. Raises ValueError for any other fact."""
    if sent.message is None or sent.name is None or sent.message_kind is None:
        raise ValueError(f"fact {sent.seq} ({sent.kind}) tells of no message")
    return Message(sent.message, sent.name, sent.message_kind, sent.actor, sent.caused_by, sent.because)


def entries_of(facts: Iterable[Fact]) -> tuple[Entry, ...]:
    """Returns the ledger entries of these facts: two for each posting."""
    return tuple(
        entry
        for fact in facts
        if fact.posting
        for entry in (
            Entry(fact.posting.service, fact.posting.source, -fact.posting.amount, fact.seq),
            Entry(fact.posting.service, fact.posting.target, fact.posting.amount, fact.seq),
        )
    )
