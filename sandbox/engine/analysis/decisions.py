"""Derives from the facts which actor decided what was done and undone."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.terms import FactKind, MessageKind, Verb
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Decision:
    """Says that `by` decided that `actor` does or undoes `step`; `trigger` is the name of the message that started it.

    The receiver of a command has no choice, so its sender decided. The receiver of an event decides itself.
    """

    step: str
    verb: Verb
    actor: str
    by: str
    trigger: str

    @property
    def is_own(self) -> bool:
        """Returns whether the actor decided for itself."""
        return self.by == self.actor


def decisions(record: RunRecord, verb: Verb) -> tuple[Decision, ...]:
    """Returns the decisions to do the steps that were done or refused, or to undo those that were, in their order."""
    return tuple(dict.fromkeys(_decided(record, verb)))


ACTS = {
    Verb.DO: (FactKind.STEP_COMPLETED, FactKind.STEP_REJECTED),
    Verb.UNDO: (FactKind.STEP_COMPENSATED,),
}


def _decided(record: RunRecord, verb: Verb) -> Iterator[Decision]:
    sent = {fact.message: fact for fact in record.of_kind(FactKind.MESSAGE_SENT)}
    for fact in record.of_kind(*ACTS[verb]):
        cause = _trigger(fact, sent)
        if cause and fact.step and not _abandons(record.plan, fact.actor, str(cause.name)):
            is_commanded = cause.message_kind is MessageKind.COMMAND
            yield Decision(fact.step, verb, fact.actor, cause.actor if is_commanded else fact.actor, str(cause.name))


def _trigger(fact: Fact, sent: dict[int | None, Fact]) -> Fact | None:
    """Returns the message that started the step; after a wait, the one that started the wait."""
    cause = sent.get(fact.caused_by)
    while cause and cause.message_kind is MessageKind.TIMER:
        cause = sent.get(cause.caused_by)
    return cause


def _abandons(plan: Plan, actor: str, name: str) -> bool:
    """Returns whether the actor abandons a step when it receives that message."""
    return any(rule.verb is Verb.ABANDON and name in rule.on for rule in plan.rules_of(actor))
