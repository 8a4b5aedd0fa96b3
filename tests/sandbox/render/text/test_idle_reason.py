"""Why nothing is happening: the sentence is true, whatever has happened so far."""

import re

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import ENDED, Guarantee, Pace, Style
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.board import delivery_key
from sandbox.engine.projection.fold import advance, fold
from sandbox.engine.projection.liveness import CLOCK, BrokerStatus, RuntimeSnapshot
from sandbox.engine.simulation.simulator import Simulator, simulate
from sandbox.render.text.idle_reason import SITUATIONS, idle_reason

CHOREOGRAPHY, ORCHESTRATION = (compile_plan(SAGA["order"], s) for s in (Style.CHOREOGRAPHY, Style.ORCHESTRATION))
ALL_ALIVE = {name: {0.0: 0.5} for name in (CLOCK, "order", "inventory", "payment", "fulfilment", "orchestrator")}


NEVER_GOT = "Payment never got "


def board_after(plan, fault="", *, until, fail=None, without=()):
    """Returns the board of a simulated run as of the last fact that `until` holds for."""
    faults = [parse_fault(fault)] if fault else []
    facts = simulate(plan, faults=faults, fail=fail, without=without).facts
    seq = next(fact.seq for fact in reversed(facts) if until(fact))
    return fold(plan, facts[:seq])


def of(kind, name=None, actor=None):
    return lambda f: f.kind == kind and name in {None, f.name} and actor in {None, f.actor}


def charging(plan=CHOREOGRAPHY):
    """Returns the board of a run in which Payment is asked to charge."""
    name = "InventoryReserved" if plan is CHOREOGRAPHY else "ChargeCustomer"
    return board_after(plan, until=of("message sent", name))


def runtime(board, *, now=0.0, status=None, silent=(), **known):
    """Returns a snapshot in which all is well, except a message with this status and the silent processes."""
    broker_statuses = {delivery.key: BrokerStatus(at=delivery.due) for delivery in board.in_flight}
    flying = next((delivery.key for delivery in board.in_flight if not delivery.is_timer), None)
    if status:
        broker_statuses[flying] = status
    heartbeats = {who: life for who, life in ALL_ALIVE.items() if who not in silent}
    return RuntimeSnapshot(
        **{
            "now": board.at + now,
            "heartbeats": heartbeats,
            "broker_statuses": broker_statuses,
            "ready": {"payment": 0},
            **known,
        }
    )


def at_pace(pace, plan=CHOREOGRAPHY):
    return Simulator(RunState(plan, RunSettings(), pace))


def test_what_is_held_says_which_button_to_press():
    board = fold(CHOREOGRAPHY, at_pace(Pace.STEP).facts)
    assert idle_reason(board).sentence == "OrderPlaced to Order is held: press Deliver."


def test_when_only_timers_are_held_one_lets_them_ring():
    one = at_pace(Pace.STEP, ORCHESTRATION)
    one.deliver(one.in_flight[0])
    one.strike(next(d for d in one.in_flight if not d.is_timer), "lost")
    sentence = idle_reason(fold(ORCHESTRATION, one.facts)).sentence
    assert sentence == "The orchestrator's timer ValidateOrderTimedOut is held: let it ring."


def test_who_backs_off_says_which_attempt_failed_of_how_many_and_when_the_next_comes():
    board = board_after(ORCHESTRATION, "charge-customer:transient=2", until=of("attempt failed"))
    said = idle_reason(board, runtime(board, now=0.25)).sentence
    assert said == "Payment failed at ChargeCustomer, attempt 2 of 4 (transient error); again in 0.75 s."


def test_a_step_with_attempts_without_limit_names_none():
    board = board_after(ORCHESTRATION, "send-confirmation:transient", until=of("attempt failed"))
    assert "attempt 1 (transient error)" in idle_reason(board).sentence


def test_the_orchestrator_waits_for_an_answer_and_says_until_when():
    board = board_after(ORCHESTRATION, "charge-customer:slow", until=of("message delayed"))
    said = idle_reason(board, runtime(board, now=3.0)).sentence
    assert said == "The orchestrator waits for Payment's answer to ChargeCustomer; it gives up in 7 s."


