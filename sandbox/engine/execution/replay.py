"""Rebuilds an actor's memory from the journal: decides again about every message it handled, without any effect."""

from collections.abc import Mapping, Sequence

from sandbox.definitions.model import Order, Step
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Guarantee, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.handling import message_of, result_of
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Message
from sandbox.engine.execution.react import Reaction, give_up, react, without_inbox_record
from sandbox.engine.execution.settings_history import settings_at
from sandbox.engine.plan.model import Plan


class Diverged(RuntimeError):
    """Raised when today's rules decide differently from what the journal records."""


def replay(
    plan: Plan,
    settings: RunSettings,
    actor: str,
    facts: Sequence[Fact],
    *,
    balances: Mapping[str, int] | None = None,
) -> Memory:
    """Returns the memory of `actor` after these facts of a run. `balances` are the opening ones of its accounts.

    Each message is decided about under the settings that held then; `settings` are those at the last of the facts.

    Raises Diverged when the rules have changed since the run.
    """
    sent = {fact.message: fact for fact in facts if fact.kind is FactKind.MESSAGE_SENT}
    memory = Memory(balances=dict(balances or {}))
    for fact in facts:
        if fact.actor != actor or fact.kind not in REMEMBERED:
            continue
        message = message_of(sent[fact.message])
        recorded = [f for f in facts if f.actor == actor and f.caused_by == fact.message and f.at == fact.at]
        if any(f.kind is FactKind.SANDBOX_FAILED for f in recorded):
            continue  # it left no trace in the memory
        if Guarantee.INBOX in settings_at(settings, facts, fact.seq).off:
            memory = without_inbox_record(plan, actor, message, memory)
        reaction = _reaction(plan, actor, fact, recorded, memory, settings.order, sent)
        names = [o.name for o in reaction.outgoing]
        sent_names = [str(f.name) for f in recorded if f.kind is FactKind.MESSAGE_SENT]
        # Older journals name in its place the message that another one stands for today.
        if not set(map(plan.heard_as, sent_names)) <= set(map(plan.heard_as, names)):
            raise Diverged(f"fact {fact.seq}: {actor} sent {', '.join(sent_names)}, and would now send {names}")
        memory = result_of(plan, message, actor, reaction, seq=fact.seq, at=fact.at).memories[actor]
        memory = evolve(memory, timers=tuple(timer for timer in memory.timers if timer[0] in sent))
    return memory


REMEMBERED = {FactKind.MESSAGE_HANDLED, FactKind.MESSAGE_DEAD}


def _reaction(
    plan: Plan,
    actor: str,
    fact: Fact,
    recorded: Sequence[Fact],
    memory: Memory,
    order: Order,
    sent: Mapping[int | None, Fact],
) -> Reaction:
    message = message_of(sent[fact.message])
    refused = next((f for f in recorded if f.kind is FactKind.STEP_REJECTED), None)
    if any(f.kind in {FactKind.ATTEMPT_FAILED, FactKind.MESSAGE_REDELIVERED} for f in recorded):
        return give_up(plan, actor, message, memory, str(refused and refused.reason)) or Reaction(memory)
    if refused and refused.verb is Verb.DO:
        message = _found_short(plan.saga.step(str(refused.step)), message)
    return react(plan, actor, message, memory, order)


def _found_short(step: Step, message: Message) -> Message:
    """Returns the message as at the last attempt at a step that was refused, for whichever order took what it needs."""
    return evolve(message, attempt=max(step.retry.maximum_attempts, 1), short=frozenset({step.source}))
