"""What a lesson claims can be seen with the settings of its experiment: the engine says so for each."""

from html import unescape

import pytest

from sandbox.definitions.registry import EXPERIMENT
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import ExperimentPage, FactKind, MessageKind, SagaStatus, Verb
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.local_views import knowing_the_flow, local_views
from sandbox.engine.execution.faults import parse_fault
from sandbox.engine.plan.compiler import plan_named, plan_of
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.simulator import simulate
from sandbox.pages.load.form import LoadForm
from sandbox.run_settings import check_settings
from sandbox.templatetags.sandbox_tags import experiment


def asked(name):
    settings = RunSettings.from_pairs(EXPERIMENT[name].settings)
    check_settings(settings)
    return settings


def runs(name):
    """The runs that the experiment asks for, rehearsed."""
    return [
        simulate(plan_of(one), fail=one.fail or None, faults=list(map(parse_fault, one.fault)), without=one.off)
        for one in asked(name).each
    ]


def run(name):
    (only,) = runs(name)
    return only


def told(record, *kinds):
    return [str(fact.step or fact.name) for fact in record.of_kind(*kinds)]


def right_after(record, name, *kinds):
    """Who was right about all that had happened, once that had."""
    upto = next(fact.seq for fact in record.of_kind(*kinds) if name in (fact.name, fact.step))
    facts = [fact for fact in record.facts if fact.seq <= upto]
    board = fold(record.plan, facts)
    return [one.actor for one in local_views(record.plan, facts) if one.is_right(board)]


def causes(record, name):
    """The actors that one asks, from the message of that name back to the customer."""
    sent = {fact.message: fact for fact in record.of_kind(FactKind.MESSAGE_SENT)}
    fact, found = next(fact for fact in sent.values() if fact.name == name), []
    while fact:
        found.append(fact.actor)
        fact = sent.get(fact.caused_by)
    return found


def handled(style):
    """How many messages of an order are handled, by whomever."""
    return len(simulate(plan_named("order", style)).of_kind(FactKind.MESSAGE_HANDLED))


def handled_most(name):
    """For each style of a load, who handles the most messages of an order, and how many."""
    for style in load(name).styles:
        actors = [fact.actor for fact in simulate(plan_named("order", style)).of_kind(FactKind.MESSAGE_HANDLED)]
        yield style, max((actors.count(actor), actor) for actor in set(actors))


def load(name):
    form = LoadForm.of(EXPERIMENT[name].settings)
    assert form.is_valid(), form.errors
    return form.settings()


def sent_before_the_first_undo(record):
    first = record.of_kind(FactKind.STEP_COMPENSATED)[0].seq
    return {fact.name for fact in record.of_kind(FactKind.MESSAGE_SENT) if fact.seq < first}


def listens(style, saga, actor):
    plan = plan_named(saga, style)
    return {hop.name for hop in plan.hops if hop.receiver == actor}


def no_message_names_its_receiver():
    plan = run("loose-coupling").plan
    return {hop.kind for hop in plan.hops} == {MessageKind.EVENT} and not knowing_the_flow(plan)


def nobody_handles_every_message():
    ((_, (most, _)),) = handled_most("service-by-service")
    return most < 6 and load("service-by-service").helped == "payment"


def three_services_are_asked_for_one_reason():
    return causes(run("hard-debugging"), "InventoryReleased")[:3] == ["inventory", "payment", "fulfilment"]


def nobody_knows_where_the_order_is():
    return right_after(run("distributed-state"), "charge-customer", FactKind.STEP_COMPLETED) == []


def others_have_to_listen_to_something_new():
    style = run("event-proliferation").plan.style
    heard = {saga: listens(style, saga, "payment") for saga in ("order", "order-fraud")}
    known = {saga: listens(style, saga, "inventory") for saga in ("order", "order-fraud")}
    return (
        "FraudChecked" in heard["order-fraud"]
        and "InventoryReserved" not in heard["order-fraud"]
        and "FraudSuspected" in known["order-fraud"] - known["order"]
    )


def only_the_orchestrator_speaks_of_every_step():
    return knowing_the_flow(run("explicit-workflow").plan) == ("orchestrator",)


def the_orchestrator_alone_knows_where_the_order_is():
    return right_after(run("central-status"), "CustomerCharged", FactKind.MESSAGE_HANDLED) == ["orchestrator"]


def one_component_commands_three_undos():
    made = decisions(run("central-error-handling"), Verb.UNDO)
    return [one.by for one in made] == ["orchestrator"] * 3


def every_message_passes_the_orchestrator():
    hops = run("coupling-to-the-orchestrator").plan.hops
    return all("orchestrator" in (hop.sender, hop.receiver) for hop in hops)


def it_waits_and_nothing_is_lost():
    record = run("single-point-of-failure")
    late = [fact.seq for fact in record.of_kind(FactKind.MESSAGE_DELAYED)]
    done = [fact.seq for fact in record.of_kind(FactKind.STEP_COMPLETED)]
    return record.board.status == SagaStatus.COMPLETED and done[1] < late[0] < done[2]


