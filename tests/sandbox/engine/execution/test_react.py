from dataclasses import replace
from itertools import count

import pytest

from sandbox.definitions.model import Order, RetryPolicy
from sandbox.definitions.registry import SAGA
from sandbox.definitions.sagas import RESERVE, VALIDATE
from sandbox.definitions.terms import FactKind, MessageKind, Style
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Message
from sandbox.engine.execution.react import IN_INBOX, InsufficientBalance, react
from sandbox.engine.plan.compiler import compile_plan

PLAN = compile_plan(SAGA["order"], Style.CHOREOGRAPHY)
TWO = Order(quantity=2)
STOCK = Memory(balances={"available": 10, "reserved": 0})


IDS = count(1)


def event(name, *, because=None, ident=None):
    return Message(ident or next(IDS), name, MessageKind.EVENT, "someone", because=because)


def command(name, *, because=None):
    return Message(next(IDS), name, MessageKind.COMMAND, "orchestrator", because=because)


def timer(name, *, because=None):
    return Message(next(IDS), name, MessageKind.TIMER, "orchestrator", because=because)


def reaction_to(actor, memory, *messages, order=TWO, plan=PLAN):
    reaction = None
    for message in messages:
        reaction = react(plan, actor, message, memory, order)
        memory = reaction.memory
    return reaction


def kinds(reaction):
    return [fact.kind for fact in reaction.facts]


def test_a_step_posts_its_amount_and_reports_it():
    reaction = reaction_to("inventory", STOCK, event("OrderValidated"))
    assert reaction.memory.balances == {"available": 8, "reserved": 2}
    assert [(out.name, out.to) for out in reaction.outgoing] == [("InventoryReserved", ("payment",))]


def test_a_short_account_refuses_and_moves_nothing():
    reaction = reaction_to("inventory", Memory(balances={"available": 1, "reserved": 0}), event("OrderValidated"))
    assert kinds(reaction) == [FactKind.STEP_REJECTED]
    assert not reaction.postings
    assert [out.name for out in reaction.outgoing] == ["OutOfStock"]


def test_it_does_not_reserve_twice_when_it_receives_the_event_twice():
    reaction = reaction_to("inventory", STOCK, event("OrderValidated"), event("OrderValidated"))
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert not reaction.outgoing
    assert reaction.memory.balances["reserved"] == 2


def test_an_undo_is_the_reverse_posting():
    reaction = reaction_to(
        "inventory", STOCK, event("OrderValidated"), event("CardDeclined", because="charge-customer")
    )
    assert kinds(reaction) == [FactKind.STEP_COMPENSATED]
    assert (reaction.postings[0].source, reaction.postings[0].target) == ("reserved", "available")
    assert reaction.memory.balances == {"available": 10, "reserved": 0}


def test_an_undo_before_its_do_wins():
    declined = event("CardDeclined", because="charge-customer")
    reaction = reaction_to("inventory", STOCK, declined, event("OrderValidated"))
    assert kinds(reaction) == [FactKind.STEP_SKIPPED]
    assert not reaction.postings
    assert not reaction.outgoing


def test_undoing_what_was_never_done_moves_nothing_and_does_not_say_that_it_undid():
    reaction = reaction_to("inventory", STOCK, event("CardDeclined", because="charge-customer"))
    assert kinds(reaction) == [FactKind.NOTHING_TO_UNDO]
    assert not reaction.postings
    assert [out.name for out in reaction.outgoing] == ["NothingToRelease"]


def test_it_does_not_undo_for_a_failure_that_does_not_concern_it():
    reaction = reaction_to(
        "order", Memory(balances={"orders allowed": 0, "orders accepted": 1}), event("InventoryReleased", because="x")
    )
    assert not reaction.facts
    assert not reaction.memory.backward


def test_a_join_fires_once_and_only_when_all_have_come():
    plan = compile_plan(SAGA["order-parallel"], Style.CHOREOGRAPHY)
    slots = Memory(balances={"courier slots": 3, "scheduled": 0})
    first = reaction_to("fulfilment", slots, event("CustomerCharged"), plan=plan)
    assert not first.facts
    both = reaction_to("fulfilment", first.memory, event("InventoryReserved"), plan=plan)
    assert kinds(both) == [FactKind.STEP_COMPLETED]


