"""What one actor does with one message. Pure: the same rules, message and memory always give the same reaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.definitions.records import Order, Step
from sandbox.definitions.registry import SERVICE
from sandbox.definitions.terms import FactKind, SagaStatus, Verb
from sandbox.engine.messages import Fact, Message, Outgoing, Posting
from sandbox.engine.plan import Emission, Plan, Rule


class ShortOfFunds(RuntimeError):
    """Something that may not be refused, a retriable step or an undo, found its account short: to be tried again."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that one actor knows about one saga: its own balances, what it heard, did and sent. Nothing of the others.

    `heard` holds pairs of a message's name and its `because`; `fired` the keys of rules that fired; `applied` the
    steps that took effect here; `backward` says that this actor has turned to compensating.
    """

    balances: Mapping[str, int] = field(default_factory=dict)
    heard: tuple[tuple[str, str | None], ...] = ()
    fired: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    backward: bool = False
    closed: SagaStatus | None = None

    def dump(self) -> dict[str, Any]:
        """This memory as JSON can hold it."""
        return {
            "balances": dict(self.balances),
            "heard": [list(pair) for pair in self.heard],
            "fired": list(self.fired),
            "applied": list(self.applied),
            "sent": list(self.sent),
            "backward": self.backward,
            "closed": self.closed,
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Memory":
        """The memory that `dump` described."""
        return cls(
            balances=data["balances"],
            heard=tuple((name, because) for name, because in data["heard"]),
            fired=tuple(data["fired"]),
            applied=tuple(data["applied"]),
            sent=tuple(data["sent"]),
            backward=data["backward"],
            closed=SagaStatus(data["closed"]) if data["closed"] else None,
        )


@dataclass(frozen=True, slots=True)
class Reaction:
    """What comes of a message: postings in the actor's own ledger, messages to send, facts, and its new memory."""

    memory: Memory
    postings: tuple[Posting, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    facts: tuple[Fact, ...] = ()

    def then(self, other: "Reaction") -> "Reaction":
        return Reaction(
            other.memory,
            self.postings + other.postings,
            self.outgoing + other.outgoing,
            self.facts + other.facts,
        )


def react(plan: Plan, actor: str, message: Message, memory: Memory, order: Order) -> Reaction:
    """The reaction of `actor` to `message`. A message heard before has no effect a second time.

    Raises ShortOfFunds when what may not be refused, a retriable step or an undo, cannot be done now.
    """
    pair = (message.name, message.because)
    if pair in memory.heard:
        return Reaction(memory, facts=(Fact(FactKind.DUPLICATE_IGNORED, actor, name=message.name),))
    reaction = Reaction(replace(memory, heard=(*memory.heard, pair)))
    for rule in plan.rules_of(actor):
        if _fires(rule, message, reaction.memory):
            reaction = reaction.then(_fire(plan, rule, message, reaction.memory, order))
    return reaction


def _fires(rule: Rule, message: Message, memory: Memory) -> bool:
    if message.name not in rule.on or rule.key in memory.fired:
        return False
    if rule.because and message.because not in rule.because:
        return False
    because = message.because if rule.because else None
    return all((name, because) in memory.heard for name in rule.on)


def _fire(plan: Plan, rule: Rule, message: Message, memory: Memory, order: Order) -> Reaction:
    if memory.backward and not rule.because:
        return _skip(rule, memory)
    memory = replace(memory, fired=(*memory.fired, rule.key), backward=memory.backward or bool(rule.because))
    if rule.step is None:
        return _decide(rule, memory, message)
    step = plan.saga.step(rule.step)
    if rule.verb is Verb.DO:
        return _do(rule, step, memory, order)
    return _undo(rule, step, memory, order, message.because)


def _skip(rule: Rule, memory: Memory) -> Reaction:
    """A late do after its undo: the tombstone wins, and nothing is applied."""
    facts = (Fact(FactKind.STEP_SKIPPED, rule.actor, step=rule.step, verb=rule.verb),) if rule.step else ()
    return Reaction(replace(memory, fired=(*memory.fired, rule.key)), facts=facts)


def _decide(rule: Rule, memory: Memory, message: Message) -> Reaction:
    sent = _send(rule.emits, memory, message.because)
    if rule.ends is None or memory.closed:
        return sent
    closed = Fact(FactKind.SAGA_CLOSED, rule.actor, status=rule.ends)
    return sent.then(Reaction(replace(sent.memory, closed=rule.ends), facts=(closed,)))


def _do(rule: Rule, step: Step, memory: Memory, order: Order) -> Reaction:
    amount = _amount(step, order)
    if memory.balances[step.source] < amount:
        return _refuse(rule, step, memory)
    posting = Posting(step.service, step.source, step.target, amount)
    memory = replace(_booked(memory, posting), applied=(*memory.applied, step.name))
    fact = Fact(FactKind.STEP_COMPLETED, rule.actor, step=step.name, verb=Verb.DO, posting=posting)
    return Reaction(memory, postings=(posting,), facts=(fact,)).then(_send(rule.emits, memory, None))


def _refuse(rule: Rule, step: Step, memory: Memory) -> Reaction:
    if step.refusal is None:
        raise ShortOfFunds(f"{step.service}: {step.source!r} is short for {step.name}, which may not be refused")
    fact = Fact(FactKind.STEP_REJECTED, rule.actor, step=step.name, verb=Verb.DO, reason=step.refusal.reason)
    return Reaction(memory, facts=(fact,)).then(_send(rule.refuses, memory, step.name))


def _undo(rule: Rule, step: Step, memory: Memory, order: Order, because: str | None) -> Reaction:
    if step.name not in memory.applied:
        fact = Fact(FactKind.NOTHING_TO_UNDO, rule.actor, step=step.name, verb=Verb.UNDO, because=because)
        return Reaction(memory, facts=(fact,)).then(_send(rule.emits, memory, because))
    posting = Posting(step.service, step.target, step.source, _amount(step, order))
    if memory.balances[posting.source] < posting.amount:
        raise ShortOfFunds(f"{step.service}: {posting.source!r} is short for undoing {step.name}")
    memory = _booked(memory, posting)
    fact = Fact(FactKind.STEP_COMPENSATED, rule.actor, step=step.name, verb=Verb.UNDO, posting=posting, because=because)
    return Reaction(memory, postings=(posting,), facts=(fact,)).then(_send(rule.emits, memory, because))


def _amount(step: Step, order: Order) -> int:
    return order.amount(SERVICE[step.service].account(step.source).unit)


def _booked(memory: Memory, posting: Posting) -> Memory:
    balances = dict(memory.balances)
    balances[posting.source] -= posting.amount
    balances[posting.target] += posting.amount
    return replace(memory, balances=balances)


def _send(emissions: tuple[Emission, ...], memory: Memory, because: str | None) -> Reaction:
    new = tuple(emission for emission in emissions if emission.name not in memory.sent)
    memory = replace(memory, sent=memory.sent + tuple(emission.name for emission in new))
    return Reaction(memory, outgoing=tuple(Outgoing(e.name, e.kind, e.to, because) for e in new))
