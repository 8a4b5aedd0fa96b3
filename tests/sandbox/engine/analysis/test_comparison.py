"""The comparison of two runs agrees with their facts, whatever went wrong in them."""

from functools import cache

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.sagas import DAY
from sandbox.definitions.terms import (
    EFFECTS_IN,
    SETTLED,
    Effect,
    FactKind,
    Guarantee,
    MessageKind,
    Phase,
    SagaStatus,
    Style,
    Verb,
)
from sandbox.engine.analysis.comparison import LINES, Actors, Broken, Decided, Hops, Seconds, compare
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.detection import detect
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.fault_reach import applicable
from sandbox.engine.simulation.simulator import simulate

ORDER = SAGA["order"]
BOTH = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
REFUSALS = ("", *(step.name for step in ORDER.refusable))


@cache
def simulated(style, fail="", *faults, saga="order", without=()):
    plan = compile_plan(SAGA[saga], style)
    return simulate(plan, fail=fail or None, faults=map(parse_fault, faults), without=without)


def fault_fits(style, refused, fault):
    plan = compile_plan(ORDER, style)
    return bool(applicable(plan, [parse_fault(fault)], RunSettings(fail=refused)))


@cache
def pairs(kind):
    """Returns the same order with the same fault of that kind in both styles, at every place that allows it."""
    placed = [(refused, f"{step.name}:{kind}") for refused in REFUSALS for step in ORDER.steps]
    both = [case for case in placed if all(fault_fits(style, *case) for style in BOTH)]
    return [tuple(simulated(style, *case) for style in BOTH) for case in both]


def pair_without_faults(refused):
    return tuple(simulated(style, refused) for style in BOTH)


EVERY = [pytest.param(pairs, kind, id=kind) for kind in FAULT]
EVERY += [
    pytest.param(lambda refused: [pair_without_faults(refused)], refused, id=refused or "nothing")
    for refused in REFUSALS
]


def values_of(one, other=None):
    """Returns the values of a run by the names of their lines."""
    return {row.line.name: row.one for row in compare(one, other or one)}


def counted_on_board(record):
    """Returns the values that can also be counted on the board, which is folded from the same facts."""
    deliveries = record.board.deliveries.values()
    messages = [delivery for delivery in deliveries if not delivery.is_timer]
    taken = sorted((delivery for delivery in deliveries if delivery.handled), key=lambda delivery: delivery.handled)
    happened = [fact.kind for delivery in deliveries for fact in delivery.facts]
    return {
        "status": record.facts[-1].status,
        "messages": len({delivery.message for delivery in messages}),
        "hops": Hops(tuple((delivery.sender, delivery.receiver) for delivery in taken if not delivery.is_timer)),
        "queues": Actors(tuple(dict.fromkeys(delivery.receiver for delivery in taken))),
        "timers": len({delivery.message for delivery in deliveries}) - len({delivery.message for delivery in messages}),
        "failed": happened.count("attempt failed"),
        "again": happened.count("message delivered again") + sum(delivery.copy > 1 for delivery in taken),
        "duration": Seconds(max(fact.at for fact in record.facts)),
    }


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_every_line_is_stated_and_every_number_can_be_counted_again(runs, what):
    assert runs(what)
    for pair in runs(what):
        for record in pair:
            stated = values_of(record)
            assert list(stated) == [line.name for line in LINES]
            assert counted_on_board(record).items() <= stated.items()


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_it_does_not_matter_which_of_the_two_comes_first_or_how_often_one_asks(runs, what):
    for one, other in runs(what):
        mirrored = [(row.line, row.other, row.one) for row in compare(other, one)]
        assert mirrored == [(row.line, row.one, row.other) for row in compare(one, other)] == mirrored


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_messages_only_here_are_those_that_the_other_never_sent(runs, what):
    for one, other in runs(what):
        names = [{a.name for a in run.board.deliveries.values() if not a.is_timer} for run in (one, other)]
        assert set(values_of(one, other)["only"]) == names[0] - names[1]
        assert set(values_of(other, one)["only"]) == names[1] - names[0]


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_the_decider_sent_the_command_or_received_an_event(runs, what):
    """Told from the arrow whose handling the fact belongs to."""
    for pair in runs(what):
        for record in pair:
            done = {(d.step, d.verb, d.by, d.trigger) for verb in (Verb.DO, Verb.UNDO) for d in decisions(record, verb)}
            acted = {
                (f.step, f.verb, a.sender if a.kind is MessageKind.COMMAND else a.receiver, a.name)
                for a in record.board.deliveries.values()
                for f in a.facts
                if f.kind in {FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED, FactKind.STEP_REJECTED}
                and f.reason != "the order's deadline has passed"
            }
            assert done == acted


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_the_orchestrator_decides_everything_or_each_service_for_itself(runs, what):
    for alone, commanded in runs(what):
        for verb in (Verb.DO, Verb.UNDO):
            assert all(decision.is_own for decision in decisions(alone, verb))
            assert {decision.by for decision in decisions(commanded, verb)} <= {"orchestrator"}
        assert values_of(alone)["knows-all"] == Actors(())
        assert values_of(commanded)["knows-all"] == Actors(("orchestrator",))


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_what_was_undone_is_what_was_posted_back_in_that_order(runs, what):
    for pair in runs(what):
        for record in pair:
            posted = [f.posting.service for f in record.facts if f.posting and f.verb is Verb.UNDO]
            undos = {step.undo.name: step.service for step in ORDER.steps if step.undo}
            assert [undos[name] for name in values_of(record)["undone"]] == posted
            assert [d.actor for d in values_of(record)["decided-undo"].each] == posted


