"""What one actor does with one message. Pure: the same rules, message and memory always give the same reaction."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.model import Order, Step
from sandbox.definitions.registry import SERVICE
from sandbox.definitions.terms import SETTLED, FactKind, MessageKind, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Fact, Message, Outgoing, Posting
from sandbox.engine.plan.model import Emission, Plan, Rule

MOST_DOUBLINGS = 5


class StepFailure(Exception):
    """What the work of a step may fail of. The attempt is written down, and the step's retry policy says what follows.

    Any other exception is a bug of the sandbox, and no service's failure.
    """


class InsufficientBalance(StepFailure):
    """What may not be refused, or not yet, found its account short: to be tried again."""


@dataclass(frozen=True)
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
    """The reaction of `actor` to `message`, at most one effect however often it comes.

    A second copy has no effect. What is asked anew is answered as it was before, for the answer may have been lost.
    Raises InsufficientBalance when what may not be refused, a retriable step or an undo, cannot be done now.
    """
    pair = (message.name, message.because)
    is_copy = message.message_id in memory.handled
    is_timer = message.kind is MessageKind.TIMER
    if is_copy or (pair in memory.heard and not is_timer):
        return _heard_before(plan, actor, message, memory, is_copy)
    handled = (*memory.handled, message.message_id)
    reaction = Reaction(evolve(memory, heard=(*memory.heard, pair), handled=handled))
    for rule in plan.rules_on(actor, message.name):
        if _fires(rule, message, reaction.memory):
            reaction = reaction.then(_fire(plan, rule, message, reaction.memory, order))
    return _remembering_answers(plan, actor, message, reaction)


def _remembering_answers(plan: Plan, actor: str, message: Message, reaction: Reaction) -> Reaction:
    """The reaction, its answers known to the memory where the message may come anew."""
    if (actor, message.name) not in plan.reemittable:
        return reaction
    answers = tuple((message.name, out.name, out.because) for out in reaction.outgoing)
    return evolve(reaction, memory=evolve(reaction.memory, answered=(*reaction.memory.answered, *answers)))


def give_up(plan: Plan, actor: str, message: Message, memory: Memory, reason: str) -> Reaction | None:
    """What follows when every attempt to handle `message` has failed, or None when nobody would act upon it.

    A step that may be refused is refused. That an undo failed is told to whoever listens.
    """
    knowing = evolve(
        memory,
        heard=(*memory.heard, (message.name, message.because)),
        handled=(*memory.handled, message.message_id),
    )
    rule = next((r for r in plan.rules_on(actor, message.name) if r.verb and _fires(r, message, knowing)), None)
    if rule is None or rule.step is None:
        return None
    if rule.verb is Verb.DO and rule.refuses:
        refusing = evolve(knowing, fired=(*memory.fired, rule.key))
        reaction = _refuse(rule, plan.saga.step(rule.step), refusing, reason)
        return _remembering_answers(plan, actor, message, reaction)
    return _send(rule.gives_up, memory, message.because, anew=True) if rule.gives_up else None


def settled(plan: Plan, actor: str, memory: Memory) -> tuple[int, ...]:
    """The actor's timers that need not ring any more: what they were to wait for has come, or does not matter."""
    names = {name for name, _ in memory.heard}
    return tuple(
        ident
        for ident, timer in memory.timers
        if all(_is_moot(rule, names, memory) for rule in plan.rules_on(actor, timer))
    )


def _is_moot(rule: Rule, names: set[str], memory: Memory) -> bool:
    too_late = memory.backward and (not rule.because or rule.watches is not None)
    return too_late or memory.closed in SETTLED or not names.isdisjoint(rule.unless)


def _heard_before(plan: Plan, actor: str, message: Message, memory: Memory, is_copy: bool) -> Reaction:
    fact = Fact(FactKind.DUPLICATE_IGNORED, actor, name=message.name)
    if is_copy:
        return Reaction(memory, facts=(fact,))
    memory = evolve(memory, handled=(*memory.handled, message.message_id))
    outgoing = tuple(dict.fromkeys(_answers(plan, actor, message.name, memory)))
    return Reaction(memory, facts=(fact,), outgoing=outgoing)


def _answers(plan: Plan, actor: str, name: str, memory: Memory) -> Iterator[Outgoing]:
    """What was sent upon the message of that name; instead of a timer that has rung since, what was sent upon that."""
    said = {answer: because for asked, answer, because in memory.answered if asked == name}
    for emission in (e for rule in plan.rules_on(actor, name) for e in rule.possible_emissions if e.name in said):
        yield from tuple(_answers(plan, actor, emission.name, memory)) or (
            Outgoing(emission.name, emission.kind, emission.to, said[emission.name], emission.after),
        )


def _fires(rule: Rule, message: Message, memory: Memory) -> bool:
    """Whether a rule on this message fires now."""
    if rule.key in memory.fired and not rule.repeats:
        return False
    if rule.because and message.because not in rule.because:
        return False
    if rule.unless and not {name for name, _ in memory.heard}.isdisjoint(rule.unless):
        return False
    # What goes back is told for one setback, and is good for all: two refusals would else wait for each other.
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
        return _refuse(rule, step, memory, "the order's deadline has passed")
    return _undo(rule, step, memory, order, message.because)


def _skip(rule: Rule, memory: Memory) -> Reaction:
    """A late do after its undo: the tombstone wins, and nothing is applied."""
    facts = (Fact(FactKind.STEP_SKIPPED, rule.actor, step=rule.step, verb=rule.verb),) if rule.step else ()
    return Reaction(evolve(memory, fired=(*memory.fired, rule.key)), facts=facts)