def test_a_retriable_step_is_commanded_again():
    board = board_after(ORCHESTRATION, "send-confirmation:slow", until=of("message delayed"))
    assert idle_reason(board).sentence.endswith("answer to SendConfirmation; it asks again in 10 s.")


@pytest.mark.parametrize("style", SAGA["order-long"].styles)
def test_a_timer_of_days_says_when_it_rings_and_that_one_can_skip_ahead(style):
    board = board_after(compile_plan(SAGA["order-long"], style), until=of("message sent", "ScheduleFulfilmentDue"))
    assert idle_reason(board, runtime(board, now=8_640.0)).sentence == (
        "schedule-fulfilment begins 3 days after it was asked for. "
        "Fulfilment's timer ScheduleFulfilmentDue rings in 2.9 days; you can skip ahead."
    )


def test_a_timer_that_rang_in_vain_backs_off_like_any_message():
    plan = compile_plan(SAGA["order-long"], Style.CHOREOGRAPHY)
    board = board_after(plan, "schedule-fulfilment:transient", until=of("attempt failed"))
    assert idle_reason(board).kind == "backing-off"


@pytest.mark.parametrize(
    ("plan", "step", "said"),
    [
        (
            CHOREOGRAPHY,
            "charge-customer",
            "Payment never got InventoryReserved; the order's deadline will notice in 13 s.",
        ),
        (CHOREOGRAPHY, "send-confirmation", "Notification never got FulfilmentScheduled, and nobody watches."),
        (ORCHESTRATION, "charge-customer", f"{NEVER_GOT}ChargeCustomer; the orchestrator will notice in 8 s."),
    ],
)
def test_what_is_lost_says_who_notices_and_when(plan, step, said):
    board = board_after(plan, f"{step}:lost", until=of("message lost"))
    if step == "send-confirmation":
        board = board_after(plan, f"{step}:lost", until=of("saga ended"))
    assert idle_reason(board, runtime(board, now=12.0 if plan is CHOREOGRAPHY else 2.0)).sentence == said


def test_without_timeouts_nobody_watches():
    plan = compile_plan(SAGA["order"], Style.ORCHESTRATION, timeouts=False)
    board = board_after(plan, "charge-customer:lost", until=of("saga ended"), without=[Guarantee.TIMEOUTS])
    assert idle_reason(board).sentence == "Payment never got ChargeCustomer, and nobody watches."


def test_on_the_way_back_the_deadline_of_a_choreography_notices_nothing():
    board = board_after(CHOREOGRAPHY, "CustomerRefunded:lost", fail="schedule-fulfilment", until=of("message lost"))
    assert idle_reason(board).sentence == "Inventory never got CustomerRefunded, and nobody watches."


@pytest.mark.parametrize("step", ["charge-customer", "schedule-fulfilment"])
def test_what_was_lost_and_noticed_is_not_missed_any_more(step):
    board = board_after(ORCHESTRATION, f"{step}:lost", until=of("step timed out"))
    assert idle_reason(board).kind != "lost"


def test_a_refusal_that_nobody_listens_for_is_named():
    board = board_after(
        CHOREOGRAPHY, "charge-customer:compensation-fails", fail="schedule-fulfilment", until=of("saga ended")
    )
    assert idle_reason(board).sentence == "RefundCustomerFailed was published by Payment, and nobody listens to it."


def test_a_service_that_is_down_says_for_how_long():
    board = board_after(ORCHESTRATION, "charge-customer:down", until=of("message delayed"))
    said = idle_reason(board, runtime(board, now=2.0)).sentence
    assert said == "Payment is down for another 3 s, on request: ChargeCustomer waits."


def test_a_queue_that_nobody_consumes_is_named_with_what_waits_there():
    board = charging(ORCHESTRATION)
    known = runtime(board, status=BrokerStatus(5.0, board.at), silent=["payment"], ready={"payment": 1})
    assert idle_reason(board, known).sentence == "Nobody consumes payment's queue: ChargeCustomer waits there."


