"""Decides how one actor reacts to one message. Pure: same rules, message and memory, same reaction."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.model import Order, RetryPolicy, Step
from sandbox.definitions.registry import SERVICE
from sandbox.definitions.terms import SETTLED, FactKind, MessageKind, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact, Posting
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Message, Outgoing
from sandbox.engine.plan.model import Emission, Plan, Rule

MAX_DOUBLINGS = 5
# How an actor recognises a message: by its id, or, if it came under another id, by what it says.
IN_INBOX = "its inbox has that message already"
IN_OWN_RECORDS = "its own records show that it has dealt with that {} already"
# How long an order waits for what another one holds, under a semantic lock.
LOCK_RETRY = RetryPolicy(initial_interval=1.0, backoff_coefficient=1.0, maximum_attempts=15)
HELD_BY_ANOTHER = "another order held it, and could still give it back"


class StepFailure(Exception):
    """Raised when an attempt at a step fails. The attempt is recorded, and the step's retry policy says what follows.

    Any other exception is a bug of the sandbox, not a failure of a service.
    """


class InsufficientBalance(StepFailure):
    """Raised when an account holds too little for a step that may not be refused, or not yet."""


@dataclass(frozen=True)
class Reaction:
    """An actor's reaction to a message: postings in its own ledger, messages to send, facts, and its new memory."""

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
    """Returns the reaction of `actor` to `message`, with at most one effect however often the message is received.

    A second copy has no effect. A repeated command has none either, but is answered as before, since the answer may
    have been lost. Raises InsufficientBalance when a step or an undo cannot be done now and may not be refused, or not
    yet.
    """
    pair = (plan.heard_as(message.name), message.because)
    is_copy = message.message_id in memory.handled
    is_timer = message.kind is MessageKind.TIMER
    if is_copy or (pair in memory.heard and not is_timer):
        return _handle_repeat(plan, actor, message, memory, is_copy)
    handled = (*memory.handled, message.message_id)
    reaction = Reaction(evolve(memory, heard=(*memory.heard, pair), handled=handled))
    for rule in plan.rules_on(actor, message.name):
        if _fires(rule, message, reaction.memory):
            reaction = reaction.then(_fire(plan, rule, message, reaction.memory, order))
    return _with_answers(plan, actor, message, reaction)


def _with_answers(plan: Plan, actor: str, message: Message, reaction: Reaction) -> Reaction:
    """Returns the reaction with its answers kept in the memory, where the message may be repeated."""
    request = plan.heard_as(message.name)
    if (actor, request) not in plan.reemittable:
        return reaction
    answers = tuple((request, out.name, out.because) for out in reaction.outgoing)
    return evolve(reaction, memory=evolve(reaction.memory, answered=(*reaction.memory.answered, *answers)))


def give_up(plan: Plan, actor: str, message: Message, memory: Memory, reason: str) -> Reaction | None:
    """Returns the reaction when every attempt to handle `message` has failed, or None when no rule provides for it.

    A step that may be refused is abandoned. A failed undo is reported to those who listen for that.
    """
    received = evolve(
        memory,
        heard=(*memory.heard, (plan.heard_as(message.name), message.because)),
        handled=(*memory.handled, message.message_id),
    )
    rule = next((r for r in plan.rules_on(actor, message.name) if r.verb and _fires(r, message, received)), None)
    if rule is None or rule.step is None:
        return None
    if rule.verb is Verb.DO and rule.gives_up:
        abandoning = evolve(received, fired=(*memory.fired, rule.key))
        reaction = _abandon(rule, plan.saga.step(rule.step), abandoning, reason)
        return _with_answers(plan, actor, message, reaction)
    is_undo = rule.verb is Verb.UNDO
    return _send(rule.gives_up, memory, message.because, resend=True) if is_undo and rule.gives_up else None


def retry_policy(plan: Plan, actor: str, name: str, reason: str | None) -> RetryPolicy:
    """Returns how often an actor tries to handle that message, once an attempt has failed for this reason."""
    return LOCK_RETRY if reason == HELD_BY_ANOTHER else plan.retry_of(actor, name)


def cancelled_timers(plan: Plan, actor: str, memory: Memory) -> tuple[int, ...]:
    """Returns the ids of the actor's timers whose answers have arrived, or do not matter any more."""
    names = {name for name, _ in memory.heard}
    return tuple(
        ident
        for ident, timer in memory.timers
        if all(_is_obsolete(rule, names, memory) for rule in plan.rules_on(actor, timer))
    )


def _is_obsolete(rule: Rule, names: set[str], memory: Memory) -> bool:
    too_late = memory.backward and (not rule.because or rule.watches is not None)
    return too_late or memory.closed in SETTLED or not names.isdisjoint(rule.unless)


