"""Every saga in every style and undo order, with every fault at every place: all laws, and true pictures."""

from functools import cache

import pytest

from sandbox.definitions.faults import BadFault, Fault, parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import SETTLED, DeliveryState, FactKind, Guarantee, Phase, SagaStatus, Style, UndoOrder
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.execution.operator import is_placed
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import advance, fold
from sandbox.engine.simulation.fault_reach import check_placements
from sandbox.engine.simulation.simulator import Simulator, simulate
from tests.sandbox.engine.lost_orders import order_was_lost

PLANS = [compile_plan(saga, style, undo) for saga in SAGA.values() for style in saga.styles for undo in UndoOrder]
ORDER = {style: compile_plan(SAGA["order"], style) for style in SAGA["order"].styles}


def names(plan):
    return f"{plan.saga.name}-{plan.style}-{plan.undo_order}"


def is_plain(plan):
    return plan.saga is SAGA["order"]


# Of the plain saga always; of all others it is a proof, which takes a minute.
EVERY_PLAN = pytest.mark.parametrize(
    "plan", [pytest.param(plan, id=names(plan), marks=() if is_plain(plan) else pytest.mark.proof) for plan in PLANS]
)


def places(plan):
    """Every step, every actor and every message."""
    return [step.name for step in plan.saga.steps] + [*plan.actors[1:], *dict.fromkeys(hop.name for hop in plan.hops)]


@cache
def run_with(plan, kind, at, refused):
    """Returns the run with that fault at that place, and its record."""
    run = Simulator(RunState(plan, RunSettings(fail=refused or ""), faults=(Fault(kind, at),)))
    return run, run.run()


def places_that_come(plan, refused):
    """Returns the places without the messages that nobody sends: until a fault strikes, a run goes on as without it."""
    sent = simulate(plan, fail=refused).of_kind(FactKind.MESSAGE_SENT)
    missing = {hop.name for hop in plan.hops} - {plan.heard_as(fact.name) for fact in sent}
    return [at for at in places(plan) if at not in missing]


def every_run(plan):
    """Yields every fault at every place, with and without a refusal of the pivot, as far as it strikes there."""
    for refused in (None, plan.saga.pivot.name):
        for at in places_that_come(plan, refused):
            for kind in FAULT:
                run, record = run_with(plan, kind, at, refused)
                if record.of_kind(FactKind.FAULT_INJECTED):
                    yield (kind, at, refused), run, record


def all_runs(plan):
    return ((place, record) for place, _, record in every_run(plan))


@EVERY_PLAN
def test_no_fault_anywhere_breaks_a_law(plan):
    for (kind, at, refused), record in all_runs(plan):
        assert not broken(judge(record)), f"{at}:{kind}, refused: {refused}"


@EVERY_PLAN
def test_every_kind_of_fault_strikes_somewhere(plan):
    assert {kind for (kind, _, _), _ in all_runs(plan)} == set(FAULT)


@EVERY_PLAN
def test_a_fault_leaves_an_order_unsettled_only_where_nobody_can_know_or_help(plan):
    for (kind, at, refused), record in all_runs(plan):
        status = record.board.status
        if kind == "compensation-fails":
            assert status is SagaStatus.COMPENSATION_FAILED
        elif status not in SETTLED and not order_was_lost(record):
            assert (status, kind, plan.style) == (SagaStatus.STUCK, "lost", Style.CHOREOGRAPHY), (at, refused)


