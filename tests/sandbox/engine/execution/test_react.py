from dataclasses import replace
from itertools import count

import pytest

from sandbox.definitions.model import Order, RetryPolicy
from sandbox.definitions.registry import SAGA
from sandbox.definitions.sagas import RESERVE, VALIDATE
from sandbox.definitions.terms import FactKind, MessageKind, Style
from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.messages import Message
from sandbox.engine.execution.react import InsufficientBalance, react
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


def hear(actor, memory, *messages, order=TWO, plan=PLAN):
    reaction = None
    for message in messages:
        reaction = react(plan, actor, message, memory, order)
        memory = reaction.memory
    return reaction


def kinds(reaction):
    return [fact.kind for fact in reaction.facts]


def test_a_step_moves_its_amount_and_tells_of_it():
    reaction = hear("inventory", STOCK, event("OrderValidated"))
    assert reaction.memory.balances == {"available": 8, "reserved": 2}
    assert [(out.name, out.to) for out in reaction.outgoing] == [("InventoryReserved", ("payment",))]


def test_a_short_account_refuses_and_moves_nothing():
    reaction = hear("inventory", Memory(balances={"available": 1, "reserved": 0}), event("OrderValidated"))
    assert kinds(reaction) == [FactKind.STEP_REJECTED]
    assert not reaction.postings
    assert [out.name for out in reaction.outgoing] == ["OutOfStock"]


def test_it_does_not_reserve_twice_when_told_twice():
    reaction = hear("inventory", STOCK, event("OrderValidated"), event("OrderValidated"))
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert not reaction.outgoing
    assert reaction.memory.balances["reserved"] == 2


def test_an_undo_is_a_reversing_posting():
    reaction = hear("inventory", STOCK, event("OrderValidated"), event("CardDeclined", because="charge-customer"))
    assert kinds(reaction) == [FactKind.STEP_COMPENSATED]
    assert (reaction.postings[0].source, reaction.postings[0].target) == ("reserved", "available")
    assert reaction.memory.balances == {"available": 10, "reserved": 0}


def test_an_undo_before_its_do_wins():
    declined = event("CardDeclined", because="charge-customer")
    reaction = hear("inventory", STOCK, declined, event("OrderValidated"))
    assert kinds(reaction) == [FactKind.STEP_SKIPPED]
    assert not reaction.postings
    assert not reaction.outgoing


def test_undoing_what_was_never_done_moves_nothing_but_still_answers():
    reaction = hear("inventory", STOCK, event("CardDeclined", because="charge-customer"))
    assert kinds(reaction) == [FactKind.NOTHING_TO_UNDO]
    assert not reaction.postings
    assert [out.name for out in reaction.outgoing] == ["InventoryReleased"]


def test_it_does_not_undo_for_a_refusal_that_is_not_its_concern():
    reaction = hear(
        "order", Memory(balances={"orders allowed": 0, "orders accepted": 1}), event("InventoryReleased", because="x")
    )
    assert not reaction.facts
    assert not reaction.memory.backward


def test_a_join_fires_once_and_only_when_all_have_come():
    plan = compile_plan(SAGA["order-parallel"], Style.CHOREOGRAPHY)
    slots = Memory(balances={"courier slots": 3, "scheduled": 0})
    first = hear("fulfilment", slots, event("CustomerCharged"), plan=plan)
    assert not first.facts
    both = hear("fulfilment", first.memory, event("InventoryReserved"), plan=plan)
    assert kinds(both) == [FactKind.STEP_COMPLETED]


def test_the_orchestrator_sends_no_command_forward_once_it_compensates():
    plan = compile_plan(SAGA["order-parallel"], Style.ORCHESTRATION)
    heard = hear("orchestrator", Memory(), event("OrderPlaced"), event("OrderValidated"), plan=plan)
    back = hear("orchestrator", heard.memory, event("CardDeclined", because="charge-customer"), plan=plan)
    assert [out.name for out in back.outgoing] == ["ReleaseInventory", "ReleaseInventoryTimedOut"]
    late = hear("orchestrator", back.memory, event("InventoryReserved"), plan=plan)
    assert not late.outgoing


def test_what_may_not_be_refused_fails_when_its_account_is_short():
    with pytest.raises(InsufficientBalance, match="send-confirmation"):
        hear("notification", Memory(balances={"to send": 0, "sent": 0}), event("FulfilmentScheduled"))


def test_an_undo_whose_account_is_short_fails_and_changes_nothing():
    done = hear("inventory", STOCK, event("OrderValidated")).memory
    emptied = replace(done, balances={"available": 8, "reserved": 0})
    with pytest.raises(InsufficientBalance, match="undoing reserve-inventory"):
        hear("inventory", emptied, event("CardDeclined", because="charge-customer"))
    assert emptied.balances == {"available": 8, "reserved": 0}


def test_a_memory_survives_being_written_down():
    memory = hear("inventory", STOCK, event("OrderValidated"), event("CardDeclined", because="charge-customer")).memory
    assert Memory.load(memory.dump()) == memory


ORCHESTRATED = compile_plan(SAGA["order"], Style.ORCHESTRATION)


def test_a_second_copy_of_a_message_is_recognised_by_its_id():
    reaction = hear("inventory", STOCK, event("OrderValidated", ident=77), event("OrderValidated", ident=77))
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]


