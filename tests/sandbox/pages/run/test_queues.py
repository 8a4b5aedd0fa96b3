"""The queues of each actor, and how long messages took, by the facts and by the runtime snapshot."""

from django.template.loader import render_to_string

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Pace, Style
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.projection.liveness import BrokerStatus, RuntimeSnapshot
from sandbox.engine.simulation.simulator import Simulator, simulate
from sandbox.pages.run.queues import QueueItem, Wait, queues
from sandbox.runtime.storage.journal import read_facts

PLAN = compile_plan(SAGA["order"], Style.CHOREOGRAPHY)


def queue_views(facts, runtime=None):
    return {queue_view.actor: queue_view for queue_view in queues(fold(PLAN, facts), facts, runtime)}


def facts_up_to(kind, *, fault="", pace=Pace.FAST, **details):
    faults = (parse_fault(fault),) if fault else ()
    one = Simulator(RunState(PLAN, RunSettings(), pace, faults=faults))
    while one.in_flight and pace is not Pace.STEP:
        one.deliver(one.in_flight[0])
    seq = next(f.seq for f in one.facts if f.kind is kind and details.items() <= vars(f).items())
    return tuple(one.facts[:seq])


def test_what_is_held_lies_in_its_senders_outbox():
    found = queue_views(facts_up_to(FactKind.MESSAGE_SENT, pace=Pace.STEP))
    assert found["customer"].outbox == (QueueItem("OrderPlaced", "to Order", "held"),)
    assert found["order"].queue == ()


def test_what_has_left_lies_in_its_receivers_queue():
    found = queue_views(facts_up_to(FactKind.MESSAGE_SENT))
    assert found["customer"].outbox == ()
    assert found["order"].queue == (QueueItem("OrderPlaced", "from Customer"),)


def test_at_a_pace_to_follow_a_message_stays_in_the_outbox_first():
    assert queue_views(facts_up_to(FactKind.MESSAGE_SENT, pace=Pace.FOLLOW))["customer"].outbox


def test_the_deliveries_decide_what_has_left_rather_than_the_facts():
    facts = facts_up_to(FactKind.MESSAGE_SENT, pace=Pace.FOLLOW)
    broker_statuses = {"2-order": BrokerStatus(at=9.0, sent_at=1.0, taken_at=2.0)}
    found = queue_views(facts, RuntimeSnapshot(now=3.0, ready={"order": 4}, broker_statuses=broker_statuses))["order"]
    assert [item.name for item in found.queue] == ["OrderPlaced"]
    assert (found.ready, found.taken) == (4, 1)


def test_without_a_runtime_snapshot_the_broker_is_not_counted():
    found = queue_views(facts_up_to(FactKind.MESSAGE_SENT))["order"]
    assert (found.ready, found.taken) == (None, None)


def test_a_timer_waits_in_the_outbox_of_the_actor_that_set_it():
    found = queue_views(facts_up_to(FactKind.MESSAGE_HANDLED, actor="inventory"))["order"]
    assert found.outbox == (QueueItem("OrderDeadline", "to itself", "until it rings"),)


def test_a_failed_attempt_puts_the_message_back():
    found = queue_views(facts_up_to(FactKind.ATTEMPT_FAILED, fault="charge-customer:transient"))
    assert found["inventory"].outbox == (QueueItem("InventoryReserved", "to Payment", "comes again later"),)
    assert found["payment"].queue == ()


def test_the_inbox_counts_what_was_handled_and_what_was_recognised():
    found = queue_views(facts_up_to(FactKind.DUPLICATE_IGNORED, fault="charge-customer:duplicate"))
    payment = found["payment"]
    assert (payment.handled, payment.last, payment.duplicates) == (2, "InventoryReserved", 1)
    assert payment.queue == ()
    assert found["order"].duplicates == 0


def test_what_is_lost_is_named_where_it_never_came():
    found = queue_views(simulate(PLAN, faults=[parse_fault("charge-customer:lost")]).facts)
    assert found["payment"].gone == (QueueItem("InventoryReserved", "from Inventory", "lost"),)
    assert not any(queue_view.gone for actor, queue_view in found.items() if actor != "payment")


def test_what_was_given_up_is_named():
    fault = parse_fault("charge-customer:compensation-fails")
    found = queue_views(simulate(PLAN, fail="schedule-fulfilment", faults=[fault]).facts)
    assert found["payment"].gone == (QueueItem("NoCourier", "from Fulfilment", "given up"),)


def test_times_are_the_median_of_the_run_and_those_of_the_last_message():
    facts = list(simulate(PLAN).facts)
    sent = {fact.message: fact.at for fact in facts if fact.kind is FactKind.MESSAGE_SENT}
    for number, fact in enumerate(facts):
        if fact.kind is FactKind.MESSAGE_HANDLED and fact.actor == "order":
            facts[number] = evolve(
                fact, at=sent[fact.message] + (0.05 if fact.name == "OrderPlaced" else 2.0), took=0.02
            )
    delivery, processing, critical = queue_views(facts)["order"].waits
    assert delivery == Wait("delivery", "1 s", "1.98 s")
    assert processing == Wait("processing", "20 ms", "20 ms")
    assert critical == Wait("critical", "1.02 s", "2 s")


def test_a_simulation_has_no_processing_time():
    assert queue_views(simulate(PLAN).facts)["payment"].waits[1] == Wait("processing")


def test_timers_count_as_handled_and_not_as_waits():
    plan = compile_plan(SAGA["order-long"], Style.CHOREOGRAPHY)
    record = simulate(plan)
    queue_view = next(s for s in queues(record.board, record.facts) if s.actor == "fulfilment")
    assert queue_view.handled == 2
    assert queue_view.waits[2].last != "3 days"


def test_a_worker_records_how_long_it_had_a_message(queued, start, work):
    run = work(start(style="choreography"))
    handled = [fact for fact in read_facts(run.pk) if fact.kind is FactKind.MESSAGE_HANDLED]
    assert all(0.0 < fact.took < 5.0 for fact in handled)
    assert not any(fact.took for fact in read_facts(run.pk) if fact.kind is not FactKind.MESSAGE_HANDLED)


def test_the_queues_are_shown_with_what_is_gone_and_how_long_it_took():
    facts = simulate(PLAN, faults=[parse_fault("charge-customer:lost")]).facts
    html = render_to_string("sandbox/run/_queues.html", {"queue_views": queue_views(facts).values()})
    assert html.count('class="card queue"') == len(PLAN.actors)
    assert "InventoryReserved" in html
    assert "not measured" in html
