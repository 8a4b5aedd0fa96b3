"""Whether a fault could have an effect where it was placed: the run is rehearsed, and the fault has to strike."""

from collections.abc import Sequence
from contextlib import suppress

from sandbox.definitions.records import Order
from sandbox.definitions.terms import Guarantee, MessageKind, Phase, Verb
from sandbox.engine.faults import BadFault, Fault, parse_fault
from sandbox.engine.frozen import changed
from sandbox.engine.plan import Plan
from sandbox.engine.rehearsal import LONGEST, Rehearsal
from sandbox.engine.trip import Trip


def check_placements(
    plan: Plan, faults: Sequence[Fault], *, order: Order, refused: str, without: frozenset[Guarantee]
) -> None:
    """Raises BadFault for the first fault that names no place of the plan, or would never strike, and says why."""
    for fault in faults:
        _check_place(plan, fault)
    if not faults:
        return
    trip = Trip(plan, order, without=without, faults=tuple(faults))
    for placed, fault in zip(faults, _rehearsed(trip, refused), strict=True):
        if not fault.injected:
            alone = _rehearsed(changed(trip, faults=(placed,)), refused)[0].injected
            why = "the other faults keep it from striking" if alone else _why(plan, fault)
            raise BadFault(f"fault {str(fault)!r} could have no effect: {why}")


def fitting(
    plan: Plan, faults: Sequence[str], *, order: Order, refused: str, without: frozenset[Guarantee]
) -> tuple[str, ...]:
    """Those of the faults, as they are written, that could each have an effect in this plan."""
    found = []
    for fault in faults:
        with suppress(BadFault):
            check_placements(plan, [parse_fault(fault)], order=order, refused=refused, without=without)
            found.append(fault)
    return tuple(found)


def _rehearsed(trip: Trip, refused: str) -> tuple[Fault, ...]:
    """The faults once each has struck, or the run is over; without its guarantees, a run may go on for ever."""
    run = Rehearsal(trip, refused=refused or None)
    for _ in range(LONGEST):
        if not run.in_flight or all(fault.injected for fault in run.trip.faults):
            break
        run.deliver(run.in_flight[0])
    return run.trip.faults


def _check_place(plan: Plan, fault: Fault) -> None:
    steps, actors = [step.name for step in plan.saga.steps], plan.actors[1:]
    messages = dict.fromkeys(hop.name for hop in plan.hops)
    if fault.at not in {*steps, *actors, *messages}:
        raise BadFault(
            f"fault {str(fault)!r}: {plan.saga.name} in {plan.style} has no step, actor or message {fault.at!r}; "
            f"its steps are {', '.join(steps)}, its actors {', '.join(actors)}, its messages {', '.join(messages)}"
        )


def _why(plan: Plan, fault: Fault) -> str:
    if fault.spared:
        return f"{fault.at} comes to that {'once' if fault.spared == 1 else f'{fault.spared} times'} only in this run"
    step = next((s for s in plan.saga.steps if s.name == fault.at), None)
    if fault.type.verb is Verb.UNDO and step and step.undo is None:
        return f"{step.name} has no undo"
    if fault.type.verb is Verb.UNDO:
        return f"nothing undoes {fault.at} in this run; let a later step be refused as well"
    if fault.type.phase is Phase.ANSWERING and step and not _is_told(plan, step.do.done):
        return f"nobody waits for {step.do.done}, so nobody can notice that it is late"
    if fault.type.phase is Phase.SENDING:
        return f"no message of {fault.at} is on its way in this run"
    return f"{fault.at} handles nothing of that kind in this run"


def _is_told(plan: Plan, name: str) -> bool:
    return any(hop.name == name and hop.kind is not MessageKind.TIMER for hop in plan.hops)