@EVERY_PLAN
def test_every_hop_of_every_run_is_drawn_and_every_drawn_arrow_is_taken_in_some_run(plan):
    """Law 9: pictures tell the truth."""
    drawn = {(hop.sender, hop.receiver, hop.name) for hop in plan.hops}
    timers = {(actor, actor, timer.name) for actor, timer in plan.timers}
    plain = [simulate(plan, fail=step.name) for step in plan.saga.refusable] + [simulate(plan)]
    given_up = [simulate(plan, faults=[Fault("transient", step.name, 4)]) for step in plan.saga.refusable]
    faulty = [record for _, record in all_runs(plan)]
    undos = [
        simulate(plan, fail=step.name, faults=[Fault("compensation-fails", undone.name)])
        for step in plan.saga.refusable
        for undone in plan.saga.steps
        if undone.undo
    ]
    taken = {
        (delivery.sender, delivery.receiver, delivery.name)
        for record in (*plain, *given_up, *faulty, *undos)
        for delivery in record.board.deliveries.values()
        if delivery.receiver
    }
    assert drawn <= taken <= drawn | timers


@EVERY_PLAN
def test_the_memory_of_an_actor_is_what_its_journal_replays_to(plan):
    for _, run, record in every_run(plan):
        opened = opening_balances(plan, run.run_state.settings)
        for actor, memory in run.memories.items():
            assert replay(plan, record.settings, actor, record.facts, balances=opened.get(actor)) == memory


@EVERY_PLAN
def test_a_page_as_of_any_fact_is_the_fold_of_the_facts_so_far(plan):
    _, record = run_with(plan, "crash-after-publish", plan.saga.charge.name, plan.saga.pivot.name)
    board = fold(plan, record.facts[:9])
    for fact in record.facts[9:]:
        board = advance(board, fact)
    assert board == fold(plan, record.facts)


@pytest.mark.parametrize("style", ORDER)
@pytest.mark.parametrize("kind", FAULT)
def test_the_same_fault_gives_the_same_run_each_time(style, kind):
    fault = Fault(kind, "charge-customer")
    once, again = (simulate(ORDER[style], fail="schedule-fulfilment", faults=[fault]) for _ in range(2))
    assert once.facts == again.facts


@pytest.mark.parametrize("style", ORDER)
def test_three_transient_errors_are_four_attempts_and_one_effect(style):
    record = simulate(ORDER[style], faults=[parse_fault("charge-customer:transient=3")])
    assert [fact.attempt for fact in record.of_kind(FactKind.ATTEMPT_FAILED)] == [1, 2, 3]
    assert [fact.after for fact in record.of_kind(FactKind.ATTEMPT_FAILED)] == [0.5, 1.0, 2.0]
    assert record.board.status is SagaStatus.COMPLETED


@pytest.mark.parametrize("style", ORDER)
def test_one_error_more_than_there_are_attempts_refuses_the_step(style):
    record = simulate(ORDER[style], faults=[parse_fault("charge-customer:transient=4")])
    (refused,) = record.of_kind(FactKind.STEP_REJECTED)
    assert "gave up after 4 attempts" in refused.reason
    assert record.board.status is SagaStatus.COMPENSATED
    assert not broken(judge(record))


@pytest.mark.parametrize("style", ORDER)
def test_past_the_pivot_a_step_is_tried_until_it_completes(style):
    record = simulate(ORDER[style], faults=[parse_fault("send-confirmation:transient=12")])
    assert len(record.of_kind(FactKind.ATTEMPT_FAILED)) == 12
    assert record.board.status is SagaStatus.COMPLETED


def test_an_undo_wins_against_the_do_that_it_overtakes():
    record = simulate(ORDER[Style.ORCHESTRATION], faults=[parse_fault("charge-customer:slow")])
    assert [fact.step for fact in record.of_kind(FactKind.NOTHING_TO_UNDO)] == ["charge-customer"]
    assert [fact.step for fact in record.of_kind(FactKind.STEP_SKIPPED)] == ["charge-customer"]
    assert record.balance("payment", "merchant") == 0


def test_a_late_answer_leaves_an_effect_that_is_compensated():
    record = simulate(ORDER[Style.ORCHESTRATION], faults=[parse_fault("charge-customer:timeout-after-effect")])
    assert record.board.compensations == ("charge-customer", "reserve-inventory", "validate-order")
    assert record.board.status is SagaStatus.COMPENSATED