def the_orchestrator_handles_six_messages_of_an_order():
    return dict(handled_most("scalability-bottleneck")) == {"orchestration": (6, "orchestrator")}


def each_service_decides_or_the_orchestrator_all():
    one, other = ({made.by for made in decisions(each, Verb.DO)} for each in runs("control-model"))
    return len(one) == 5 and other == {"orchestrator"}


def services_hear_each_other_or_the_orchestrator():
    one, other = (each.plan for each in runs("coupling"))
    return all("orchestrator" in (hop.sender, hop.receiver) for hop in other.hops) and "orchestrator" not in one.actors


def only_in_one_of_them_somebody_knows():
    one, other = runs("process-visibility")
    nobody = right_after(one, "charge-customer", FactKind.STEP_COMPLETED)
    return nobody == [] and "orchestrator" in right_after(other, "ScheduleFulfilment", FactKind.MESSAGE_SENT)


def three_reasons_or_one():
    one, other = ({made.by for made in decisions(each, Verb.UNDO)} for each in runs("debugging"))
    return len(one) == 3 and other == {"orchestrator"}


def the_same_is_undone_by_others():
    one, other = runs("failure-handling")
    deciders = [{made.by for made in decisions(each, Verb.UNDO)} for each in (one, other)]
    return one.board.compensations == other.board.compensations and deciders[0] != deciders[1]


def about_twice_as_many_messages_and_half_of_them_in_one_queue():
    fewer, more = (handled(style) for style in load("scalability").styles)
    at_one = dict(handled_most("scalability"))["orchestration"][0]
    return (fewer, more) == (6, 11) and at_one > more / 2


def both_come_back_after_three_days():
    days = [each.seconds(each.facts[0], each.facts[-1]) / 86_400 for each in runs("best-for")]
    return all(day >= 3 for day in days) and all(len(each.board.compensations) == 3 for each in runs("best-for"))


def nobody_commands_packing():
    made = {one.step: one for one in decisions(run("prepare-shipment"), Verb.DO)}
    return made["pack-shipment"].is_own and made["pick-items"].by == made["print-label"].by == "orchestrator"


def charge_and_refund_stand_in_the_books():
    record = run("compensation-is-not-rollback")
    merchant = [entry.amount for entry in record.entries if (entry.service, entry.account) == ("payment", "merchant")]
    return merchant == [2500, -2500]


def what_was_refused_is_not_undone():
    return told(run("what-is-compensated"), FactKind.STEP_COMPENSATED) == ["reserve-inventory", "validate-order"]


def the_undo_ran_although_the_charge_may_have_been_made():
    record = run("after-a-timeout")
    timed_out = record.of_kind(FactKind.STEP_TIMED_OUT)[0].seq
    charged = next(fact.seq for fact in record.of_kind(FactKind.STEP_COMPLETED) if fact.step == "charge-customer")
    undone = record.of_kind(FactKind.STEP_COMPENSATED)[0]
    return charged < timed_out < undone.seq and undone.step == "charge-customer"


def all_undos_set_out_together():
    undos = {"RefundCustomer", "ReleaseInventory", "CancelOrder"}
    return undos <= sent_before_the_first_undo(run("order-of-compensations"))


def the_fourth_attempt_succeeds():
    record = run("attempts")
    return len(record.of_kind(FactKind.ATTEMPT_FAILED)) == 3 and record.board.status == SagaStatus.COMPLETED


def one_charge_although_it_came_twice():
    record = run("at-least-once")
    assert told(record, FactKind.MESSAGE_COPIED) == told(record, FactKind.DUPLICATE_IGNORED)
    return record.balance("payment", "merchant") == 2500


def what_was_acknowledged_early_is_gone():
    record = run("late-acknowledgement")
    return told(record, FactKind.MESSAGE_LOST) == ["ChargeCustomer"] and record.of_kind(FactKind.STEP_TIMED_OUT)


def it_is_done_and_never_told():
    return [finding.invariant.name for finding in broken(judge(run("outbox")))] == ["told-iff-done"]


def a_human_is_needed():
    return run("undo-fails").board.status == SagaStatus.COMPENSATION_FAILED


def it_goes_on_from_its_history():
    record = run("durable-orchestrator")
    return record.of_kind(FactKind.HISTORY_REPLAYED) and record.board.status == SagaStatus.COMPLETED


def only_the_deadline_notices():
    record = run("no-coordinator-no-end")
    (noticed,) = record.of_kind(FactKind.STEP_TIMED_OUT)
    return noticed.name == "OrderDeadline" and noticed.at > 20 and record.board.status == SagaStatus.COMPENSATED


def nobody_waits_for_the_mail():
    record = run("lost-past-the-pivot")
    return record.board.status == SagaStatus.STUCK and not record.board.compensations


def three_steps_have_an_undo_and_each_runs():
    record = run("compensable")
    return set(record.board.compensations) == {step.name for step in record.plan.saga.steps if step.undo}