def undo_deciders(record):
    return {d.step: (d.by, d.trigger) for d in decisions(record, Verb.UNDO)}


def test_who_decided_the_refund():
    alone, commanded = pair_without_faults("schedule-fulfilment")
    assert undo_deciders(alone)["charge-customer"] == ("payment", "NoCourier")
    assert undo_deciders(commanded)["charge-customer"] == ("orchestrator", "RefundCustomer")


def test_of_a_declined_card_nothing_is_refunded_and_the_stock_is_released():
    alone, commanded = pair_without_faults("charge-customer")
    assert undo_deciders(alone) == {
        "reserve-inventory": ("inventory", "CardDeclined"),
        "validate-order": ("order", "InventoryReleased"),
    }
    assert undo_deciders(commanded) == {
        "reserve-inventory": ("orchestrator", "ReleaseInventory"),
        "validate-order": ("orchestrator", "CancelOrder"),
    }


def test_a_declined_card_in_numbers():
    (alone, commanded), lines = pair_without_faults("charge-customer"), ("messages", "timers", "failed", "again")
    assert [values_of(alone)[line] for line in lines] == [6, 1, 0, 0]
    assert [values_of(commanded)[line] for line in lines] == [11, 5, 0, 0]
    assert [len(values_of(run)["hops"].taken) for run in (alone, commanded)] == [5, 11]
    assert values_of(alone, commanded)["only"] == ()
    commands = ("ValidateOrder", "ReserveInventory", "ChargeCustomer", "ReleaseInventory", "CancelOrder")
    assert values_of(commanded, alone)["only"] == commands
    assert values_of(alone)["undone"] == values_of(commanded)["undone"] == ("release-inventory", "cancel-order")


def test_a_hybrid_is_decided_by_the_orchestrator_but_for_what_follows_events():
    record = simulated(Style.HYBRID, "schedule-fulfilment", saga="order-hybrid")
    own = {d.step: d.trigger for verb in (Verb.DO, Verb.UNDO) for d in decisions(record, verb) if d.is_own}
    assert own == {
        "pack-shipment": "LabelPrinted",
        "print-label": "ShipmentUnpacked",
        "pick-items": "ShipmentUnpacked",
    }


