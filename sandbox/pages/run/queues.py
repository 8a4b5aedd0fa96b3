"""Shows each actor's outbox, queue and inbox, and how long messages took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR, SERVICE, title
from sandbox.definitions.terms import FactKind
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.run_state import DELAYS
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.engine.projection.liveness import RuntimeSnapshot
from sandbox.render.text.format import brief

ICONS = {CUSTOMER: "user", ORCHESTRATOR: "workflow"}


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A message, in words: where it goes or comes from, and what is special about it."""

    name: str
    way: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A duration of the messages that one actor has handled: the run's median, and the last one's; empty if unknown."""

    name: str
    median: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class QueueView:
    """An actor's outbox, queue and inbox.

    What has left an outbox is in its receiver's queue until the receiver has handled it. `ready` and `taken` count what
    the broker holds for the actor at this moment, of all runs and of this one; None when nobody has looked.
    """

    actor: str
    title: str
    icon: str
    outbox: tuple[QueueItem, ...]
    queue: tuple[QueueItem, ...]
    ready: int | None
    taken: int | None
    handled: int
    last: str
    duplicates: int
    gone: tuple[QueueItem, ...]
    waits: tuple[Wait, ...]


def queues(board: Board, facts: Sequence[Fact], runtime: RuntimeSnapshot | None = None) -> tuple[QueueView, ...]:
    """Returns the queues of every actor, from the board, the facts so far, and a runtime snapshot if there is one."""
    by_seq = {fact.seq: fact for fact in facts}
    return tuple(_queue_view(actor, board, by_seq, runtime) for actor in board.plan.actors)


def _queue_view(actor: str, board: Board, facts: Mapping[int, Fact], runtime: RuntimeSnapshot | None) -> QueueView:
    deliveries = board.deliveries.values()
    in_flight = [delivery for delivery in deliveries if delivery.in_flight]
    mine = [delivery for delivery in deliveries if delivery.receiver == actor]
    handled = sorted((delivery for delivery in mine if delivery.handled), key=lambda delivery: delivery.handled or 0)
    return QueueView(
        actor,
        title(actor),
        SERVICE[actor].icon if actor in SERVICE else ICONS[actor],
        outbox=tuple(_outgoing(d, board) for d in in_flight if d.sender == actor and not _has_left(d, board, runtime)),
        queue=tuple(_incoming(d) for d in in_flight if d.receiver == actor and _has_left(d, board, runtime)),
        ready=runtime.queue_length(actor) if runtime and runtime.has_broker else None,
        taken=_taken(mine, runtime),
        handled=len(handled),
        last=handled[-1].name if handled else "",
        duplicates=sum(f.kind is FactKind.DUPLICATE_IGNORED and f.actor == actor for f in facts.values()),
        gone=tuple(_incoming(d, "given up" if d.dead else "lost") for d in mine if d.lost or d.dead),
        waits=tuple(_waits([delivery for delivery in handled if not delivery.is_timer], facts)),
    )


def _has_left(delivery: DeliveryView, board: Board, runtime: RuntimeSnapshot | None) -> bool:
    """Tells whether the message has left its outbox; without a runtime snapshot, whether it is due to leave."""
    status = (runtime.broker_statuses or {}).get(delivery.key) if runtime else None
    if status:
        return status.sent_at is not None
    return not delivery.held and board.at >= max(delivery.due, delivery.sent_at + (DELAYS[board.pace] or 0.0))


def _outgoing(delivery: DeliveryView, board: Board) -> QueueItem:
    if delivery.is_timer:
        return QueueItem(delivery.name, "to itself", "held" if delivery.held else "until it rings")
    is_put_back = any(fact.kind in PUT_BACK for fact in delivery.facts)
    return QueueItem(
        delivery.name, f"to {title(str(delivery.receiver))}", "held" if delivery.held else PUT_BACK_NOTE[is_put_back]
    )


PUT_BACK = {FactKind.ATTEMPT_FAILED, FactKind.MESSAGE_DELAYED}
PUT_BACK_NOTE = {True: "comes again later", False: ""}


def _incoming(delivery: DeliveryView, note: str = "") -> QueueItem:
    return QueueItem(
        delivery.name,
        "from itself" if delivery.is_timer else f"from {title(delivery.sender)}",
        note or _copied(delivery),
    )


def _copied(delivery: DeliveryView) -> str:
    return "a copy" if delivery.copy > 1 else ""


def _taken(deliveries: Iterable[DeliveryView], runtime: RuntimeSnapshot | None) -> int | None:
    if runtime is None or runtime.broker_statuses is None:
        return None
    broker_statuses = (runtime.broker_statuses.get(delivery.key) for delivery in deliveries)
    return sum(status is not None and status.taken_at is not None for status in broker_statuses)


def _waits(handled: Iterable[DeliveryView], facts: Mapping[int, Fact]) -> Iterable[Wait]:
    """Yields delivery, from sending to the beginning of the work; processing; and critical time, both together."""
    times = [
        (fact.at - delivery.sent_at, fact.took) for delivery in handled if (fact := facts.get(delivery.handled or 0))
    ]
    if times:
        timed = [(critical, took) for critical, took in times if took is not None]
        yield _wait("delivery", [critical - took for critical, took in timed])
        yield _wait("processing", [took for _, took in timed])
        yield _wait("critical", [critical for critical, _ in times])


def _wait(name: str, values: Sequence[float]) -> Wait:
    # Clocks of two machines may differ a little.
    durations = [max(value, 0.0) for value in values]
    return Wait(name, brief(median(durations)), brief(durations[-1])) if durations else Wait(name)