def test_the_orchestrator_sends_no_command_forward_once_it_compensates():
    plan = compile_plan(SAGA["order-parallel"], Style.ORCHESTRATION)
    reaction = reaction_to("orchestrator", Memory(), event("OrderPlaced"), event("OrderValidated"), plan=plan)
    back = reaction_to("orchestrator", reaction.memory, event("CardDeclined", because="charge-customer"), plan=plan)
    assert [out.name for out in back.outgoing] == ["ReleaseInventory", "ReleaseInventoryTimedOut"]
    late = reaction_to("orchestrator", back.memory, event("InventoryReserved"), plan=plan)
    assert not late.outgoing


def test_what_may_not_be_refused_fails_when_its_account_is_short():
    with pytest.raises(InsufficientBalance, match="send-confirmation"):
        reaction_to("notification", Memory(balances={"to send": 0, "sent": 0}), event("FulfilmentScheduled"))


def test_an_undo_whose_account_is_short_fails_and_changes_nothing():
    done = reaction_to("inventory", STOCK, event("OrderValidated")).memory
    emptied = replace(done, balances={"available": 8, "reserved": 0})
    with pytest.raises(InsufficientBalance, match="undoing reserve-inventory"):
        reaction_to("inventory", emptied, event("CardDeclined", because="charge-customer"))
    assert emptied.balances == {"available": 8, "reserved": 0}


def test_a_memory_survives_storage_as_json():
    memory = reaction_to(
        "inventory", STOCK, event("OrderValidated"), event("CardDeclined", because="charge-customer")
    ).memory
    assert Memory.load(memory.dump()) == memory


ORCHESTRATED = compile_plan(SAGA["order"], Style.ORCHESTRATION)


def test_a_second_copy_of_a_message_is_recognised_by_its_id():
    reaction = reaction_to("inventory", STOCK, event("OrderValidated", ident=77), event("OrderValidated", ident=77))
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert reaction.facts[0].reason == IN_INBOX


@pytest.mark.parametrize("message", [event, command])
def test_another_message_with_the_same_content_is_recognised_by_what_the_actor_has_done(message):
    plan, name = (PLAN, "CustomerCharged") if message is event else (ORCHESTRATED, SCHEDULE_IT)
    reaction = reaction_to("fulfilment", SLOTS, message(name), message(name), plan=plan)
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert reaction.facts[0].reason == f"its own records show that it has dealt with that {message.__name__} already"


SLOTS = Memory(balances={"courier slots": 3, "scheduled": 0})
SCHEDULE_IT = "ScheduleFulfilment"


def test_a_repeated_command_has_no_second_effect_and_is_answered_again():
    reaction = reaction_to("fulfilment", SLOTS, command(SCHEDULE_IT), command(SCHEDULE_IT), plan=ORCHESTRATED)
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert not reaction.postings
    assert [out.name for out in reaction.outgoing] == ["FulfilmentScheduled"]


def test_a_refusal_is_repeated_with_its_failure():
    none_left = Memory(balances={"courier slots": 0, "scheduled": 0})
    reaction = reaction_to("fulfilment", none_left, command(SCHEDULE_IT), command(SCHEDULE_IT), plan=ORCHESTRATED)
    assert [(out.name, out.because) for out in reaction.outgoing] == [("NoCourier", "schedule-fulfilment")]


def test_a_copy_of_a_command_is_not_answered_again():
    same = command(SCHEDULE_IT)
    assert not reaction_to("fulfilment", SLOTS, same, same, plan=ORCHESTRATED).outgoing


def test_a_repeated_command_that_began_a_wait_is_answered_with_the_result_of_the_wait():
    plan = compile_plan(SAGA["order-long"], Style.ORCHESTRATION)
    begun = (command(SCHEDULE_IT), timer("ScheduleFulfilmentDue"), command(SCHEDULE_IT))
    assert [out.name for out in reaction_to("fulfilment", SLOTS, *begun, plan=plan).outgoing] == ["FulfilmentScheduled"]