def test_a_step_that_waits_for_days_was_decided_when_the_wait_began():
    for style, by in zip(BOTH, ("fulfilment", "orchestrator"), strict=True):
        last = decisions(simulated(style, saga="order-long"), Verb.DO)[3]
        assert (last.step, last.by) == ("schedule-fulfilment", by)


def test_an_order_that_expires_is_not_a_step_that_somebody_decided_to_do():
    record = simulated(Style.CHOREOGRAPHY, "", "charge-customer:lost")
    assert [d.step for d in decisions(record, Verb.DO)] == ["validate-order", "reserve-inventory"]
    assert undo_deciders(record)["reserve-inventory"] == ("inventory", "NothingToRefund")


TIMEOUT = {Style.CHOREOGRAPHY: 25, Style.ORCHESTRATION: 10}
NOTICED = {
    (Phase.ARRIVING, Effect.FAIL): "attempt failed",
    (Phase.ARRIVING, Effect.DELAY): "step timed out",
    (Phase.ARRIVING, Effect.CRASH): "message delivered again",
    (Phase.ARRIVING, Effect.SHUT): "step timed out",
    (Phase.ANSWERING, Effect.DELAY): "step timed out",
    (Phase.COMMITTED, Effect.CRASH): "duplicate ignored",
    (Phase.PUBLISHED, Effect.CRASH): "duplicate ignored",
    (Phase.SENDING, Effect.COPY): "duplicate ignored",
    (Phase.SENDING, Effect.LOSE): "step timed out",
    (Phase.SENDING, Effect.OVERTAKE): "step timed out",
}


def expected_detection(kind, style):
    """Returns what shows a fault of that kind, and after how many seconds: it follows from its phase and effect."""
    fault, timeout = FAULT[kind], TIMEOUT[style]
    if fault.effect is Effect.SHUT and (fault.number or 0) < timeout:
        return None, 0
    by = NOTICED[fault.phase, fault.effect]
    return by, timeout if by == "step timed out" else 0


def first_detection(record):
    seen = detect(record)
    return seen.detected_by and seen.detected_by.kind, round(seen.after)


def test_how_each_effect_in_each_phase_is_noticed_is_known():
    assert set(NOTICED) == {(phase, effect) for phase in Phase for effect in EFFECTS_IN[phase]}


@pytest.mark.parametrize("style", BOTH)
@pytest.mark.parametrize("kind", FAULT)
def test_how_soon_each_kind_of_fault_at_the_charge_is_noticed_and_by_what(kind, style):
    refused = "schedule-fulfilment" if FAULT[kind].verb is Verb.UNDO else ""
    assert first_detection(simulated(style, refused, f"charge-customer:{kind}")) == expected_detection(kind, style)


@pytest.mark.parametrize("kind", FAULT)
def test_it_is_noticed_after_it_struck_and_only_where_something_did(kind):
    for pair in pairs(kind):
        for record in pair:
            seen = detect(record)
            assert seen.cause == record.of_kind(FactKind.FAULT_INJECTED)[0]
            assert seen.detected_by is None or (
                seen.detected_by.seq > seen.cause.seq and seen.after == seen.detected_by.at - seen.cause.at
            )


@pytest.mark.parametrize("refused", REFUSALS)
def test_a_refusal_is_noticed_by_the_actor_that_refuses_and_nothing_where_nothing_went_wrong(refused):
    for record in pair_without_faults(refused):
        seen = detect(record)
        assert seen.after == 0.0
        assert (seen.detected_by and seen.detected_by.step) == (refused or None)


def test_what_is_lost_past_the_pivot_is_noticed_only_where_somebody_waits_for_it():
    alone, commanded = (simulated(style, "", "send-confirmation:lost") for style in BOTH)
    assert detect(alone).detected_by is None
    assert values_of(alone)["status"] is SagaStatus.STUCK
    assert first_detection(commanded) == ("step timed out", 10)