def _handle_repeat(plan: Plan, actor: str, message: Message, memory: Memory, is_copy: bool) -> Reaction:
    reason = IN_INBOX if is_copy else IN_OWN_RECORDS.format(message.kind)
    fact = Fact(FactKind.DUPLICATE_IGNORED, actor, name=message.name, reason=reason)
    if is_copy:
        return Reaction(memory, facts=(fact,))
    memory = evolve(memory, handled=(*memory.handled, message.message_id))
    outgoing = tuple(dict.fromkeys(_earlier_answers(plan, actor, plan.heard_as(message.name), memory)))
    return Reaction(memory, facts=(fact,), outgoing=outgoing)


def _earlier_answers(plan: Plan, actor: str, name: str, memory: Memory) -> Iterator[Outgoing]:
    """Yields the answers to the message heard as that; for a timer that has fired since, the answers to that timer."""
    sent = {answer: because for request, answer, because in memory.answered if request == name}
    for emission in (e for rule in plan.rules_on(actor, name) for e in rule.possible_emissions if e.name in sent):
        yield from tuple(_earlier_answers(plan, actor, emission.name, memory)) or (
            Outgoing(emission.name, emission.kind, emission.to, sent[emission.name], emission.after),
        )


def _fires(rule: Rule, message: Message, memory: Memory) -> bool:
    """Returns whether a rule on this message fires now, given a memory that holds the message already.

    A rule with several names in `on` fires on the message that completes them. For example, in the choreography of
    "order-parallel":

        fulfilment schedules on InventoryReserved and CustomerCharged: on the second of the two, in either order;
        order undoes validate-order on InventoryReleased and CustomerRefunded, because of schedule-fulfilment: on the
        second, if that carries this failure as `because`. The first may carry another failure, but must carry one.
    """
    if rule.key in memory.fired and not rule.repeats:
        return False
    if rule.because and message.because not in rule.because:
        return False
    if rule.unless and not {name for name, _ in memory.heard}.isdisjoint(rule.unless):
        return False
    # An undo is reported for one failure and counts for all: otherwise two refusals would wait for each other.
    heard = {name for name, because in memory.heard if bool(because) == bool(rule.because)}
    return message.kind is MessageKind.TIMER or heard.issuperset(rule.on)


def _fire(plan: Plan, rule: Rule, message: Message, memory: Memory, order: Order) -> Reaction:
    if memory.backward and (not rule.because or rule.watches):
        return _skip(rule, memory)
    memory = evolve(memory, fired=(*memory.fired, rule.key), backward=memory.backward or bool(rule.because))
    if rule.step is None:
        return _decide(plan, rule, memory, message)
    step = plan.saga.step(rule.step)
    if rule.verb is Verb.DO:
        return _do(rule, step, memory, order, message)
    if rule.verb is Verb.ABANDON:
        return _abandon(rule, step, memory, "the order's deadline has passed")
    return _undo(rule, step, memory, order, message.because)


def _skip(rule: Rule, memory: Memory) -> Reaction:
    """Applies nothing when a step is requested after its undo: the undo has left a tombstone."""
    facts = (Fact(FactKind.STEP_SKIPPED, rule.actor, step=rule.step, verb=rule.verb),) if rule.step else ()
    return Reaction(evolve(memory, fired=(*memory.fired, rule.key)), facts=facts)


def _decide(plan: Plan, rule: Rule, memory: Memory, message: Message) -> Reaction:
    send = _resend if rule.repeats else _send
    sent = _record_timeout(plan, rule, memory).then(send(rule.emits, memory, message.because))
    if rule.ends is None or memory.closed in SETTLED:
        return sent
    closed = Fact(FactKind.SAGA_CLOSED, rule.actor, status=rule.ends)
    return sent.then(Reaction(evolve(sent.memory, closed=rule.ends), facts=(closed,)))


def _record_timeout(plan: Plan, rule: Rule, memory: Memory) -> Reaction:
    """Records that a step has not answered in time, for a rule that watches it."""
    if rule.watches is None:
        return Reaction(memory)
    failure = rule.because[0] if rule.because else None
    fact = Fact(FactKind.STEP_TIMED_OUT, rule.actor, step=rule.watches, name=rule.on[0], because=failure)
    return Reaction(memory, facts=(fact,))


def _do(rule: Rule, step: Step, memory: Memory, order: Order, message: Message) -> Reaction:
    amount = _amount(step, order)
    if step.source in message.short or memory.balances[step.source] < amount:
        return _handle_shortage(rule, step, memory, message)
    posting = Posting(step.service, step.source, step.target, amount)
    memory = evolve(_posted(memory, posting), applied=(*memory.applied, step.name))
    fact = Fact(FactKind.STEP_COMPLETED, rule.actor, step=step.name, verb=Verb.DO, posting=posting)
    return Reaction(memory, postings=(posting,), facts=(fact,)).then(_send(rule.emits, memory, None))