def test_inside_a_group_a_repeated_event_is_answered_again():
    plan = compile_plan(SAGA["order-hybrid"], Style.HYBRID)
    labels = Memory(balances={"labels blank": 1, "labels printed": 0})
    unpacked = [event("ShipmentUnpacked", because="schedule-fulfilment") for _ in range(2)]
    reaction = reaction_to("fulfilment", labels, command("PrintLabel"), *unpacked, plan=plan)
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert [(out.name, out.because) for out in reaction.outgoing] == [("LabelVoided", "schedule-fulfilment")]


def waiting_for_stock():
    reaction = reaction_to("orchestrator", Memory(), event("OrderPlaced"), event("OrderValidated"), plan=ORCHESTRATED)
    return reaction.memory


def test_a_timeout_undoes_a_compensable_step_since_it_may_have_taken_effect():
    timeout = timer("ReserveInventoryTimedOut", because="reserve-inventory timed out")
    reaction = reaction_to("orchestrator", waiting_for_stock(), timeout, plan=ORCHESTRATED)
    assert kinds(reaction) == [FactKind.STEP_TIMED_OUT]
    assert [out.name for out in reaction.outgoing] == ["ReleaseInventory", "ReleaseInventoryTimedOut"]


def test_a_timeout_after_the_answer_does_nothing():
    timeout = timer("ReserveInventoryTimedOut", because="reserve-inventory timed out")
    reaction = reaction_to("orchestrator", waiting_for_stock(), event("InventoryReserved"), timeout, plan=ORCHESTRATED)
    assert not reaction.facts
    assert not reaction.outgoing


def test_a_timeout_of_the_pivot_commands_it_again_and_undoes_nothing():
    on_the_way = [event(name) for name in ("OrderPlaced", "OrderValidated", "InventoryReserved", "CustomerCharged")]
    memory = reaction_to("orchestrator", Memory(), *on_the_way, plan=ORCHESTRATED).memory
    for seconds in (20, 40, 80):
        reaction = reaction_to("orchestrator", memory, timer("ScheduleFulfilmentTimedOut"), plan=ORCHESTRATED)
        assert reaction.outgoing[-1].after == seconds
        assert [out.name for out in reaction.outgoing] == ["ScheduleFulfilment", "ScheduleFulfilmentTimedOut"]
        memory = reaction.memory
    assert not memory.backward


def test_a_deadline_abandons_the_pivot_unless_it_is_done():
    slots = Memory(balances={"courier slots": 3, "scheduled": 0})
    abandoned = reaction_to("fulfilment", slots, event("OrderExpired"))
    assert [(out.name, out.because) for out in abandoned.outgoing] == [("FulfilmentFailed", "schedule-fulfilment")]
    done = reaction_to("fulfilment", slots, event("CustomerCharged"), event("OrderExpired"))
    assert not done.facts
    assert not done.outgoing


def test_an_abandoned_step_is_not_done_later():
    slots = Memory(balances={"courier slots": 3, "scheduled": 0})
    assert not reaction_to("fulfilment", slots, event("OrderExpired"), event("CustomerCharged")).postings


def test_a_refusal_that_the_policy_does_not_call_final_is_tried_again_before_it_is_final():
    patient = replace(RESERVE, retry=RetryPolicy(maximum_attempts=3))
    plan = compile_plan(replace(SAGA["order"], steps=(VALIDATE, patient), deadline=None), Style.CHOREOGRAPHY)
    none_left = Memory(balances={"available": 0, "reserved": 0})
    request = event("OrderValidated")
    for attempt in (1, 2):
        with pytest.raises(InsufficientBalance, match="out of stock"):
            reaction_to("inventory", none_left, replace(request, attempt=attempt), plan=plan)
    assert kinds(reaction_to("inventory", none_left, replace(request, attempt=3), plan=plan)) == [
        FactKind.STEP_REJECTED
    ]
