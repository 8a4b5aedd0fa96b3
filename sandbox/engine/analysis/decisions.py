"""Who decided what was done, and who what was undone, as the facts tell it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.terms import FactKind, MessageKind, Verb
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.messages import Fact
from sandbox.engine.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Decision:
    """`by` decided that `actor` does or undoes `step`; `heard` is the message that set it going.

    Whoever is commanded had no choice, so the sender of the command decided. Whoever hears an event decides alone
    what follows of it.
    """

    step: str
    verb: Verb
    actor: str
    by: str
    heard: str

    @property
    def is_own(self) -> bool:
        """Whether the actor decided for itself."""
        return self.by == self.actor


def decisions(record: RunRecord, verb: Verb) -> tuple[Decision, ...]:
    """The steps that were done or refused, or those that were undone, and who decided each; in their order."""
    return tuple(dict.fromkeys(_decided(record, verb)))


ACTS = {
    Verb.DO: (FactKind.STEP_COMPLETED, FactKind.STEP_REJECTED),
    Verb.UNDO: (FactKind.STEP_COMPENSATED,),
}


def _decided(record: RunRecord, verb: Verb) -> Iterator[Decision]:
    sent = {fact.message: fact for fact in record.of_kind(FactKind.MESSAGE_SENT)}
    for fact in record.of_kind(*ACTS[verb]):
        cause = _set_going(fact, sent)
        if cause and fact.step and not _gives_up(record.plan, fact.actor, str(cause.name)):
            is_commanded = cause.message_kind is MessageKind.COMMAND
            yield Decision(fact.step, verb, fact.actor, cause.actor if is_commanded else fact.actor, str(cause.name))


def _set_going(fact: Fact, sent: dict[int | None, Fact]) -> Fact | None:
    """The message upon which it was done; after a wait, the one upon which the wait began."""
    cause = sent.get(fact.caused_by)
    while cause and cause.message_kind is MessageKind.TIMER:
        cause = sent.get(cause.caused_by)
    return cause


def _gives_up(plan: Plan, actor: str, name: str) -> bool:
    """Whether the actor gives a step up when it hears that, instead of trying it."""
    return any(rule.verb is Verb.ABANDON and name in rule.on for rule in plan.rules_of(actor))