def test_a_choreography_that_lost_an_order_compensates_it_at_its_deadline():
    record = simulate(ORDER[Style.CHOREOGRAPHY], faults=[parse_fault("charge-customer:lost")])
    assert "OrderExpired" in {delivery.name for delivery in record.board.deliveries.values()}
    assert record.board.compensations == ("reserve-inventory", "validate-order")


@pytest.mark.parametrize("style", ORDER)
def test_a_failed_compensation_waits_for_a_human_and_then_goes_on(style):
    fault = parse_fault("reserve-inventory:compensation-fails")
    run = Simulator(RunState(ORDER[style], RunSettings(fail="charge-customer"), faults=(fault,)))
    assert run.run().board.status is SagaStatus.COMPENSATION_FAILED
    for dead in [d for d in run.deliveries.values() if d.state is DeliveryState.DEAD]:
        assert dead.attempts == 4
        run.repair(dead)
    assert run.run().board.status is SagaStatus.COMPENSATED
    assert run.record.board.compensations == ("reserve-inventory", "validate-order")
    assert not broken(judge(run.record))


def test_a_restarted_orchestrator_replays_its_history_and_sends_nothing_again():
    record = simulate(ORDER[Style.ORCHESTRATION], faults=[parse_fault("CustomerCharged:crash-before-work")])
    (replayed,) = record.of_kind(FactKind.HISTORY_REPLAYED)
    assert replayed.count == 3
    sent = [fact.name for fact in record.of_kind(FactKind.MESSAGE_SENT)]
    assert len(sent) == len(set(sent))
    assert record.board.status is SagaStatus.COMPLETED


def anomaly(style, guarantee, fault, *others):
    off = {Guarantee(guarantee), *map(Guarantee, others)}
    plan = compile_plan(SAGA["order"], style, timeouts=Guarantee.TIMEOUTS not in off)
    return simulate(plan, faults=[parse_fault(fault)], without=off)


def verdict(record):
    return {finding.invariant.name: finding.violation for finding in broken(judge(record))}


@pytest.mark.parametrize("style", ORDER)
def test_without_an_outbox_a_crash_leaves_a_zombie_record(style):
    record = anomaly(style, "outbox", "charge-customer:crash-after-commit")
    violation = verdict(record)["told-iff-done"]
    assert "zombie record" in violation.text
    assert record.facts[violation.seq - 1].step == "charge-customer"


@pytest.mark.parametrize("style", ORDER)
def test_without_an_outbox_a_crash_leaves_a_ghost_message(style):
    record = anomaly(style, "outbox", "charge-customer:crash-after-publish")
    violation = verdict(record)["told-iff-done"]
    assert "ghost message" in violation.text
    assert record.facts[violation.seq - 1].name == "CustomerCharged"


@pytest.mark.parametrize("style", ORDER)
@pytest.mark.parametrize("fault", ["duplicate", "crash-after-publish"])
def test_without_an_inbox_a_copy_charges_twice(style, fault):
    record = anomaly(style, "inbox", f"charge-customer:{fault}")
    assert {"one-charge", "effects-once"} <= set(verdict(record))
    assert record.balance("payment", "merchant") == 5000
    violation = verdict(record)["effects-once"]
    assert record.facts[violation.seq - 1].step == "charge-customer"


def test_without_an_inbox_the_next_service_still_recognises_the_second_charge_by_its_own_records():
    record = anomaly(Style.CHOREOGRAPHY, "inbox", "charge-customer:duplicate")
    (ignored,) = record.of_kind(FactKind.DUPLICATE_IGNORED)
    assert (ignored.actor, ignored.name) == ("fulfilment", "CustomerCharged")
    assert "own records" in ignored.reason
    assert "inbox" not in ignored.reason


