"""A run as the spans of a distributed trace: of the saga, and of each message sent, handled or tried in vain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import FactKind, MessageKind, SagaStatus
from sandbox.engine.execution.facts import Fact

# What happened at a message, and takes time, has a span. All other facts are events of a span.
HANDLINGS = {FactKind.MESSAGE_HANDLED, FactKind.ATTEMPT_FAILED, FactKind.DUPLICATE_IGNORED}
ERRORS = {FactKind.STEP_REJECTED, FactKind.STEP_TIMED_OUT, FactKind.MESSAGE_DEAD, FactKind.SANDBOX_FAILED}
WRONG_ENDS = {SagaStatus.STUCK, SagaStatus.COMPENSATION_FAILED, SagaStatus.SANDBOX_FAILED}


class SpanKind(IntEnum):
    """What a span is to the messages around it, with OpenTelemetry's numbers."""

    INTERNAL = 1
    PRODUCER = 4
    CONSUMER = 5


@dataclass(frozen=True)
class Span:
    """A part of a trace, made from fact `seq`, at `actor` from `start` until `end`, in seconds since the epoch.

    `parent` is the number of the span that it is a part of, None for that of the saga. `message` is the one that it
    sends or handles. `error` says what went wrong in it, "" if nothing did.
    """

    seq: int
    parent: int | None
    kind: SpanKind
    name: str
    actor: str
    start: float
    end: float
    message: int | None = None
    error: str = ""
    events: list[Fact] = field(default_factory=list)


def spans(facts: Sequence[Fact]) -> tuple[Span, ...]:
    """Returns the spans of a run, that of the saga first. Each fact has one, or is an event of one."""
    first = facts[0]
    found = {first.seq: _of_saga(facts)}
    sent: dict[int | None, int] = {}
    handled: dict[tuple[int | None, str], int] = {}
    for fact in facts[1:]:
        if fact.kind is FactKind.MESSAGE_SENT:
            parent = handled.get((fact.caused_by, fact.actor), first.seq)
            sent[fact.message] = fact.seq
            found[fact.seq] = _sending(fact, parent)
        elif fact.kind in HANDLINGS:
            parent = sent.get(_message(fact), first.seq)
            handled[_message(fact), fact.actor] = fact.seq
            found[fact.seq] = _handling(fact, parent, facts, after=found[parent].start)
        else:
            found[handled.get((fact.caused_by, fact.actor), first.seq)].events.append(fact)
    return tuple(found.values())


def _message(fact: Fact) -> int | None:
    return fact.caused_by if fact.message is None else fact.message


def _of_saga(facts: Sequence[Fact]) -> Span:
    """Returns the span of the whole saga, which contains all others."""
    ends = [fact.status for fact in facts if fact.kind is FactKind.SAGA_ENDED]
    error = str(ends[-1]) if ends and ends[-1] in WRONG_ENDS else ""
    start, end = facts[0].at, max(fact.at for fact in facts)
    return Span(facts[0].seq, None, SpanKind.INTERNAL, "saga", CUSTOMER, start, end, error=error)


def _sending(fact: Fact, parent: int) -> Span:
    verb = "set" if fact.message_kind is MessageKind.TIMER else "send"
    name = f"{verb} {fact.name}"
    return Span(fact.seq, parent, SpanKind.PRODUCER, name, fact.actor, fact.at, fact.at, fact.message)


def _handling(fact: Fact, parent: int, facts: Sequence[Fact], *, after: float) -> Span:
    """Returns the span of a message that was handled, ignored as a duplicate, or tried in vain."""
    start = max(after, fact.at - (fact.took or 0.0))
    name = f"process {_names(facts)[_message(fact)]}"
    wrong = [one for one in facts if one.kind in ERRORS and (one.caused_by, one.actor) == (_message(fact), fact.actor)]
    if fact.kind is FactKind.ATTEMPT_FAILED:
        error = fact.reason or str(fact.kind)
    elif fact.kind is FactKind.MESSAGE_HANDLED and wrong:
        error = wrong[0].reason or str(wrong[0].kind)
    else:
        error = ""
    return Span(fact.seq, parent, SpanKind.CONSUMER, name, fact.actor, start, fact.at, _message(fact), error)


def _names(facts: Sequence[Fact]) -> Mapping[int | None, str]:
    return {fact.message: str(fact.name) for fact in facts if fact.kind is FactKind.MESSAGE_SENT}
