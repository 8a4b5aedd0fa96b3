"""How soon somebody noticed what went wrong in a run.

What goes wrong is the first fault that struck or message that was lost; without either, the first refusal or failed
attempt. It is noticed by the first fact that is there because of it. Which that can be depends on what a fault does:

- transient, compensation-fails: the attempt fails, and whoever makes it knows at once.
- crash-before-work: the message comes again, since nobody answered for it.
- crash-after-commit, crash-after-publish, duplicate: the second copy is recognised. Without an inbox it is not.
- lost: somebody's alarm rings. The message itself never tells.
- slow, timeout-after-effect, down: somebody's alarm rings before the message is handled, or the answer to it. If it
  comes first, it was late, and nobody noticed.
- out-of-order: as for slow; or the message that was overtaken is skipped, for its undo came first.

Noticed is not mended: a second copy is recognised as well where, without an outbox, the answer to the first was lost.
A refusal is noticed by whoever refuses, at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.terms import FactKind
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.messages import Fact


@dataclass(frozen=True, slots=True)
class Detection:
    """What went wrong, the first fact by which somebody acts on it, and the seconds from the one to the other.

    Without a `cause` nothing went wrong; without a `detected_by` nobody noticed.
    """

    cause: Fact | None = None
    detected_by: Fact | None = None
    after: float = 0.0


def detect(record: RunRecord) -> Detection:
    """How soon somebody noticed what went wrong in the run, if anything did."""
    struck = next(iter(record.of_kind(FactKind.FAULT_INJECTED, FactKind.MESSAGE_LOST)), None)
    if struck is None:
        detected_by = next(iter(record.of_kind(*SELF_EVIDENT)), None)
        return Detection(detected_by, detected_by)
    detected_by = next(_detections(record, struck), None)
    return Detection(struck, detected_by, record.seconds(struck, detected_by) if detected_by else 0.0)


# What tells of itself, without a fault before it.
SELF_EVIDENT = (
    FactKind.STEP_REJECTED,
    FactKind.ATTEMPT_FAILED,
    FactKind.MESSAGE_REDELIVERED,
    FactKind.STEP_TIMED_OUT,
    FactKind.MESSAGE_DEAD,
)
# What a message's receiver notices on that very message.
RECOGNISED = {
    FactKind.ATTEMPT_FAILED,
    FactKind.MESSAGE_REDELIVERED,
    FactKind.DUPLICATE_IGNORED,
    FactKind.STEP_SKIPPED,
    FactKind.MESSAGE_DEAD,
}
# What follows of an alarm that rings and is not settled.
ALARMED = {FactKind.STEP_TIMED_OUT, FactKind.MESSAGE_SENT}
TROUBLE = {FactKind.FAULT_INJECTED, FactKind.MESSAGE_LOST, FactKind.MESSAGE_DELAYED, FactKind.MESSAGE_COPIED}

Key = tuple[int | None, str, int]


def _key(fact: Fact) -> Key:
    return fact.message, fact.actor, fact.copy or 1


def _detections(record: RunRecord, struck: Fact) -> Iterator[Fact]:
    """The facts that are there because of the fault, in their order. What one change brings about is at one time."""
    names = {fact.message: fact.name for fact in record.of_kind(FactKind.MESSAGE_SENT)}
    alarms = {(rule.actor, name) for rule in record.plan.rules if rule.unless for name in rule.on}
    missing = {_key(f) for f in record.facts if f.kind in TROUBLE and f.at == struck.at}
    concerned = {(message, receiver) for message, receiver, _ in missing}
    for fact in record.facts:
        if fact.kind is FactKind.MESSAGE_HANDLED:
            missing.discard(_key(fact))
        if fact.seq <= struck.seq:
            continue
        is_recognised = fact.kind in RECOGNISED and (fact.message or fact.caused_by, fact.actor) in concerned
        is_alarmed = fact.kind in ALARMED and (fact.actor, names.get(fact.caused_by)) in alarms
        if is_recognised or (is_alarmed and missing):
            yield fact