def test_a_lost_undo_is_commanded_again_by_the_orchestrator():
    record = simulated(Style.ORCHESTRATION, "charge-customer", "ReleaseInventory:lost")
    assert first_detection(record) == ("message sent", 10)
    assert values_of(record)["status"] is SagaStatus.COMPENSATED


def test_what_is_noticed_is_not_always_repaired():
    record = simulated(Style.CHOREOGRAPHY, "charge-customer", "InventoryReleased:lost")
    assert first_detection(record) == ("step timed out", 25)
    assert values_of(record)["status"] is SagaStatus.STUCK


def test_a_timeout_of_something_else_is_no_sign_of_what_has_arrived_since():
    record = simulated(Style.ORCHESTRATION, "", "validate-order:slow=2", "charge-customer:lost")
    assert record.of_kind(FactKind.STEP_TIMED_OUT)
    assert detect(record).cause.fault == "slow"
    assert detect(record).detected_by is None


def test_a_refusal_later_on_is_no_sign_of_a_fault_before_it():
    record = simulated(Style.ORCHESTRATION, "schedule-fulfilment", "validate-order:slow=2")
    assert detect(record).detected_by is None


def test_without_an_inbox_nobody_recognises_a_copy():
    for style in BOTH:
        record = simulated(style, "", "charge-customer:duplicate", without=(Guarantee.INBOX,))
        assert detect(record).detected_by is None
        assert values_of(record)["laws"].titles


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_no_law_is_broken_and_those_that_are_if_nobody_helps_are_named(runs, what):
    for pair in runs(what):
        for record in pair:
            laws = values_of(record)["laws"]
            assert laws.titles == ()
            assert bool(laws.if_final) == (record.board.status not in SETTLED)


def test_laws_that_are_broken_if_nothing_more_happens_are_named_apart():
    laws = values_of(simulated(Style.CHOREOGRAPHY, "", "send-confirmation:lost"))["laws"]
    assert laws == Broken((), ("Every order is finished or taken back",))


def test_time_that_was_skipped_has_passed():
    record = simulated(Style.CHOREOGRAPHY)
    last = record.facts[-1]
    skipped = Fact(FactKind.TIME_SKIPPED, "customer", seq=last.seq, at=last.at, after=60.0)
    longer = evolve(record, facts=(*record.facts[:-1], skipped, evolve(last, seq=last.seq + 1)))
    assert longer.seconds(longer.facts[0], longer.facts[-1]) == pytest.approx(60 + last.at)


def test_a_board_tells_the_time_of_each_fact_with_what_was_skipped_before_it_and_not_after():
    record = simulated(Style.CHOREOGRAPHY)
    start, cut = record.facts[0].at, 9
    skipped = Fact(FactKind.TIME_SKIPPED, "customer", seq=cut + 1, at=record.facts[cut - 1].at + 0.5, after=3 * DAY)
    later = [evolve(fact, seq=fact.seq + 1, at=fact.at + 1) for fact in record.facts[cut:]]
    facts = [*record.facts[:cut], skipped, *later]
    board = fold(record.plan, facts)
    for fact in facts:
        passed = 3 * DAY if fact.seq >= skipped.seq else 0.0
        assert board.seconds_at(fact.at) == pytest.approx(fact.at - start + passed)
    assert fold(record.plan, facts[:cut]).seconds_at(facts[cut - 1].at) == pytest.approx(facts[cut - 1].at - start)


def test_runs_that_have_not_ended_are_compared_as_far_as_they_are():
    alone, commanded = pair_without_faults("charge-customer")
    early = evolve(alone, facts=alone.facts[:2])
    early.__dict__.pop("board", None)
    stated = values_of(early, commanded)
    assert (stated["messages"], stated["duration"], stated["decided-next"]) == (1, Seconds(None), Decided(()))