def _handle_shortage(rule: Rule, step: Step, memory: Memory, message: Message) -> Reaction:
    if step.refusal is None:
        raise InsufficientBalance(f"{step.source} is short, and {step.name} may not be refused")
    if message.may_wait and not LOCK_RETRY.is_last(message.attempt):
        raise InsufficientBalance(HELD_BY_ANOTHER)
    if step.refusal.event not in step.retry.non_retryable_error_types and not step.retry.is_last(message.attempt):
        raise InsufficientBalance(step.refusal.reason)
    return _refuse(rule, step, memory, step.refusal.reason)


def _refuse(rule: Rule, step: Step, memory: Memory, reason: str) -> Reaction:
    fact = Fact(FactKind.STEP_REJECTED, rule.actor, step=step.name, verb=Verb.DO, reason=reason)
    return Reaction(memory, facts=(fact,)).then(_send(rule.refuses, memory, step.name))


def _abandon(rule: Rule, step: Step, memory: Memory, reason: str) -> Reaction:
    """Rejects a step for another reason than that of its refusal, and does not say that it was refused."""
    fact = Fact(FactKind.STEP_REJECTED, rule.actor, step=step.name, verb=Verb.ABANDON, reason=reason)
    return Reaction(memory, facts=(fact,)).then(_send(rule.gives_up, memory, step.name))


def _undo(rule: Rule, step: Step, memory: Memory, order: Order, because: str | None) -> Reaction:
    if step.name not in memory.applied:
        fact = Fact(FactKind.NOTHING_TO_UNDO, rule.actor, step=step.name, verb=Verb.UNDO, because=because)
        return Reaction(memory, facts=(fact,)).then(_send(rule.has_nothing, memory, because))
    posting = Posting(step.service, step.target, step.source, _amount(step, order))
    if memory.balances[posting.source] < posting.amount:
        raise InsufficientBalance(f"{posting.source} is short, and undoing {step.name} may not be refused")
    memory = _posted(memory, posting)
    fact = Fact(FactKind.STEP_COMPENSATED, rule.actor, step=step.name, verb=Verb.UNDO, posting=posting, because=because)
    return Reaction(memory, postings=(posting,), facts=(fact,)).then(_send(rule.emits, memory, because))


def _amount(step: Step, order: Order) -> int:
    return order.amount(SERVICE[step.service].account(step.source).unit)


def _posted(memory: Memory, posting: Posting) -> Memory:
    balances = dict(memory.balances)
    balances[posting.source] -= posting.amount
    balances[posting.target] += posting.amount
    return evolve(memory, balances=balances)


def _send(emissions: tuple[Emission, ...], memory: Memory, because: str | None, *, resend: bool = False) -> Reaction:
    """Sends what was not sent before; with `resend`, that as well."""
    new = tuple(emission for emission in emissions if resend or emission.name not in memory.sent)
    outgoing = tuple(Outgoing(e.name, e.kind, e.to, e.because or because, _after(e, memory)) for e in new)
    return Reaction(evolve(memory, sent=memory.sent + tuple(e.name for e in new)), outgoing=outgoing)


def _resend(emissions: tuple[Emission, ...], memory: Memory, because: str | None) -> Reaction:
    """Sends again what was sent before, and nothing else."""
    known = tuple(emission for emission in emissions if emission.name in memory.sent)
    return _send(known, memory, because, resend=True)


def _after(emission: Emission, memory: Memory) -> float:
    """Returns the wait in seconds: doubled each time the same timer is set, since a late service may be overloaded."""
    return emission.after * 2.0 ** min(memory.sent.count(emission.name), MAX_DOUBLINGS)


def without_inbox_record(plan: Plan, actor: str, message: Message, memory: Memory) -> Memory:
    """Returns the memory that an actor without an inbox has: this message was never handled here."""
    if message.message_id not in memory.handled:
        return memory
    rules, pair = plan.rules_on(actor, message.name), (plan.heard_as(message.name), message.because)
    keys, names = {rule.key for rule in rules}, {e.name for rule in rules for e in rule.possible_emissions}
    return evolve(
        memory,
        heard=tuple(one for one in memory.heard if one != pair),
        handled=tuple(ident for ident in memory.handled if ident != message.message_id),
        fired=tuple(key for key in memory.fired if key not in keys),
        sent=tuple(name for name in memory.sent if name not in names),
    )