def _decide(plan: Plan, rule: Rule, memory: Memory, message: Message) -> Reaction:
    say = _send_again if rule.repeats else _send
    sent = _noticed(plan, rule, memory).then(say(rule.emits, memory, message.because))
    if rule.ends is None or memory.closed in SETTLED:
        return sent
    closed = Fact(FactKind.SAGA_CLOSED, rule.actor, status=rule.ends)
    return sent.then(Reaction(evolve(sent.memory, closed=rule.ends), facts=(closed,)))


def _noticed(plan: Plan, rule: Rule, memory: Memory) -> Reaction:
    """The fact that a step's silence has lasted too long, for a rule that watches over it."""
    if rule.watches is None:
        return Reaction(memory)
    back = rule.because[0] if rule.because else None
    fact = Fact(FactKind.STEP_TIMED_OUT, rule.actor, step=rule.watches, name=rule.on[0], because=back)
    return Reaction(memory, facts=(fact,))


def _do(rule: Rule, step: Step, memory: Memory, order: Order, message: Message) -> Reaction:
    amount = _amount(step, order)
    if memory.balances[step.source] < amount:
        return _fall_short(rule, step, memory, message)
    posting = Posting(step.service, step.source, step.target, amount)
    memory = evolve(_booked(memory, posting), applied=(*memory.applied, step.name))
    fact = Fact(FactKind.STEP_COMPLETED, rule.actor, step=step.name, verb=Verb.DO, posting=posting)
    return Reaction(memory, postings=(posting,), facts=(fact,)).then(_send(rule.emits, memory, None))


def _fall_short(rule: Rule, step: Step, memory: Memory, message: Message) -> Reaction:
    if step.refusal is None:
        raise InsufficientBalance(f"{step.source} is short, and {step.name} may not be refused")
    if step.refusal.event not in step.retry.non_retryable_error_types and not step.retry.is_last(message.attempt):
        raise InsufficientBalance(step.refusal.reason)
    return _refuse(rule, step, memory, step.refusal.reason)


def _refuse(rule: Rule, step: Step, memory: Memory, reason: str) -> Reaction:
    fact = Fact(FactKind.STEP_REJECTED, rule.actor, step=step.name, verb=Verb.DO, reason=reason)
    return Reaction(memory, facts=(fact,)).then(_send(rule.refuses, memory, step.name))


def _undo(rule: Rule, step: Step, memory: Memory, order: Order, because: str | None) -> Reaction:
    if step.name not in memory.applied:
        fact = Fact(FactKind.NOTHING_TO_UNDO, rule.actor, step=step.name, verb=Verb.UNDO, because=because)
        return Reaction(memory, facts=(fact,)).then(_send(rule.emits, memory, because))
    posting = Posting(step.service, step.target, step.source, _amount(step, order))
    if memory.balances[posting.source] < posting.amount:
        raise InsufficientBalance(f"{posting.source} is short, and undoing {step.name} may not be refused")
    memory = _booked(memory, posting)
    fact = Fact(FactKind.STEP_COMPENSATED, rule.actor, step=step.name, verb=Verb.UNDO, posting=posting, because=because)
    return Reaction(memory, postings=(posting,), facts=(fact,)).then(_send(rule.emits, memory, because))


def _amount(step: Step, order: Order) -> int:
    return order.amount(SERVICE[step.service].account(step.source).unit)


def _booked(memory: Memory, posting: Posting) -> Memory:
    balances = dict(memory.balances)
    balances[posting.source] -= posting.amount
    balances[posting.target] += posting.amount
    return evolve(memory, balances=balances)


def _send(emissions: tuple[Emission, ...], memory: Memory, because: str | None, *, anew: bool = False) -> Reaction:
    """Sends what was not sent before; with `anew`, that as well."""
    new = tuple(emission for emission in emissions if anew or emission.name not in memory.sent)
    outgoing = tuple(Outgoing(e.name, e.kind, e.to, e.because or because, _after(e, memory)) for e in new)
    return Reaction(evolve(memory, sent=memory.sent + tuple(e.name for e in new)), outgoing=outgoing)


def _send_again(emissions: tuple[Emission, ...], memory: Memory, because: str | None) -> Reaction:
    """Sends anew what was sent before, and nothing whose turn has not come."""
    known = tuple(emission for emission in emissions if emission.name in memory.sent)
    return _send(known, memory, because, anew=True)


def _after(emission: Emission, memory: Memory) -> float:
    """How long it waits: twice as long each time the same timer is set anew, for whoever is late may be swamped."""
    return emission.after * 2.0 ** min(memory.sent.count(emission.name), MOST_DOUBLINGS)


def without_inbox_record(plan: Plan, actor: str, message: Message, memory: Memory) -> Memory:
    """The memory of an actor without an inbox: it does not know that this very message was handled here before."""
    if message.message_id not in memory.handled:
        return memory
    rules = plan.rules_on(actor, message.name)
    keys, names = {rule.key for rule in rules}, {e.name for rule in rules for e in rule.possible_emissions}
    return evolve(
        memory,
        heard=tuple(pair for pair in memory.heard if pair != (message.name, message.because)),
        handled=tuple(ident for ident in memory.handled if ident != message.message_id),
        fired=tuple(key for key in memory.fired if key not in keys),
        sent=tuple(name for name in memory.sent if name not in names),
    )
