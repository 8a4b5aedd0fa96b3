"""Finds by simulating the run whether a fault could strike where it is placed, and says why if not."""

from collections.abc import Sequence
from functools import cache, lru_cache

from sandbox.definitions.faults import BadFault, Fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import MessageKind, Phase, Verb
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.simulator import Simulator

# Deliveries within which a fault has to strike. In 100,000 random runs with up to eight faults, the last fault to
# strike did so at the 105th message; without an inbox, copies of copies may never end.
STRIKES_WITHIN = 300
# From this time on, which never comes, a fault strikes that is only to count what it could strike.
SPARED_ALWAYS = 10**9


def check_placements(plan: Plan, faults: Sequence[Fault], settings: RunSettings) -> None:
    """Raises BadFault, with the reason, for the first fault that names no place of the plan or would never strike."""
    for fault in faults:
        check_place(plan, fault.at, f"fault {str(fault)!r}: ")
    if found := why_unreachable(RunState(plan, settings, faults=tuple(faults))):
        fault, why = found
        raise BadFault(f"fault {str(fault)!r} could have no effect: {why}")


def applicable(plan: Plan, faults: Sequence[Fault], settings: RunSettings) -> tuple[Fault, ...]:
    """Returns those of the faults that can each have an effect in this plan, given the others."""
    kept = tuple(fault for fault in faults if _has_place(plan, fault))
    run_state = RunState(plan, settings)
    while found := why_unreachable(evolve(run_state, faults=kept)):
        kept = tuple(fault for fault in kept if fault != found[0])
    return kept


@lru_cache(maxsize=1024)
def kinds_at(plan: Plan, at: str, settings: RunSettings) -> dict[str, str]:
    """Returns for every kind of fault why it could have no effect at that place, or "" if it could.

    The faults of the settings are placed as well. Raises BadFault for a place that the plan does not have.
    """
    check_place(plan, at)
    run_state = RunState(plan, settings)
    found = {kind: why_unreachable(evolve(run_state, faults=(*settings.fault, Fault(kind, at)))) for kind in FAULT}
    return {kind: reason[1] if reason else "" for kind, reason in found.items()}


def fault_places(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Returns where faults can be placed: the plan's steps, its actors and its messages.

    A message that stands for another has the other's place.
    """
    steps = tuple(step.name for step in plan.saga.steps)
    return steps, plan.actors[1:], tuple(dict.fromkeys(hop.name for hop in plan.hops if not hop.stands_for))


def check_place(plan: Plan, at: str, prefix: str = "") -> None:
    """Raises BadFault, naming the valid ones, for a place that the plan does not have."""
    steps, actors, messages = fault_places(plan)
    if at not in {*steps, *actors, *messages}:
        raise BadFault(
            f"{prefix}{plan.saga.name} in {plan.style} has no step, actor or message {at!r}; "
            f"its steps are {', '.join(steps)}, its actors {', '.join(actors)}, its messages {', '.join(messages)}"
        )


def check_known(plan: Plan, fault: Fault) -> None:
    """Raises BadFault, naming the places of this plan, for a fault that has no place in any saga."""
    if fault.at not in _all_places():
        check_place(plan, fault.at, f"fault {str(fault)!r}: ")


@cache
def _all_places() -> frozenset[str]:
    """Returns the places of all sagas in all styles."""
    plans = (compile_plan(saga, style) for saga in SAGA.values() for style in saga.styles)
    return frozenset(place for plan in plans for group in fault_places(plan) for place in group)


def _has_place(plan: Plan, fault: Fault) -> bool:
    return any(fault.at in group for group in fault_places(plan))


# Cached, so that settings are simulated once on their way from the setup page to the run.
@lru_cache(maxsize=1024)
def why_unreachable(run_state: RunState) -> tuple[Fault, str] | None:
    """Returns the first fault that would never strike, and why, or None."""
    if not run_state.faults:
        return None
    for placed, fault in zip(run_state.faults, _simulated(run_state), strict=True):
        if not fault.injected:
            others = len(run_state.faults) > 1 and _simulated(evolve(run_state, faults=(placed,)))[0].injected
            why = "the other faults keep it from striking" if others else _why(run_state.plan, fault, "in this run")
            return placed, why
    return None


def _simulated(run_state: RunState) -> tuple[Fault, ...]:
    """Returns the faults after a simulation that stops once each has struck, or after `STRIKES_WITHIN` deliveries."""
    run = Simulator(run_state)
    for _ in range(STRIKES_WITHIN):
        if not run.in_flight or all(fault.injected for fault in run.run_state.faults):
            break
        run.deliver(run.in_flight[0])
    return run.run_state.faults


def unreachable_from(run_state: RunState, first: Transition) -> dict[Fault, str]:
    """Returns for every kind of fault at every place why it could not strike after that transition, or "" if it could.

    One simulation finds all of them: it spares whatever each could strike, and counts that.
    """
    places = dict.fromkeys(place for group in fault_places(run_state.plan) for place in group)
    probes = tuple(Fault(kind, at, nth=SPARED_ALWAYS) for at in places for kind in FAULT)
    run = Simulator(run_state, first=evolve(first, faults=(*run_state.faults, *probes)))
    for _ in range(STRIKES_WITHIN):
        if not run.in_flight:
            break
        run.deliver(run.in_flight[0])
    found = run.run_state.faults[-len(probes) :]
    return {
        Fault(probe.kind, probe.at): "" if probe.spared else _why(run_state.plan, probe, "after this moment")
        for probe in found
    }


def _why(plan: Plan, fault: Fault, when: str) -> str:
    if fault.spared:
        return f"{fault.at} comes to that {'once' if fault.spared == 1 else f'{fault.spared} times'} only {when}"
    step = next((s for s in plan.saga.steps if s.name == fault.at), None)
    if fault.type.verb is Verb.UNDO and step and step.undo is None:
        return f"{step.name} has no undo"
    if fault.type.verb is Verb.UNDO:
        return f"nothing undoes {fault.at} {when}; let a later step be refused as well"
    if fault.type.phase is Phase.ANSWERING and step and not _is_sent(plan, step.do.done):
        return f"nobody waits for {step.do.done}, so nobody can notice that it is late"
    if fault.type.phase is Phase.SENDING:
        return f"no message of {fault.at} is sent {when}"
    return f"{fault.at} handles nothing of that kind {when}"


def _is_sent(plan: Plan, name: str) -> bool:
    return any(hop.name == name and hop.kind is not MessageKind.TIMER for hop in plan.hops)
