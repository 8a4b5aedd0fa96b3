"""The goals of experiments with two runs: `one` is shown first, `other` beside it."""

from collections.abc import Callable

from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import FactKind, SagaStatus, Verb
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.labs.delivery_goals import (
    an_effect_happens_twice,
    it_is_done_and_never_told,
    one_charge_although_it_came_twice,
    the_crash_changes_nothing,
)
from sandbox.labs.record_queries import (
    actors_handling,
    actors_knowing_after_the_charge,
    actors_right_after,
    all_pass_the_orchestrator,
    busiest,
    deciders,
    first_of,
    is_completed,
    names_of,
    received_by,
)

DAY = 86_400

# `one` is a choreography, `other` an orchestration.


def each_service_decides_or_the_orchestrator_all(one: RunRecord, other: RunRecord) -> bool:
    return len(set(deciders(one, Verb.DO))) == 5 and deciders(other, Verb.DO) == [ORCHESTRATOR] * 5


def services_hear_each_other_or_the_orchestrator(one: RunRecord, other: RunRecord) -> bool:
    return ORCHESTRATOR not in one.plan.actors and all_pass_the_orchestrator(other.plan)


def only_in_one_of_them_somebody_knows(one: RunRecord, other: RunRecord) -> bool:
    known = actors_right_after(other, FactKind.MESSAGE_SENT, "ScheduleFulfilment") or []
    return actors_knowing_after_the_charge(one) == [] and ORCHESTRATOR in known


def three_reasons_or_one(one: RunRecord, other: RunRecord) -> bool:
    return len(set(deciders(one, Verb.UNDO))) == 3 and set(deciders(other, Verb.UNDO)) == {ORCHESTRATOR}


def the_same_is_undone_by_others(one: RunRecord, other: RunRecord) -> bool:
    is_same = one.board.compensations == other.board.compensations != ()
    return is_same and set(deciders(one, Verb.UNDO)) != set(deciders(other, Verb.UNDO))


def about_twice_as_many_messages_and_half_of_them_in_one_queue(one: RunRecord, other: RunRecord) -> bool:
    most, actor = busiest(other)
    fewer, more = len(actors_handling(one)), len(actors_handling(other))
    return (fewer, more) == (6, 11) and actor == ORCHESTRATOR and most > more / 2


def both_undo_everything_after_three_days(one: RunRecord, other: RunRecord) -> bool:
    def came_back(run: RunRecord) -> bool:
        return len(run.board.compensations) == 3 and run.seconds(run.facts[0], run.facts[-1]) >= 3 * DAY

    return came_back(one) and came_back(other)


def the_deadline_gives_up_or_the_orchestrator_asks_again(one: RunRecord, other: RunRecord) -> bool:
    """In one only the order's deadline notices, and all is undone; in the other the command is sent once more."""
    noticed = [str(fact.name) for fact in one.of_kind(FactKind.STEP_TIMED_OUT)]
    is_given_up = noticed == ["OrderDeadline"] and one.board.status is SagaStatus.COMPENSATED
    sent = [fact.name for fact in other.of_kind(FactKind.MESSAGE_SENT)]
    is_asked_again = names_of(other, FactKind.STEP_TIMED_OUT) == ["schedule-fulfilment"]
    return is_given_up and is_asked_again and sent.count("ScheduleFulfilment") == 2 and is_completed(other)


def fulfilment_waits_for_both_or_the_orchestrator_does(one: RunRecord, other: RunRecord) -> bool:
    both = {"InventoryReserved", "CustomerCharged"}
    is_own = both <= _handled_before(one, "fulfilment", FactKind.STEP_COMPLETED, "schedule-fulfilment")
    joined = _handled_before(other, ORCHESTRATOR, FactKind.MESSAGE_SENT, "ScheduleFulfilment")
    return is_own and both <= joined and not both & received_by(other.plan, "fulfilment")


# `one` has a guarantee that `other` lacks.


def a_copy_does_nothing_or_charges_again(one: RunRecord, other: RunRecord) -> bool:
    return one_charge_although_it_came_twice(one) and an_effect_happens_twice(other)


def the_crash_changes_nothing_or_the_charge_is_never_told(one: RunRecord, other: RunRecord) -> bool:
    return the_crash_changes_nothing(one) and it_is_done_and_never_told(other)


def _handled_before(run: RunRecord, actor: str, kind: FactKind, name: str) -> set[str]:
    """Returns the messages that the actor handled before the first such fact; none if there is no such fact."""
    last = first_of(run, kind, name)
    handled = run.of_kind(FactKind.MESSAGE_HANDLED) if last else ()
    return {str(fact.name) for fact in handled if last and fact.actor == actor and fact.seq < last.seq}


COMPARISON_GOALS: tuple[Callable[[RunRecord, RunRecord], bool], ...] = (
    each_service_decides_or_the_orchestrator_all,
    services_hear_each_other_or_the_orchestrator,
    only_in_one_of_them_somebody_knows,
    three_reasons_or_one,
    the_same_is_undone_by_others,
    about_twice_as_many_messages_and_half_of_them_in_one_queue,
    both_undo_everything_after_three_days,
    the_deadline_gives_up_or_the_orchestrator_asks_again,
    fulfilment_waits_for_both_or_the_orchestrator_does,
    a_copy_does_nothing_or_charges_again,
    the_crash_changes_nothing_or_the_charge_is_never_told,
)