def the_pivot_refuses_and_no_mail_is_sent():
    record = run("pivot")
    pivot = record.plan.saga.pivot.name
    return told(record, FactKind.STEP_REJECTED) == [pivot] and not record.balance("notification", "sent")


def a_silent_pivot_is_asked_again_and_nothing_is_undone():
    record = run("silent-pivot")
    assert told(record, FactKind.STEP_TIMED_OUT) == [record.plan.saga.pivot.name]
    return (
        record.of_kind(FactKind.DUPLICATE_IGNORED)[0].actor == "fulfilment"
        and record.balance("fulfilment", "scheduled") == 1
        and record.board.status == SagaStatus.COMPLETED
        and not record.board.compensations
    )


def it_is_tried_more_often_than_any_earlier_step():
    record = run("retriable")
    most = record.plan.saga.step("charge-customer").retry.maximum_attempts
    return len(record.of_kind(FactKind.ATTEMPT_FAILED)) >= most and record.board.status == SagaStatus.COMPLETED


def nothing_is_undone_past_the_pivot():
    record = run("past-the-pivot")
    assert record.of_kind(FactKind.MESSAGE_DELAYED)
    return record.board.status == SagaStatus.COMPLETED and not record.board.compensations


def two_undos_run_side_by_side():
    return {"RefundCustomer", "ReleaseInventory"} <= sent_before_the_first_undo(run("parallel-undo"))


CLAIMS = {
    "loose-coupling": no_message_names_its_receiver,
    "service-by-service": nobody_handles_every_message,
    "hard-debugging": three_services_are_asked_for_one_reason,
    "distributed-state": nobody_knows_where_the_order_is,
    "event-proliferation": others_have_to_listen_to_something_new,
    "explicit-workflow": only_the_orchestrator_speaks_of_every_step,
    "central-status": the_orchestrator_alone_knows_where_the_order_is,
    "central-error-handling": one_component_commands_three_undos,
    "coupling-to-the-orchestrator": every_message_passes_the_orchestrator,
    "single-point-of-failure": it_waits_and_nothing_is_lost,
    "scalability-bottleneck": the_orchestrator_handles_six_messages_of_an_order,
    "control-model": each_service_decides_or_the_orchestrator_all,
    "coupling": services_hear_each_other_or_the_orchestrator,
    "process-visibility": only_in_one_of_them_somebody_knows,
    "debugging": three_reasons_or_one,
    "failure-handling": the_same_is_undone_by_others,
    "scalability": about_twice_as_many_messages_and_half_of_them_in_one_queue,
    "best-for": both_come_back_after_three_days,
    "prepare-shipment": nobody_commands_packing,
    "compensation-is-not-rollback": charge_and_refund_stand_in_the_books,
    "what-is-compensated": what_was_refused_is_not_undone,
    "after-a-timeout": the_undo_ran_although_the_charge_may_have_been_made,
    "order-of-compensations": all_undos_set_out_together,
    "attempts": the_fourth_attempt_succeeds,
    "at-least-once": one_charge_although_it_came_twice,
    "late-acknowledgement": what_was_acknowledged_early_is_gone,
    "outbox": it_is_done_and_never_told,
    "undo-fails": a_human_is_needed,
    "durable-orchestrator": it_goes_on_from_its_history,
    "no-coordinator-no-end": only_the_deadline_notices,
    "lost-past-the-pivot": nobody_waits_for_the_mail,
    "compensable": three_steps_have_an_undo_and_each_runs,
    "pivot": the_pivot_refuses_and_no_mail_is_sent,
    "silent-pivot": a_silent_pivot_is_asked_again_and_nothing_is_undone,
    "retriable": it_is_tried_more_often_than_any_earlier_step,
    "past-the-pivot": nothing_is_undone_past_the_pivot,
    "parallel-undo": two_undos_run_side_by_side,
}


@pytest.mark.parametrize("name", CLAIMS)
def test_the_settings_show_what_is_claimed(name):
    assert CLAIMS[name]()


def test_every_experiment_has_a_claim_that_is_tested():
    assert list(EXPERIMENT) == list(CLAIMS)


PAGES = {ExperimentPage.BENCH: "/sandbox/?", ExperimentPage.LOAD_LAB: "/sandbox/load/?"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXPERIMENT)
def test_its_link_leads_to_where_it_is_set_up_and_says_what_to_look_for(client, name):
    link = experiment(name)
    address = link.split('"')[3].replace("&amp;", "&")
    assert address.startswith(PAGES[EXPERIMENT[name].at])
    response = client.get(address)
    assert response.status_code == 200
    page = unescape(response.content.decode())
    assert "From the lesson" in page
    assert len(EXPERIMENT[name].watch) > 10
    assert EXPERIMENT[name].watch in page


def test_an_unknown_one_is_answered_with_the_valid_ones():
    with pytest.raises(ValueError, match="unknown experiment 'flying'; use one of loose-coupling, service-by-service"):
        experiment("flying")
