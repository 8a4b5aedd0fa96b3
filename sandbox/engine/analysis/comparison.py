"""Compares two runs line by line. Every value comes from their facts and rules."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.definitions.terms import FactKind, MessageKind, SagaStatus, Verb
from sandbox.engine.analysis.decisions import Decision, decisions
from sandbox.engine.analysis.detection import Detection, detect
from sandbox.engine.analysis.invariants import judge
from sandbox.engine.analysis.local_views import actors_knowing_the_flow
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact


@dataclass(frozen=True, slots=True)
class Actors:
    """Some of a run's actors, in the order in which the line names them."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hops:
    """The sender and receiver of each message that arrived."""

    taken: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions of a run, each with the actor that made it."""

    each: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The titles of the guarantees that were broken, and of those that are if the run stays as it is."""

    titles: tuple[str, ...]
    if_final: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration; None while it is not over."""

    value: float | None


Value = int | tuple[str, ...] | SagaStatus | Actors | Hops | Decided | Broken | Seconds | Detection


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One property to compare two runs by. An `exclusive` one gives names: only those that the other run lacks.

    `set_by` says which settings of the sandbox its value depends on, where a difference is not one of style alone.
    """

    name: str
    title: str
    of: Callable[[RunRecord], Value]
    exclusive: bool = False
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A line with its values in both runs."""

    line: ComparisonLine
    one: Value
    other: Value


def compare(one: RunRecord, other: RunRecord) -> tuple[ComparisonRow, ...]:
    """Returns every line with its two values. A run that has not ended is compared by its facts so far."""
    return tuple(_row(line, line.of(one), line.of(other)) for line in LINES)


def _row(line: ComparisonLine, one: Value, other: Value) -> ComparisonRow:
    if line.exclusive and isinstance(one, tuple) and isinstance(other, tuple):
        return ComparisonRow(line, tuple(n for n in one if n not in other), tuple(n for n in other if n not in one))
    return ComparisonRow(line, one, other)


def _sent(record: RunRecord) -> tuple[Fact, ...]:
    return tuple(f for f in record.of_kind(FactKind.MESSAGE_SENT) if f.message_kind is not MessageKind.TIMER)


def _names(record: RunRecord) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(fact.name) for fact in _sent(record)))


def _hops(record: RunRecord) -> Hops:
    senders = {fact.message: fact.actor for fact in _sent(record)}
    handled = record.of_kind(FactKind.MESSAGE_HANDLED)
    return Hops(tuple((senders[f.message], f.actor) for f in handled if f.message in senders))


def _queues(record: RunRecord) -> Actors:
    return Actors(tuple(dict.fromkeys(fact.actor for fact in record.of_kind(FactKind.MESSAGE_HANDLED))))


def _timers(record: RunRecord) -> int:
    return len(record.of_kind(FactKind.MESSAGE_SENT)) - len(_sent(record))


def _failed(record: RunRecord) -> int:
    return len(record.of_kind(FactKind.ATTEMPT_FAILED))


def _redelivered(record: RunRecord) -> int:
    """Returns how often a message was delivered again: sent again, or as a second copy."""
    copies = [fact for fact in record.of_kind(FactKind.MESSAGE_HANDLED) if fact.copy]
    return len(record.of_kind(FactKind.MESSAGE_REDELIVERED)) + len(copies)


def _duration(record: RunRecord) -> Seconds:
    return Seconds(record.seconds(record.facts[0], record.facts[-1]) if record.board.is_ended else None)


def _undone(record: RunRecord) -> tuple[str, ...]:
    steps = map(record.plan.saga.step, record.board.compensations)
    return tuple(step.undo.name for step in steps if step.undo)


def _broken(record: RunRecord) -> Broken:
    findings = judge(record)
    return Broken(
        tuple(finding.invariant.title for finding in findings if finding.violation),
        tuple(finding.invariant.title for finding in findings if finding.if_final),
    )


LINES: tuple[ComparisonLine, ...] = (
    ComparisonLine("status", "How it ended", lambda record: record.board.status),
    ComparisonLine("decided-next", "Who decided what came next", lambda record: Decided(decisions(record, Verb.DO))),
    ComparisonLine("decided-undo", "Who decided what was undone", lambda record: Decided(decisions(record, Verb.UNDO))),
    ComparisonLine("undone", "Undone, in this order", _undone),
    ComparisonLine(
        "knows-all", "Who knows the whole flow", lambda record: Actors(actors_knowing_the_flow(record.plan))
    ),
    ComparisonLine(
        "noticed",
        "Time to detect what went wrong",
        detect,
        set_by="a deadline for the order and a timeout for each step, of lengths that it has chosen",
    ),
    ComparisonLine("laws", "Guarantees broken", _broken),
    ComparisonLine("messages", "Messages sent", lambda record: len(_sent(record))),
    ComparisonLine("only", "Messages only here", _names, exclusive=True),
    ComparisonLine("hops", "Hops, from sender to receiver", _hops),
    ComparisonLine("queues", "Queues touched", _queues),
    ComparisonLine("timers", "Timers set", _timers),
    ComparisonLine("failed", "Attempts that failed", _failed),
    ComparisonLine("again", "Delivered more than once", _redelivered),
    ComparisonLine(
        "duration", "From start to end, at this pace", _duration, set_by="the pace is the same for each message"
    ),
)