@pytest.mark.parametrize("style", ORDER)
def test_without_late_acknowledgement_a_crash_loses_the_order(style):
    record = anomaly(style, "late-ack", "charge-customer:crash-before-work", "timeouts")
    assert record.board.status is SagaStatus.STUCK
    (lost,) = record.of_kind(FactKind.MESSAGE_LOST)
    later = {f.invariant.name: f.if_final for f in judge(record) if f.if_final}
    assert later["comes-to-an-end"].seq == lost.seq


@pytest.mark.parametrize("style", ORDER)
def test_timeouts_find_the_order_that_early_acknowledgement_lost(style):
    assert anomaly(style, "late-ack", "charge-customer:crash-before-work").board.status is SagaStatus.COMPENSATED


@pytest.mark.parametrize("style", ORDER)
def test_without_timeouts_a_lost_message_is_a_lost_order(style):
    record = anomaly(style, "timeouts", "charge-customer:lost")
    assert record.board.status is SagaStatus.STUCK
    assert not broken(judge(record))
    assert "comes-to-an-end" in {f.invariant.name for f in judge(record) if f.if_final}


@pytest.mark.parametrize("guarantee", Guarantee)
@pytest.mark.parametrize("style", ORDER)
def test_a_guarantee_that_is_off_does_no_harm_while_nothing_goes_wrong(style, guarantee):
    plan = compile_plan(SAGA["order"], style, timeouts=guarantee is not Guarantee.TIMEOUTS)
    record = simulate(plan, without=[guarantee])
    assert record.board.status is SagaStatus.COMPLETED
    assert not broken(judge(record))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("charge-customer", "PLACE:KIND=N"),
        (":lost", "a place is a step, an actor or a message"),
        ("charge-customer:vanish", "transient, slow, timeout-after-effect"),
        ("charge-customer:transient=0", "1 to 20"),
        ("charge-customer:transient=x", "whole number of times"),
        ("charge-customer:transient@0", "K is a whole number, 1 to 20"),
        ("charge-customer:transient@", "K is a whole number"),
        ("payment:down=9999", "whole number of seconds, 1 to 600"),
    ],
)
def test_a_fault_that_cannot_be_read_says_how_to_write_it(text, says):
    with pytest.raises(BadFault, match=says):
        parse_fault(text)


@pytest.mark.parametrize("text", ["payment:lost", "payment:lost=2", "payment:lost@3", "orchestrator:transient=2@4"])
def test_a_fault_is_written_as_it_is_read(text):
    assert str(parse_fault(text)) == text


def test_a_stored_fault_names_the_fields_that_differ_from_their_defaults():
    assert Fault("lost", "payment", injected=1).dump() == {"kind": "lost", "at": "payment", "injected": 1}


def test_a_fault_strikes_from_the_nth_time_on_and_records_what_it_spared():
    record = simulate(ORDER[Style.ORCHESTRATION], faults=[parse_fault("orchestrator:transient=2@3")])
    named = {
        kind: [fact.name for fact in record.of_kind(kind)] for kind in (FactKind.FAULT_SPARED, FactKind.FAULT_INJECTED)
    }
    assert named == {
        FactKind.FAULT_SPARED: ["OrderPlaced", "OrderValidated"],
        FactKind.FAULT_INJECTED: ["InventoryReserved", "InventoryReserved"],
    }
    assert [fact.seq for fact in record.facts] == list(range(1, len(record.facts) + 1))
    assert not broken(judge(record))


@EVERY_PLAN
def test_a_fault_at_the_second_message_to_an_actor_breaks_no_law(plan):
    for kind in FAULT:
        for actor in plan.actors[1:]:
            record = simulate(plan, fail=plan.saga.pivot.name, faults=[Fault(kind, actor, nth=2)])
            assert not broken(judge(record)), f"{actor}:{kind}@2"


def place(style, text, *, fail=""):
    check_placements(ORDER[style], [parse_fault(text)], RunSettings(fail=fail))