SLOTS = Memory(balances={"courier slots": 3, "scheduled": 0})
SCHEDULE_IT = "ScheduleFulfilment"


def test_a_command_sent_anew_has_no_second_effect_and_is_answered_again():
    reaction = hear("fulfilment", SLOTS, command(SCHEDULE_IT), command(SCHEDULE_IT), plan=ORCHESTRATED)
    assert kinds(reaction) == [FactKind.DUPLICATE_IGNORED]
    assert not reaction.postings
    assert [out.name for out in reaction.outgoing] == ["FulfilmentScheduled"]


def test_a_refusal_is_repeated_with_what_it_goes_back_to():
    none_left = Memory(balances={"courier slots": 0, "scheduled": 0})
    reaction = hear("fulfilment", none_left, command(SCHEDULE_IT), command(SCHEDULE_IT), plan=ORCHESTRATED)
    assert [(out.name, out.because) for out in reaction.outgoing] == [("NoCourier", "schedule-fulfilment")]


def test_a_copy_of_a_command_is_not_answered_again():
    same = command(SCHEDULE_IT)
    assert not hear("fulfilment", SLOTS, same, same, plan=ORCHESTRATED).outgoing


def test_a_command_that_began_a_wait_is_answered_anew_with_what_came_of_the_wait():
    plan = compile_plan(SAGA["order-long"], Style.ORCHESTRATION)
    begun = (command(SCHEDULE_IT), timer("ScheduleFulfilmentDue"), command(SCHEDULE_IT))
    assert [out.name for out in hear("fulfilment", SLOTS, *begun, plan=plan).outgoing] == ["FulfilmentScheduled"]


def test_inside_a_group_an_event_that_comes_anew_is_answered_again():
    plan = compile_plan(SAGA["order-hybrid"], Style.HYBRID)
    labels = Memory(balances={"labels blank": 1, "labels printed": 0})
    unpacked = [event("ShipmentUnpacked", because="schedule-fulfilment") for _ in range(2)]
    heard = hear("fulfilment", labels, command("PrintLabel"), *unpacked, plan=plan)
    assert kinds(heard) == [FactKind.DUPLICATE_IGNORED]
    assert [(out.name, out.because) for out in heard.outgoing] == [("LabelVoided", "schedule-fulfilment")]


def waiting_for_stock():
    heard = hear("orchestrator", Memory(), event("OrderPlaced"), event("OrderValidated"), plan=ORCHESTRATED)
    return heard.memory


def test_silence_takes_a_compensable_step_back_for_it_may_have_taken_effect():
    alarm = timer("ReserveInventoryTimedOut", because="reserve-inventory timed out")
    reaction = hear("orchestrator", waiting_for_stock(), alarm, plan=ORCHESTRATED)
    assert kinds(reaction) == [FactKind.STEP_TIMED_OUT]
    assert [out.name for out in reaction.outgoing] == ["ReleaseInventory", "ReleaseInventoryTimedOut"]


def test_an_alarm_after_the_answer_does_nothing():
    alarm = timer("ReserveInventoryTimedOut", because="reserve-inventory timed out")
    reaction = hear("orchestrator", waiting_for_stock(), event("InventoryReserved"), alarm, plan=ORCHESTRATED)
    assert not reaction.facts
    assert not reaction.outgoing


def test_silence_of_the_pivot_asks_for_it_again_and_never_takes_anything_back():
    on_the_way = [event(name) for name in ("OrderPlaced", "OrderValidated", "InventoryReserved", "CustomerCharged")]
    memory = hear("orchestrator", Memory(), *on_the_way, plan=ORCHESTRATED).memory
    for patience in (20, 40, 80):
        reaction = hear("orchestrator", memory, timer("ScheduleFulfilmentTimedOut"), plan=ORCHESTRATED)
        assert reaction.outgoing[-1].after == patience
        assert [out.name for out in reaction.outgoing] == ["ScheduleFulfilment", "ScheduleFulfilmentTimedOut"]
        memory = reaction.memory
    assert not memory.backward


def test_a_deadline_gives_the_pivot_up_unless_it_is_done():
    slots = Memory(balances={"courier slots": 3, "scheduled": 0})
    given_up = hear("fulfilment", slots, event("OrderExpired"))
    assert [out.name for out in given_up.outgoing] == ["NoCourier"]
    done = hear("fulfilment", slots, event("CustomerCharged"), event("OrderExpired"))
    assert not done.facts
    assert not done.outgoing


def test_what_was_given_up_is_not_done_later():
    slots = Memory(balances={"courier slots": 3, "scheduled": 0})
    assert not hear("fulfilment", slots, event("OrderExpired"), event("CustomerCharged")).postings


def test_a_refusal_that_the_policy_does_not_call_final_is_tried_again_before_it_stands():
    patient = replace(RESERVE, retry=RetryPolicy(maximum_attempts=3))
    plan = compile_plan(replace(SAGA["order"], steps=(VALIDATE, patient), deadline=None), Style.CHOREOGRAPHY)
    none_left = Memory(balances={"available": 0, "reserved": 0})
    asked = event("OrderValidated")
    for attempt in (1, 2):
        with pytest.raises(InsufficientBalance, match="out of stock"):
            hear("inventory", none_left, replace(asked, attempt=attempt), plan=plan)
    assert kinds(hear("inventory", none_left, replace(asked, attempt=3), plan=plan)) == [FactKind.STEP_REJECTED]
