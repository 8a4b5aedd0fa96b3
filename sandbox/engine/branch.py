"""A run begun again from one of its facts: what was so far is taken over, and from there on it goes its own way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sandbox.definitions.terms import DeliveryState, FactKind
from sandbox.engine.board import Arrow
from sandbox.engine.faults import Fault
from sandbox.engine.folding import fold
from sandbox.engine.messages import Fact
from sandbox.engine.replay import replay
from sandbox.engine.trip import Change, Trip
from sandbox.engine.turn import Dispatch, entries_of, message_of, opening_entries, openings


class NoBranch(ValueError):
    """A fact from which a run cannot be begun again; the message says why."""


def branch(trip: Trip, facts: Sequence[Fact], *, upto: int, refused: str | None, now: float) -> Change:
    """The first change of a run that is, up to fact `upto`, the run of these facts; its time goes on `now`.

    What was done at once stays together: the cut is made where the change that fact `upto` belongs to was complete.
    Raises NoBranch when the run was over by then, or fact `upto` does not exist. Raises Diverged as `replay` does.
    """
    if not 1 <= upto <= len(facts):
        raise NoBranch(f"fact {upto} does not exist; the run has facts 1 to {len(facts)}")
    cut = next((f.seq - 1 for f in facts[upto:] if f.at != facts[upto - 1].at), len(facts))
    shift = now - facts[cut - 1].at
    taken = tuple(replace(fact, at=fact.at + shift) for fact in facts[:cut])
    board = fold(trip.plan, taken)
    if board.is_ended or any(fact.kind is FactKind.SAGA_ENDED for fact in taken):
        raise NoBranch(f"the run was over at fact {upto}; choose an earlier one")
    opened = openings(trip.plan, trip.order, refused)
    memories = {
        actor: replay(trip.plan, trip.order, actor, taken, balances=opened.get(actor), without=trip.without)
        for actor in trip.plan.actors[1:]
    }
    sent = {fact.message: fact for fact in taken if fact.kind is FactKind.MESSAGE_SENT}
    new = tuple(
        _dispatch(trip, arrow, sent[arrow.message], now)
        for arrow in board.arrows.values()
        if arrow.receiver and not arrow.settled
    )
    faults = tuple(_as_of(fault, taken) for fault in trip.faults if not fault.by_hand)
    entries = (*opening_entries(opened), *entries_of(taken))
    return Change(taken, new=new, entries=entries, memories=memories, faults=faults)


def _dispatch(trip: Trip, arrow: Arrow, sent: Fact, now: float) -> Dispatch:
    failed = sum(fact.kind is FactKind.ATTEMPT_FAILED for fact in arrow.outcome)
    again = sum(fact.kind is FactKind.MESSAGE_REDELIVERED for fact in arrow.outcome)
    wait = max(arrow.due - now, 0.0)
    open_state = DeliveryState.PENDING
    done = DeliveryState.HANDLED if arrow.handled else DeliveryState.LOST if arrow.lost else DeliveryState.DEAD
    return Dispatch(
        message_of(sent),
        str(arrow.receiver),
        arrow.copy,
        open_state if arrow.in_flight else done,
        trip.release_at(now, wait) if arrow.in_flight else None,
        attempts=failed,
        redeliveries=again,
        after=sent.after or 0.0,
    )


def _as_of(fault: Fault, facts: Sequence[Fact]) -> Fault:
    """The fault as often as it had struck, and spared, by then."""
    counted = Counter(f.kind for f in facts if f.reason == str(fault))
    injected, spared = counted[FactKind.FAULT_INJECTED], counted[FactKind.FAULT_SPARED]
    return replace(fault, injected=injected, spared=spared, until=0.0)