@pytest.mark.parametrize(
    ("style", "text", "why"),
    [
        (Style.CHOREOGRAPHY, "fly:lost", "its steps are validate-order"),
        (Style.CHOREOGRAPHY, "orchestrator:down", "no step, actor or message 'orchestrator'"),
        (Style.ORCHESTRATION, "schedule-fulfilment:compensation-fails", "has no undo"),
        (Style.ORCHESTRATION, "charge-customer:compensation-fails", "nothing undoes charge-customer"),
        (Style.CHOREOGRAPHY, "send-confirmation:timeout-after-effect", "nobody waits for ConfirmationSent"),
        (Style.CHOREOGRAPHY, "charge-customer:lost@2", "comes to that once only"),
    ],
)
def test_a_fault_that_could_have_no_effect_is_refused_with_the_reason(style, text, why):
    with pytest.raises(BadFault, match=why):
        place(style, text)


def test_a_failing_compensation_is_taken_where_something_is_compensated():
    place(Style.ORCHESTRATION, "charge-customer:compensation-fails", fail="schedule-fulfilment")


@pytest.mark.parametrize("kind", FAULT)
def test_a_fault_survives_storage_as_json(kind):
    fault = Fault(kind, "charge-customer", 2, injected=1, until=3.0)
    assert Fault.load(fault.dump()) == fault


@pytest.mark.parametrize("kind", [fault.name for fault in FAULT.values() if fault.phase is Phase.SENDING])
@pytest.mark.parametrize("style", ORDER)
def test_a_strike_by_the_operator_is_recorded_as_theirs(style, kind):
    run = Simulator(RunState(ORDER[style], RunSettings()))
    run.strike(run.in_flight[0], kind)
    (fact,) = run.record.of_kind(FactKind.FAULT_INJECTED)
    assert (fact.fault, fact.by_hand) == (kind, True)
    assert not broken(judge(run.run()))


@pytest.mark.parametrize("style", ORDER)
@pytest.mark.parametrize("crash", ["crash-after-commit", "crash-after-publish"])
def test_a_duplicate_whose_handler_dies_is_delivered_a_third_time_and_each_is_recognised(style, crash):
    faults = [parse_fault("charge-customer:duplicate"), parse_fault(f"charge-customer:{crash}")]
    record = simulate(ORDER[style], faults=faults)
    copies = [delivery for delivery in record.board.deliveries.values() if delivery.copy > 1]
    assert len(copies) == len(record.of_kind(FactKind.DUPLICATE_IGNORED)) == 2
    assert all(delivery.handled for delivery in copies)
    assert not broken(judge(record))


@pytest.mark.parametrize(
    ("fault", "lost", "refused", "ends"),
    [
        ("schedule-fulfilment:transient=4", "NoCourier:lost", None, SagaStatus.COMPENSATED),
        (
            "charge-customer:compensation-fails",
            "RefundCustomerFailed:lost",
            "schedule-fulfilment",
            SagaStatus.COMPENSATION_FAILED,
        ),
    ],
)
def test_a_failure_of_every_attempt_is_reported_again_when_the_command_is_repeated(fault, lost, refused, ends):
    faults = [parse_fault(fault), parse_fault(lost)]
    record = simulate(ORDER[Style.ORCHESTRATION], fail=refused, faults=faults)
    assert record.board.status is ends
    assert not broken(judge(record))


@EVERY_PLAN
def test_a_run_ends_as_its_orchestrator_has_closed_it(plan):
    for place in dict.fromkeys(hop.name for hop in plan.hops):
        for refused in (None, plan.saga.pivot.name):
            run = Simulator(
                RunState(plan, RunSettings(fail=refused or ""), faults=(parse_fault(f"{place}:transient=4"),))
            )
            status = run.run().board.status
            if "orchestrator" in run.memories and status in SETTLED:
                assert run.memories["orchestrator"].closed is status, place
            assert not broken(judge(run.record)), place


def test_a_dead_message_does_not_make_a_compensated_order_incomplete():
    record = simulate(ORDER[Style.ORCHESTRATION], faults=[parse_fault("CustomerCharged:transient=4")])
    assert record.of_kind(FactKind.MESSAGE_DEAD)
    assert record.board.status is SagaStatus.COMPENSATED


