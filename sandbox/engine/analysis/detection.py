"""Finds how soon an actor noticed what went wrong in a run.

What goes wrong is the first fault that struck or message that was lost; without either, the first refusal or failed
attempt. It is noticed by the first fact that is there because of it. Which that can be depends on what a fault does:

- transient, compensation-fails: the attempt fails, which its actor knows at once.
- crash-before-work: the message is delivered again, since it was not acknowledged.
- crash-after-commit, crash-after-publish, duplicate: the second copy is recognised. Without an inbox it is not.
- lost: a timeout fires. The message itself leaves no trace.
- slow, timeout-after-effect, down: a timeout fires before the message or its answer is handled. If the message is
  handled first, it was late, and no actor noticed.
- out-of-order: as for slow; or the message that was overtaken is skipped, because its undo was handled first.

To notice is not to repair: a second copy is recognised also where, without an outbox, the answer to the first was lost.
A refusal is noticed at once by the actor that refuses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.definitions.terms import FactKind
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact


@dataclass(frozen=True, slots=True)
class Detection:
    """What went wrong, the first fact that shows that an actor noticed, and the seconds from one to the other.

    Without a `cause` nothing went wrong; without `detected_by` no actor noticed.
    """

    cause: Fact | None = None
    detected_by: Fact | None = None
    after: float = 0.0


def detect(record: RunRecord) -> Detection:
    """Returns what went wrong in the run, if anything did, and how soon it was noticed."""
    struck = next(iter(record.of_kind(FactKind.FAULT_INJECTED, FactKind.MESSAGE_LOST)), None)
    if struck:
        return detection_of(record, struck)
    detected_by = next(iter(record.of_kind(*SELF_EVIDENT)), None)
    return Detection(detected_by, detected_by)


def detection_of(record: RunRecord, struck: Fact) -> Detection:
    """Returns how soon it was noticed that this fault struck, or that this message was lost."""
    detected_by = next(_detections(record, struck), None)
    return Detection(struck, detected_by, record.seconds(struck, detected_by) if detected_by else 0.0)


# The facts that are noticed by the actor that records them, without a fault before them.
SELF_EVIDENT = (
    FactKind.STEP_REJECTED,
    FactKind.ATTEMPT_FAILED,
    FactKind.MESSAGE_REDELIVERED,
    FactKind.STEP_TIMED_OUT,
    FactKind.MESSAGE_DEAD,
)
# The facts by which a receiver shows that it noticed something about that very message.
RECEIVER_FACTS = {
    FactKind.ATTEMPT_FAILED,
    FactKind.MESSAGE_REDELIVERED,
    FactKind.DUPLICATE_IGNORED,
    FactKind.STEP_SKIPPED,
    FactKind.MESSAGE_DEAD,
}
# The facts that follow when a timeout fires that was not cancelled.
TIMEOUT_FACTS = {FactKind.STEP_TIMED_OUT, FactKind.MESSAGE_SENT}
NETWORK_FACTS = {FactKind.FAULT_INJECTED, FactKind.MESSAGE_LOST, FactKind.MESSAGE_DELAYED, FactKind.MESSAGE_COPIED}

Key = tuple[int | None, str, int]


def _key(fact: Fact) -> Key:
    return fact.message, fact.actor, fact.copy or 1


def _detections(record: RunRecord, struck: Fact) -> Iterator[Fact]:
    """Yields the facts that are due to the fault, in their order. All facts of one transition have the same time."""
    names = {fact.message: fact.name for fact in record.of_kind(FactKind.MESSAGE_SENT)}
    timeouts = {(rule.actor, name) for rule in record.plan.rules if rule.unless for name in rule.on}
    missing = {_key(f) for f in record.facts if f.kind in NETWORK_FACTS and f.at == struck.at}
    concerned = {(message, receiver) for message, receiver, _ in missing}
    for fact in record.facts:
        if fact.kind is FactKind.MESSAGE_HANDLED:
            missing.discard(_key(fact))
        if fact.seq <= struck.seq:
            continue
        is_recognised = fact.kind in RECEIVER_FACTS and (fact.message or fact.caused_by, fact.actor) in concerned
        is_timeout = fact.kind in TIMEOUT_FACTS and (fact.actor, names.get(fact.caused_by)) in timeouts
        if is_recognised or (is_timeout and missing):
            yield fact
