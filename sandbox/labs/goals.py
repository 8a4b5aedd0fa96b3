"""The goals of experiments: functions on the record of a run, or of two, that say whether the experiment has worked.

A goal that is not reached yet, or cannot be, is False. A new one is one function and its name in a tuple at the end,
here, in `delivery_goals` or, of two runs, in `comparison_goals`; experiments use that name with hyphens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.definitions.registry import ORCHESTRATOR, SAGA
from sandbox.definitions.terms import FactKind, MessageKind, SagaStatus, Style, Verb
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.local_views import actors_knowing_the_flow
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.plan.compiler import plan_named
from sandbox.labs.comparison_goals import COMPARISON_GOALS
from sandbox.labs.delivery_goals import DELIVERY_GOALS
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
    senders_before,
    sent_before_the_first_undo,
)

# Choreography.


def no_message_names_its_receiver(run: RunRecord) -> bool:
    return {hop.kind for hop in run.plan.hops} == {MessageKind.EVENT} and not actors_knowing_the_flow(run.plan)


def nobody_handles_half_of_the_messages(run: RunRecord) -> bool:
    return 0 < busiest(run)[0] < len(actors_handling(run)) / 2


def three_services_are_asked_for_one_reason(run: RunRecord) -> bool:
    return senders_before(run, "InventoryReleased")[:3] == ["inventory", "payment", "fulfilment"]


def nobody_knows_where_the_order_is(run: RunRecord) -> bool:
    """No actor knows it right after the charge. An orchestrator would a moment later, when it receives the reply."""
    return ORCHESTRATOR not in run.plan.actors and actors_knowing_after_the_charge(run) == []


def others_have_to_listen_to_something_new(run: RunRecord) -> bool:
    """Compares with the order without a fraud check, in the same style."""
    if run.plan.style not in SAGA["order"].styles:
        return False
    before = plan_named("order", run.plan.style)
    received = received_by(run.plan, "payment")
    new = received_by(run.plan, "inventory") - received_by(before, "inventory")
    return "FraudChecked" in received and "InventoryReserved" not in received and "FraudSuspected" in new


# Orchestration.


def only_the_orchestrator_speaks_of_every_step(run: RunRecord) -> bool:
    return actors_knowing_the_flow(run.plan) == (ORCHESTRATOR,)


def the_orchestrator_alone_knows_where_the_order_is(run: RunRecord) -> bool:
    return actors_right_after(run, FactKind.MESSAGE_HANDLED, "CustomerCharged") == [ORCHESTRATOR]


def one_component_commands_three_undos(run: RunRecord) -> bool:
    return deciders(run, Verb.UNDO) == [ORCHESTRATOR] * 3


def every_message_passes_the_orchestrator(run: RunRecord) -> bool:
    return all_pass_the_orchestrator(run.plan)


def it_waits_and_nothing_is_lost(run: RunRecord) -> bool:
    late = first_of(run, FactKind.MESSAGE_DELAYED)
    done = [fact.seq for fact in run.of_kind(FactKind.STEP_COMPLETED)]
    return is_completed(run) and late is not None and done[1] < late.seq < done[2]


def the_orchestrator_handles_six_messages_of_an_order(run: RunRecord) -> bool:
    return run.plan.style is Style.ORCHESTRATION and busiest(run) == (6, ORCHESTRATOR)


# The hybrid.


def nobody_commands_packing(run: RunRecord) -> bool:
    made = {one.step: one for one in decisions(run, Verb.DO)}
    if not {"pack-shipment", "pick-items", "print-label"} <= made.keys():
        return False
    return made["pack-shipment"].is_own and made["pick-items"].by == made["print-label"].by == ORCHESTRATOR


# Sagas.


def charge_and_refund_are_in_the_ledger(run: RunRecord) -> bool:
    merchant = [entry.amount for entry in run.entries if (entry.service, entry.account) == ("payment", "merchant")]
    price = run.order.quantity * run.order.unit_price
    return merchant == [price, -price]


def what_was_refused_is_not_undone(run: RunRecord) -> bool:
    return names_of(run, FactKind.STEP_COMPENSATED) == ["reserve-inventory", "validate-order"]


def the_undo_ran_although_the_charge_may_have_been_made(run: RunRecord) -> bool:
    charged = first_of(run, FactKind.STEP_COMPLETED, "charge-customer")
    timed_out, undone = first_of(run, FactKind.STEP_TIMED_OUT), first_of(run, FactKind.STEP_COMPENSATED)
    if charged is None or timed_out is None or undone is None:
        return False
    return charged.seq < timed_out.seq < undone.seq and undone.step == "charge-customer"


def all_undos_start_together(run: RunRecord) -> bool:
    return {"RefundCustomer", "ReleaseInventory", "CancelOrder"} <= sent_before_the_first_undo(run)


def a_human_is_needed(run: RunRecord) -> bool:
    return run.board.status is SagaStatus.COMPENSATION_FAILED


def it_goes_on_from_its_history(run: RunRecord) -> bool:
    return first_of(run, FactKind.HISTORY_REPLAYED) is not None and is_completed(run)


def nobody_waits_for_the_mail(run: RunRecord) -> bool:
    return run.board.status is SagaStatus.STUCK and not run.board.compensations


# The three kinds of step.


def every_step_that_has_an_undo_is_undone(run: RunRecord) -> bool:
    return set(run.board.compensations) == {step.name for step in run.plan.saga.steps if step.undo}


def the_pivot_refuses_and_no_mail_is_sent(run: RunRecord) -> bool:
    pivot = run.plan.saga.pivot
    is_refused = pivot is not None and names_of(run, FactKind.STEP_REJECTED) == [pivot.name]
    return is_refused and not run.balance("notification", "sent")


def a_silent_pivot_is_asked_again_and_nothing_is_undone(run: RunRecord) -> bool:
    pivot, recognised = run.plan.saga.pivot, first_of(run, FactKind.DUPLICATE_IGNORED)
    if pivot is None or recognised is None or names_of(run, FactKind.STEP_TIMED_OUT) != [pivot.name]:
        return False
    is_posted_once = recognised.actor == "fulfilment" and run.balance("fulfilment", "scheduled") == 1
    return is_posted_once and nothing_is_undone(run)


def it_is_tried_more_often_than_any_earlier_step(run: RunRecord) -> bool:
    most = max(step.retry.maximum_attempts for step in run.plan.saga.steps)
    return len(run.of_kind(FactKind.ATTEMPT_FAILED)) >= most and is_completed(run)


def it_is_late_and_nothing_is_undone(run: RunRecord) -> bool:
    return first_of(run, FactKind.MESSAGE_DELAYED) is not None and nothing_is_undone(run)


def nothing_is_undone(run: RunRecord) -> bool:
    return is_completed(run) and not run.board.compensations


def two_undos_run_side_by_side(run: RunRecord) -> bool:
    return {"RefundCustomer", "ReleaseInventory"} <= sent_before_the_first_undo(run)


OF_ONE_RUN: tuple[Callable[[RunRecord], bool], ...] = (
    no_message_names_its_receiver,
    nobody_handles_half_of_the_messages,
    three_services_are_asked_for_one_reason,
    nobody_knows_where_the_order_is,
    others_have_to_listen_to_something_new,
    only_the_orchestrator_speaks_of_every_step,
    the_orchestrator_alone_knows_where_the_order_is,
    one_component_commands_three_undos,
    every_message_passes_the_orchestrator,
    it_waits_and_nothing_is_lost,
    the_orchestrator_handles_six_messages_of_an_order,
    nobody_commands_packing,
    charge_and_refund_are_in_the_ledger,
    what_was_refused_is_not_undone,
    the_undo_ran_although_the_charge_may_have_been_made,
    all_undos_start_together,
    a_human_is_needed,
    it_goes_on_from_its_history,
    nobody_waits_for_the_mail,
    every_step_that_has_an_undo_is_undone,
    the_pivot_refuses_and_no_mail_is_sent,
    a_silent_pivot_is_asked_again_and_nothing_is_undone,
    it_is_tried_more_often_than_any_earlier_step,
    it_is_late_and_nothing_is_undone,
    two_undos_run_side_by_side,
    *DELIVERY_GOALS,
)


@dataclass(frozen=True, slots=True)
class Goal:
    """What an experiment has to show. `runs` is the number of runs that it takes."""

    name: str
    runs: int
    is_reached: Callable[..., bool]

    @property
    def words(self) -> str:
        """Returns the goal as a sentence without its full stop."""
        return self.name.replace("-", " ").capitalize()

    def reached(self, records: Sequence[RunRecord]) -> bool:
        """Returns whether these are as many runs as it takes, and show it."""
        return len(records) == self.runs and self.is_reached(*records)


def goals_of(runs: int, functions: Sequence[Callable[..., bool]]) -> list[Goal]:
    return [Goal(function.__name__.replace("_", "-"), runs, function) for function in functions]


GOALS: Mapping[str, Goal] = {goal.name: goal for goal in (*goals_of(1, OF_ONE_RUN), *goals_of(2, COMPARISON_GOALS))}