@pytest.mark.parametrize("style", ORDER)
def test_a_service_that_is_down_handles_nothing_until_it_is_up(style):
    record = simulate(ORDER[style], faults=[parse_fault("charge-customer:down=20")])
    (struck,) = record.of_kind(FactKind.FAULT_INJECTED)
    handled = [f.at for f in record.of_kind(FactKind.MESSAGE_HANDLED) if f.actor == "payment" and f.seq > struck.seq]
    assert handled
    assert min(handled) >= struck.at + 20


@pytest.mark.parametrize("style", ORDER)
def test_an_operator_repairs_every_fault_in_the_way(style):
    run = Simulator(
        RunState(ORDER[style], RunSettings(), faults=(parse_fault("send-confirmation:crash-before-work=20"),))
    )
    run.run()
    dead = next(delivery for delivery in run.deliveries.values() if delivery.state is DeliveryState.DEAD)
    struck = len(run.record.of_kind(FactKind.FAULT_INJECTED))
    run.repair(dead)
    assert run.run().board.status is SagaStatus.COMPLETED
    assert len(run.record.of_kind(FactKind.FAULT_INJECTED)) == struck


@pytest.mark.parametrize("style", ORDER)
def test_without_an_inbox_a_confirmation_is_sent_twice(style):
    record = anomaly(style, "inbox", "send-confirmation:duplicate")
    assert {"confirmed-once", "effects-once"} <= set(verdict(record))
    assert record.balance("notification", "sent") == 2


@pytest.mark.parametrize("style", ORDER)
def test_the_customers_order_itself_can_be_lost_without_anybody_knowing(style):
    record = simulate(ORDER[style], faults=[parse_fault("OrderPlaced:lost")])
    assert order_was_lost(record)
    assert record.board.status is SagaStatus.STUCK
    assert [fact.seq for fact in record.facts] == list(range(1, len(record.facts) + 1))


def test_the_command_that_begins_a_wait_belongs_to_its_step():
    plan = compile_plan(SAGA["order-long"], Style.ORCHESTRATION)
    record = simulate(plan, faults=[parse_fault("schedule-fulfilment:lost")])
    (lost,) = record.of_kind(FactKind.MESSAGE_LOST)
    assert lost.name == "ScheduleFulfilment"
    assert record.board.status is SagaStatus.COMPLETED


def test_a_fault_that_others_keep_from_striking_says_so():
    faults = [parse_fault("charge-customer:lost"), parse_fault("charge-customer:duplicate")]
    with pytest.raises(BadFault, match="the other faults keep it from striking"):
        check_placements(ORDER[Style.CHOREOGRAPHY], faults, RunSettings(fail=""))


@pytest.mark.parametrize("style", ORDER)
def test_a_fault_that_the_operator_places_strikes_later_and_once(style):
    run = Simulator(RunState(ORDER[style], RunSettings()))
    run.deliver(run.in_flight[0])
    flying = next(delivery for delivery in run.in_flight if not delivery.is_timer)
    run.strike(flying, "crash-before-work")
    assert is_placed(run.run_state, flying, "crash-before-work")
    assert not run.record.of_kind(FactKind.FAULT_INJECTED)
    run.run()
    assert len(run.record.of_kind(FactKind.FAULT_PLACED)) == len(run.record.of_kind(FactKind.FAULT_INJECTED)) == 1
    assert not is_placed(run.run_state, flying, "crash-before-work")


def test_a_bug_of_the_sandbox_is_no_failed_attempt_of_a_step(monkeypatch):
    def buggy(*_):
        raise KeyError("oops")

    monkeypatch.setattr("sandbox.engine.execution.handling.react", buggy)
    with pytest.raises(KeyError):
        simulate(ORDER[Style.CHOREOGRAPHY])
