"""Queries of a run's record that several goals share."""

from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import FactKind, SagaStatus, Verb
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.local_views import local_views
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.fold import fold


def names_of(run: RunRecord, kind: FactKind) -> list[str]:
    """Returns what the facts of that kind are about: the step, or else the message."""
    return [str(fact.step or fact.name) for fact in run.of_kind(kind)]


def first_of(run: RunRecord, kind: FactKind, name: str = "") -> Fact | None:
    return next((fact for fact in run.of_kind(kind) if not name or name in (fact.name, fact.step)), None)


def taken_and_given_back(run: RunRecord, step: str) -> tuple[Fact | None, Fact | None]:
    """Returns the facts by which a step first took effect and was first undone; None for what has not happened."""
    return first_of(run, FactKind.STEP_COMPLETED, step), first_of(run, FactKind.STEP_COMPENSATED, step)


def since_arrival(run: RunRecord, fact: Fact) -> float:
    """Returns the seconds from the arrival of the customer's order, handled or struck, to a later fact.

    Two runs that were started together compare so, also one that was simulated.
    """
    return fact.at - next(one.at for one in run.facts if one.caused_by is not None)


def actors_right_after(run: RunRecord, kind: FactKind, name: str) -> list[str] | None:
    """Returns the actors that knew the whole state right after the first such fact; None if there is none."""
    if (last := first_of(run, kind, name)) is None:
        return None
    facts = [fact for fact in run.facts if fact.seq <= last.seq]
    board = fold(run.plan, facts)
    return [one.actor for one in local_views(run.plan, facts) if one.is_right(board)]


def actors_knowing_after_the_charge(run: RunRecord) -> list[str] | None:
    return actors_right_after(run, FactKind.STEP_COMPLETED, "charge-customer")


def actors_knowing_while_waiting(run: RunRecord) -> list[str] | None:
    """Returns those that knew it when the first step began to wait for its time."""
    waiting = {f"{step.do.command}Due" for step in run.plan.saga.steps if step.wait}
    begun = next((fact for fact in run.of_kind(FactKind.MESSAGE_SENT) if fact.name in waiting), None)
    return actors_right_after(run, FactKind.MESSAGE_SENT, str(begun.name)) if begun else None


def senders_before(run: RunRecord, name: str) -> list[str]:
    """Returns the senders of the message of that name and of its causes, back to the customer."""
    sent = {fact.message: fact for fact in run.of_kind(FactKind.MESSAGE_SENT)}
    fact, found = next((fact for fact in sent.values() if fact.name == name), None), []
    while fact:
        found.append(fact.actor)
        fact = sent.get(fact.caused_by)
    return found


def actors_handling(run: RunRecord) -> list[str]:
    """Returns the actor of each handled message."""
    return [fact.actor for fact in run.of_kind(FactKind.MESSAGE_HANDLED)]


def busiest(run: RunRecord) -> tuple[int, str]:
    """Returns the largest number of messages that one actor handled, and that actor."""
    actors = actors_handling(run)
    return max(((actors.count(actor), actor) for actor in set(actors)), default=(0, ""))


def deciders(run: RunRecord, verb: Verb) -> list[str]:
    return [made.by for made in decisions(run, verb)]


def sent_before_the_first_undo(run: RunRecord) -> set[str]:
    first = first_of(run, FactKind.STEP_COMPENSATED)
    return {str(fact.name) for fact in run.of_kind(FactKind.MESSAGE_SENT) if first and fact.seq < first.seq}


def received_by(plan: Plan, actor: str) -> set[str]:
    return {hop.name for hop in plan.hops if hop.receiver == actor}


def all_pass_the_orchestrator(plan: Plan) -> bool:
    """Returns whether every message comes from the orchestrator or goes to it."""
    return all(ORCHESTRATOR in (hop.sender, hop.receiver) for hop in plan.hops)


def is_completed(run: RunRecord) -> bool:
    return run.board.status is SagaStatus.COMPLETED