def test_a_requested_crash_that_nobody_consumes_or_that_has_to_wait_is_distinguished_from_a_queue_of_the_actor():
    board = charging(ORCHESTRATION)
    waiting = {"status": BrokerStatus(5.0, board.at), "ready": {"payment": 0, "payment.crash": 3}}
    assert idle_reason(board, runtime(board, now=1.0, **waiting)).sentence == (
        "Nobody consumes the queue payment.crash: ChargeCustomer waits there for its crash on request."
    )
    lives = {**ALL_ALIVE, "payment.crash": {0.0: 0.1}}
    assert idle_reason(board, runtime(board, now=1.0, heartbeats=lives, **waiting)).sentence == (
        "3 crashes on request wait for their turn at Payment, and ChargeCustomer with them."
    )


def test_a_message_that_the_crash_worker_has_taken_is_with_it_and_not_with_the_actor():
    board = charging(ORCHESTRATION)
    status = BrokerStatus(board.at + 5.0, board.at, taken_at=board.at, taken_from="payment.crash")
    assert idle_reason(board, runtime(board, now=1.0, status=status)).kind == "dead-worker"
    lives = {**ALL_ALIVE, "payment.crash": {0.0: 0.1}}
    assert idle_reason(board, runtime(board, now=1.0, status=status, heartbeats=lives)).kind == "working"


def test_a_message_with_a_worker_that_died_says_when_it_is_sent_again():
    board = charging(ORCHESTRATION)
    status = BrokerStatus(board.at + 5.0, board.at, taken_at=board.at)
    said = "ChargeCustomer was taken by a worker of payment that gives no sign of life; it is sent again in 4 s."
    assert idle_reason(board, runtime(board, now=1.0, status=status, silent=["payment"])).sentence == said
    heir = {**ALL_ALIVE, "payment": {board.at + 0.5: 0.1}}
    assert idle_reason(board, runtime(board, now=1.0, status=status, heartbeats=heir)).sentence == said


def test_a_message_that_was_sent_again_while_its_worker_is_dead_is_not_said_to_be_sent_once_more():
    board = charging(ORCHESTRATION)
    status = BrokerStatus(board.at + 1.0, board.at, taken_at=board.at)
    known = runtime(board, now=board.at + 4.0, status=status, silent=["payment"], ready={"payment": 1})
    assert idle_reason(board, known).sentence.endswith(
        "gives no sign of life; it was sent again, and waits in the queue."
    )


def test_a_message_with_a_worker_that_lives_is_being_worked_on():
    board = charging(ORCHESTRATION)
    known = runtime(board, now=1.0, status=BrokerStatus(5.0, board.at, taken_at=board.at))
    assert idle_reason(board, known).sentence == (
        "A worker of payment has taken ChargeCustomer, and has not answered for it yet."
    )


def test_a_message_that_the_broker_let_slip_is_not_said_to_wait_anywhere():
    board = charging(ORCHESTRATION)
    known = runtime(board, now=2.0, status=BrokerStatus(board.at + 5.0, board.at))
    assert idle_reason(board, known).sentence == (
        "ChargeCustomer left for Payment and is in no queue any more; it is sent again in 3 s."
    )


def test_a_long_queue_says_how_long():
    board = charging(ORCHESTRATION)
    known = runtime(board, now=2.0, status=BrokerStatus(board.at + 5.0, board.at), ready={"payment": 12})
    assert idle_reason(board, known).sentence.startswith("Payment is behind: 12 messages wait in its queue")


def test_without_a_clock_nothing_that_waits_is_released():
    board = board_after(ORCHESTRATION, "charge-customer:transient", until=of("attempt failed"))
    said = "The clock gives no sign of life, so nothing that waits is released."
    assert idle_reason(board, runtime(board, silent=[CLOCK])).sentence == said
    assert idle_reason(board, runtime(board)).sentence != said


def test_without_a_clock_nobody_promises_that_anything_is_sent_again():
    board = charging(ORCHESTRATION)
    known = runtime(board, now=2.0, status=BrokerStatus(board.at + 5.0, board.at), silent=[CLOCK])
    assert "it is not sent again, for the clock gives no sign of life" in idle_reason(board, known).sentence


def test_without_a_broker_no_message_travels():
    board = charging()
    assert (
        idle_reason(board, runtime(board, has_broker=False)).sentence
        == "The broker does not answer, so no message can travel."
    )


