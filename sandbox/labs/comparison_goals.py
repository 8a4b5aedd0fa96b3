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
    since_arrival,
    taken_and_given_back,
)

DAY = 86_400

# `one` is a choreography, `other` an orchestration.


def each_service_decides_in_one_and_the_orchestrator_in_the_other(one: RunRecord, other: RunRecord) -> bool:
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


def the_deadline_gives_up_in_one_and_the_orchestrator_asks_again_in_the_other(one: RunRecord, other: RunRecord) -> bool:
    """In one only the order's deadline notices, and all is undone; in the other the command is sent once more."""
    noticed = [str(fact.name) for fact in one.of_kind(FactKind.STEP_TIMED_OUT)]
    is_given_up = noticed == ["OrderDeadline"] and one.board.status is SagaStatus.COMPENSATED
    sent = [fact.name for fact in other.of_kind(FactKind.MESSAGE_SENT)]
    is_asked_again = names_of(other, FactKind.STEP_TIMED_OUT) == ["schedule-fulfilment"]
    return is_given_up and is_asked_again and sent.count("ScheduleFulfilment") == 2 and is_completed(other)


def fulfilment_waits_for_both_in_one_and_the_orchestrator_in_the_other(one: RunRecord, other: RunRecord) -> bool:
    both = {"InventoryReserved", "CustomerCharged"}
    is_own = both <= _handled_before(one, "fulfilment", FactKind.STEP_COMPLETED, "schedule-fulfilment")
    joined = _handled_before(other, ORCHESTRATOR, FactKind.MESSAGE_SENT, "ScheduleFulfilment")
    return is_own and both <= joined and not both & received_by(other.plan, "fulfilment")


# `one` has a guarantee that `other` lacks.


def a_copy_does_nothing_in_one_and_charges_again_in_the_other(one: RunRecord, other: RunRecord) -> bool:
    return one_charge_although_it_came_twice(one) and an_effect_happens_twice(other)


def the_crash_changes_nothing_in_one_and_the_charge_is_never_reported_in_the_other(
    one: RunRecord, other: RunRecord
) -> bool:
    return the_crash_changes_nothing(one) and it_is_done_and_never_told(other)


# There is one item in stock for both orders, and `other` comes first.


def refused_for_an_item_that_comes_back(one: RunRecord, other: RunRecord) -> bool:
    """One is refused while the other holds the item, and the other gives it back."""
    refused = first_of(one, FactKind.STEP_REJECTED, "reserve-inventory")
    return refused is not None and _is_held_by(other, since_arrival(one, refused))


def the_lock_is_waited_for(one: RunRecord, other: RunRecord) -> bool:
    """One asks while the other holds the item, and gets it once the other has given it back."""
    asked = first_of(one, FactKind.ATTEMPT_FAILED, "reserve-inventory")
    return asked is not None and _is_held_by(other, since_arrival(one, asked)) and is_completed(one)


def _is_held_by(run: RunRecord, seconds: float) -> bool:
    """Returns whether a run held its item so many seconds after its order arrived, and gave it back later."""
    taken, given_back = taken_and_given_back(run, "reserve-inventory")
    if taken is None or given_back is None:
        return False
    return since_arrival(run, taken) < seconds < since_arrival(run, given_back)


def _handled_before(run: RunRecord, actor: str, kind: FactKind, name: str) -> set[str]:
    """Returns the messages that the actor handled before the first such fact; none if there is no such fact."""
    last = first_of(run, kind, name)
    handled = run.of_kind(FactKind.MESSAGE_HANDLED) if last else ()
    return {str(fact.name) for fact in handled if last and fact.actor == actor and fact.seq < last.seq}


COMPARISON_GOALS: tuple[Callable[[RunRecord, RunRecord], bool], ...] = (
    each_service_decides_in_one_and_the_orchestrator_in_the_other,
    services_hear_each_other_or_the_orchestrator,
    only_in_one_of_them_somebody_knows,
    three_reasons_or_one,
    the_same_is_undone_by_others,
    about_twice_as_many_messages_and_half_of_them_in_one_queue,
    both_undo_everything_after_three_days,
    the_deadline_gives_up_in_one_and_the_orchestrator_asks_again_in_the_other,
    fulfilment_waits_for_both_in_one_and_the_orchestrator_in_the_other,
    a_copy_does_nothing_in_one_and_charges_again_in_the_other,
    the_crash_changes_nothing_in_one_and_the_charge_is_never_reported_in_the_other,
    refused_for_an_item_that_comes_back,
    the_lock_is_waited_for,
)
