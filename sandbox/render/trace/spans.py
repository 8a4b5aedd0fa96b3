"""Turns the facts of a run into the spans that tracing would record of it. Pure.

A trace has what the processes of a run could tell: that a message was sent, that somebody handled it, and what came of
it. What nobody could tell has no span: a message that was lost, and the work of a worker that died.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import ENDED, SETTLED, FactKind, MessageKind, SagaStatus
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact


class SpanKind(StrEnum):
    """The whole saga, a message that was sent, or an attempt to handle one."""

    SAGA = "saga"
    SEND = "send"
    PROCESS = "process"


ERRORS = frozenset(
    {
        FactKind.STEP_REJECTED,
        FactKind.STEP_TIMED_OUT,
        FactKind.ATTEMPT_FAILED,
        FactKind.MESSAGE_DEAD,
        FactKind.SANDBOX_FAILED,
    }
)
UNDOING = frozenset({FactKind.STEP_COMPENSATED, FactKind.NOTHING_TO_UNDO})
# What can come of handling a message, beside the messages that it sends.
OUTCOMES = UNDOING | {
    FactKind.STEP_COMPLETED,
    FactKind.STEP_REJECTED,
    FactKind.STEP_SKIPPED,
    FactKind.STEP_TIMED_OUT,
    FactKind.DUPLICATE_IGNORED,
    FactKind.SAGA_CLOSED,
}


@dataclass(frozen=True)
class Span:
    """Something that took time at one actor, recorded by `fact`; times in seconds since the epoch.

    `parent` is the key of the span that caused it. The message of an attempt waited from `since` until it began.
    `outcomes` are the facts that came of it; `attempt` counts the attempts at one delivery, from 1. `status` is that of
    the whole saga.
    """

    kind: SpanKind
    fact: Fact
    name: str
    begin: float
    end: float
    parent: str | None = None
    since: float | None = None
    outcomes: tuple[Fact, ...] = ()
    attempt: int = 1
    is_timer: bool = False
    status: SagaStatus = SagaStatus.RUNNING

    @property
    def key(self) -> str:
        """Returns a key that is unique in its run: "send-7"."""
        return f"{self.kind}-{self.fact.seq}"

    @property
    def actor(self) -> str:
        return self.fact.actor

    @property
    def duration(self) -> float:
        return self.end - self.begin

    @property
    def wait(self) -> float:
        """Returns the seconds that its message waited."""
        return 0.0 if self.since is None else self.begin - self.since

    @property
    def error(self) -> Fact | None:
        """Returns the fact that makes it an error: the last one, where an attempt failed and was the last as well."""
        return next((fact for fact in reversed(self.outcomes) if fact.kind in ERRORS), None)

    @property
    def is_error(self) -> bool:
        return self.error is not None or self.status in ENDED - SETTLED

    @property
    def is_undo(self) -> bool:
        return any(fact.kind in UNDOING for fact in self.outcomes)


def spans_of(facts: Iterable[Fact]) -> tuple[Span, ...]:
    """Returns the spans of a run with these facts, the whole saga first, then in the order in which they began.

    For example, where payment refuses in a choreography:

        saga     OrderPlaced        customer
        send     OrderPlaced        customer    caused by the saga
        process  OrderPlaced        order       caused by the send above
        send     OrderValidated     order       caused by the process above
        ...
        process  InventoryReserved  payment     an error: card declined
    """
    trace = _Trace()
    for fact in facts:
        trace.add(fact)
    root, *others = trace.spans.values()
    end = max([root.end, *(one.end for one in others)])
    return (evolve(root, end=end), *sorted(others, key=lambda one: (one.begin, one.fact.seq)))


class _Trace:
    """The spans of the facts so far, by key. `_since` is when each delivery last set out."""

    def __init__(self) -> None:
        self.spans: dict[str, Span] = {}
        self._root = ""
        self._sent_by: dict[int | None, str] = {}
        self._timers: set[int | None] = set()
        self._since: dict[tuple[int | None, str, int], float] = {}
        self._attempts: dict[tuple[int | None, str, int], int] = {}
        self._newest: dict[tuple[int | None, str], str] = {}

    def add(self, fact: Fact) -> None:
        if not self.spans:
            self._root = self._keep(Span(SpanKind.SAGA, evolve(fact, actor=CUSTOMER), "", fact.at, fact.at))
        ADD.get(fact.kind, _Trace.nothing)(self, fact)
        root = self.spans[self._root]
        self.spans[self._root] = evolve(root, end=max(root.end, fact.at))

    def nothing(self, fact: Fact) -> None:
        """Leaves out what no process could tell."""

    def sent(self, fact: Fact) -> None:
        parent = self._cause(fact)
        begin = max(fact.at, parent.begin)
        for receiver in fact.to or ():
            self._since[fact.message, receiver, 1] = begin
        if fact.message_kind is MessageKind.TIMER:  # an actor remembers it by itself: nothing is sent
            self._timers.add(fact.message)
            self._sent_by[fact.message] = parent.key
            return
        name = str(fact.name)
        self._sent_by[fact.message] = self._keep(Span(SpanKind.SEND, fact, name, begin, begin, parent.key))
        if fact.caused_by is None and not self.spans[self._root].name:
            self.spans[self._root] = evolve(self.spans[self._root], name=name)

    def copied(self, fact: Fact) -> None:
        self._since[fact.message, fact.actor, fact.copy or 1] = fact.at

    def attempted(self, fact: Fact) -> None:
        """Adds an attempt at a message; one that failed has the fact of that among its outcomes."""
        delivery = (fact.message, fact.actor, fact.copy or 1)
        parent = self.spans[self._sent_by.get(fact.message, self._root)]
        since = max(self._since.get(delivery, parent.begin), parent.begin)
        begin = max(fact.at - (fact.took or 0.0), since)
        end = max(fact.at, begin)
        self._attempts[delivery] = attempt = self._attempts.get(delivery, 0) + 1
        outcomes = () if fact.kind is FactKind.MESSAGE_HANDLED else (fact,)
        is_timer = fact.message in self._timers
        span = Span(SpanKind.PROCESS, fact, str(fact.name), begin, end, parent.key, since, outcomes, attempt, is_timer)
        self._newest[fact.message, fact.actor] = self._keep(span)
        self._since[delivery] = end

    def given_up(self, fact: Fact) -> None:
        """Adds to the attempt that failed at that moment; where a worker died in it, there is none to add to."""
        newest = self.spans.get(self._newest.get((fact.message, fact.actor), ""))
        if newest and newest.fact.at == fact.at:
            self.spans[newest.key] = evolve(newest, outcomes=(*newest.outcomes, fact))
        else:
            self.attempted(fact)

    def came_of(self, fact: Fact) -> None:
        cause = self._cause(fact)
        if cause.kind is SpanKind.PROCESS:
            self.spans[cause.key] = evolve(cause, outcomes=(*cause.outcomes, fact))

    def ended(self, fact: Fact) -> None:
        self.spans[self._root] = evolve(self.spans[self._root], status=fact.status or SagaStatus.RUNNING)

    def _cause(self, fact: Fact) -> Span:
        """Returns the newest attempt at the message that caused the fact; where it has none, what sent the message."""
        sender = self._sent_by.get(fact.caused_by, self._root)
        return self.spans[self._newest.get((fact.caused_by, fact.actor), sender)]

    def _keep(self, span: Span) -> str:
        self.spans[span.key] = span
        return span.key


ADD: dict[FactKind, Callable[[_Trace, Fact], None]] = {
    FactKind.MESSAGE_SENT: _Trace.sent,
    FactKind.MESSAGE_COPIED: _Trace.copied,
    FactKind.MESSAGE_HANDLED: _Trace.attempted,
    FactKind.ATTEMPT_FAILED: _Trace.attempted,
    FactKind.SANDBOX_FAILED: _Trace.attempted,
    FactKind.MESSAGE_DEAD: _Trace.given_up,
    FactKind.SAGA_ENDED: _Trace.ended,
    **dict.fromkeys(OUTCOMES, _Trace.came_of),
}