def test_a_message_at_a_pace_to_follow_says_that_it_was_slowed_down():
    one = at_pace(Pace.FOLLOW)
    board = fold(CHOREOGRAPHY, one.facts)
    known = runtime(board, status=BrokerStatus(board.at + 1.2))
    assert (
        idle_reason(board, known).sentence == "OrderPlaced is on its way to Order, slowed down so that you can follow."
    )


@pytest.mark.parametrize("refused", ["", "charge-customer"])
def test_a_run_that_has_ended_says_how(refused):
    board = simulate(CHOREOGRAPHY, fail=refused or None).board
    said = "nothing is left in effect" if refused else "every step took effect"
    assert idle_reason(board).sentence == f"The run has ended: {said}."


def test_a_board_and_signs_of_two_moments_claim_nothing():
    board = charging()
    sent_since = {**runtime(board).broker_statuses, "99-fulfilment": BrokerStatus(0.0, 0.0)}
    for broker_statuses in (sent_since, {}):
        assert idle_reason(board, runtime(board, broker_statuses=broker_statuses)).kind == "moving"


def test_board_and_deliveries_agree_on_what_is_on_its_way():
    for kind in FAULT:
        one = Simulator(RunState(ORCHESTRATION, RunSettings(), faults=(parse_fault(f"charge-customer:{kind}"),)))
        while one.in_flight:
            board = fold(ORCHESTRATION, one.facts)
            assert {delivery_key(*d.key) for d in one.in_flight} == {delivery.key for delivery in board.in_flight}
            one.deliver(one.in_flight[0])


def plans_of(*sagas):
    return [(name, style) for name in sagas for style in SAGA[name].styles]


@pytest.mark.parametrize("kind", FAULT)
@pytest.mark.parametrize(
    ("saga", "style"),
    [
        *plans_of("order"),
        *(pytest.param(*one, marks=pytest.mark.proof) for one in plans_of("order-hybrid", "order-long")),
    ],
)
def test_whatever_goes_wrong_the_sentence_is_true_after_every_fact(kind, saga, style):
    kinds, plan = set(), compile_plan(SAGA[saga], style)
    for step in plan.saga.steps:
        refused = "schedule-fulfilment" if kind == "compensation-fails" else None
        board = fold(plan, ())
        for fact in simulate(plan, faults=[parse_fault(f"{step.name}:{kind}")], fail=refused).facts:
            board = advance(board, fact)
            kinds.add(assert_true(board))
    assert "ended" in kinds


def assert_true(board):
    """Holds the sentence against the board, read another way; returns its kind."""
    found = idle_reason(board)
    flying = {delivery.name for delivery in board.in_flight if not delivery.is_timer}
    timers = {delivery.name: delivery.due - board.at for delivery in board.in_flight if delivery.is_timer}
    names = {delivery.name for delivery in board.deliveries.values()}
    named = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", found.sentence)) & names
    assert (found.kind == "ended") <= (board.status in ENDED), found
    assert not (flying and "nobody" in found.sentence), (found, flying)
    if found.kind in {"on-its-way", "backing-off", "down", "delayed"}:
        assert named <= flying | timers.keys(), (found, flying)
        assert named, found
    if found.kind in {"timer", "lost"}:
        assert not flying, (found, flying)
    if found.kind == "lost" and "will notice" in found.sentence:
        assert timers, found
    if "any moment" in found.sentence:
        assert min(timers.values(), default=0.0) < 0.1, found
    return found.kind


def test_every_situation_has_a_name_and_a_picture_of_its_own():
    assert len({one.kind for one in SITUATIONS}) == len({one.icon for one in SITUATIONS}) == len(SITUATIONS)


def test_who_has_to_handle_several_messages_is_named_once():
    plan = compile_plan(SAGA["order-parallel"], Style.CHOREOGRAPHY)
    facts = simulate(plan).facts
    said = [idle_reason(fold(plan, facts[:upto])).sentence for upto in range(1, len(facts) + 1)]
    assert "Waiting for Fulfilment to handle InventoryReserved and CustomerCharged." in said
    assert "Waiting for Inventory to handle OrderValidated and Payment to handle OrderValidated." in said
