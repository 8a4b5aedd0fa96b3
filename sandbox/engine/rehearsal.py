"""A whole run in memory, through the same turns that the workers take: it computes answers, and replaces no run."""

from collections.abc import Callable, Sequence

from sandbox.definitions.records import Order
from sandbox.engine.board import fold, outcome
from sandbox.engine.laws import Evidence
from sandbox.engine.messages import Entry, Fact
from sandbox.engine.plan import Plan
from sandbox.engine.react import Memory
from sandbox.engine.turn import Dispatch, ended, open_saga, take_turn

Choice = Callable[[Sequence[Dispatch]], int]


def oldest_first(in_flight: Sequence[Dispatch]) -> int:
    """Delivers messages in the order in which they were sent."""
    return 0


def rehearse(
    plan: Plan, *, order: Order | None = None, refused: str | None = None, choose: Choice = oldest_first
) -> Evidence:
    """Runs `plan` to its end. `choose` says which of the messages in flight is delivered next, by its position.

    A negative position delivers that message (counted from the end, as Python does) and keeps it in flight as well.
    """
    order = order or Order()
    turn = open_saga(plan, order, refused=refused)
    facts: list[Fact] = list(turn.facts)
    entries: list[Entry] = list(turn.entries)
    in_flight = list(turn.dispatches)
    memories = dict(turn.memories)
    while in_flight:
        position = choose(in_flight)
        dispatch = in_flight[position] if position < 0 else in_flight.pop(position)
        memory = memories.get(dispatch.receiver, Memory())
        turn = take_turn(plan, order, dispatch.message, dispatch.receiver, memory, seq=len(facts) + 1, at=0.0)
        facts += turn.facts
        entries += turn.entries
        in_flight += turn.dispatches
        memories.update(turn.memories)
    facts.append(ended(outcome(fold(plan, facts)), seq=len(facts) + 1, at=0.0))
    return Evidence(plan, order, tuple(facts), tuple(entries))
