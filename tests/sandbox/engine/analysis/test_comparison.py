"""What is said of two runs side by side is what their facts say, whatever went wrong in them."""

from functools import cache

import pytest

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import SETTLED, FactKind, Guarantee, MessageKind, SagaStatus, Style, Verb
from sandbox.engine.analysis.comparison import LINES, Actors, Broken, Decided, Hops, Seconds, compare
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.detection import detect
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.faults import parse_fault
from sandbox.engine.execution.messages import Fact
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.fault_reach import applicable
from sandbox.engine.simulation.simulator import simulate

ORDER = SAGA["order"]
BOTH = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
REFUSALS = ("", *(step.name for step in ORDER.refusable))


@cache
def ran(style, fail="", *faults, saga="order", without=()):
    plan = compile_plan(SAGA[saga], style)
    return simulate(plan, fail=fail or None, faults=map(parse_fault, faults), without=without)


def fits(style, refused, fault):
    plan = compile_plan(ORDER, style)
    return bool(applicable(plan, [fault], RunSettings(fail=refused)))


@cache
def pairs(kind):
    """The same order with the same fault of that kind in both styles, wherever it fits."""
    placed = [(refused, f"{step.name}:{kind}") for refused in REFUSALS for step in ORDER.steps]
    both = [case for case in placed if all(fits(style, *case) for style in BOTH)]
    return [tuple(ran(style, *case) for style in BOTH) for case in both]


def plain(refused):
    return tuple(ran(style, refused) for style in BOTH)


EVERY = [pytest.param(pairs, kind, id=kind) for kind in FAULT]
EVERY += [pytest.param(lambda refused: [plain(refused)], refused, id=refused or "nothing") for refused in REFUSALS]


def said(one, other=None):
    """What is said of a run, by line; of what the other lacks, only that."""
    return {row.line.name: row.one for row in compare(one, other or one)}


def recounted(record):
    """What can be counted on the folded board as well, which is made of the same facts in another way."""
    deliveries = record.board.deliveries.values()
    told = [delivery for delivery in deliveries if not delivery.is_timer]
    taken = sorted((delivery for delivery in deliveries if delivery.handled), key=lambda delivery: delivery.handled)
    happened = [fact.kind for delivery in deliveries for fact in delivery.outcome]
    return {
        "status": record.facts[-1].status,
        "messages": len({delivery.message for delivery in told}),
        "hops": Hops(tuple((delivery.sender, delivery.receiver) for delivery in taken if not delivery.is_timer)),
        "queues": Actors(tuple(dict.fromkeys(delivery.receiver for delivery in taken))),
        "timers": len({delivery.message for delivery in deliveries}) - len({delivery.message for delivery in told}),
        "failed": happened.count("attempt failed"),
        "again": happened.count("message delivered again") + sum(delivery.copy > 1 for delivery in taken),
        "duration": Seconds(max(fact.at for fact in record.facts)),
    }


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_every_line_is_stated_and_every_number_can_be_counted_again(runs, what):
    assert runs(what)
    for pair in runs(what):
        for record in pair:
            stated = said(record)
            assert list(stated) == [line.name for line in LINES]
            assert recounted(record).items() <= stated.items()


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_it_does_not_matter_which_of_the_two_comes_first_or_how_often_one_asks(runs, what):
    for one, other in runs(what):
        mirrored = [(row.line, row.other, row.one) for row in compare(other, one)]
        assert mirrored == [(row.line, row.one, row.other) for row in compare(one, other)] == mirrored


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_messages_only_here_are_those_that_the_other_never_sent(runs, what):
    for one, other in runs(what):
        names = [{a.name for a in run.board.deliveries.values() if not a.is_timer} for run in (one, other)]
        assert set(said(one, other)["only"]) == names[0] - names[1]
        assert set(said(other, one)["only"]) == names[1] - names[0]


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_whoever_decided_sent_the_command_or_else_heard_an_event(runs, what):
    """Told from the arrow whose handling the fact belongs to."""
    for pair in runs(what):
        for record in pair:
            done = {(d.step, d.verb, d.by, d.heard) for verb in (Verb.DO, Verb.UNDO) for d in decisions(record, verb)}
            acted = {
                (f.step, f.verb, a.sender if a.kind is MessageKind.COMMAND else a.receiver, a.name)
                for a in record.board.deliveries.values()
                for f in a.outcome
                if f.kind in {FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED, FactKind.STEP_REJECTED}
                and f.reason != "the order's deadline has passed"
            }
            assert done == acted


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_the_orchestrator_decides_all_or_everybody_for_himself(runs, what):
    for alone, commanded in runs(what):
        for verb in (Verb.DO, Verb.UNDO):
            assert all(decision.is_own for decision in decisions(alone, verb))
            assert {decision.by for decision in decisions(commanded, verb)} <= {"orchestrator"}
        assert said(alone)["knows-all"] == Actors(())
        assert said(commanded)["knows-all"] == Actors(("orchestrator",))


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_what_was_undone_is_what_was_posted_back_in_that_order(runs, what):
    for pair in runs(what):
        for record in pair:
            posted = [f.posting.service for f in record.facts if f.posting and f.verb is Verb.UNDO]
            undos = {step.undo.name: step.service for step in ORDER.steps if step.undo}
            assert [undos[name] for name in said(record)["undone"]] == posted
            assert [d.actor for d in said(record)["decided-undo"].each] == posted


def undo_deciders(record):
    return {d.step: (d.by, d.heard) for d in decisions(record, Verb.UNDO)}


def test_who_decided_the_refund():
    alone, commanded = plain("schedule-fulfilment")
    assert undo_deciders(alone)["charge-customer"] == ("payment", "NoCourier")
    assert undo_deciders(commanded)["charge-customer"] == ("orchestrator", "RefundCustomer")


def test_of_a_declined_card_nothing_is_refunded_and_the_stock_is_released():
    alone, commanded = plain("charge-customer")
    assert undo_deciders(alone) == {
        "reserve-inventory": ("inventory", "CardDeclined"),
        "validate-order": ("order", "InventoryReleased"),
    }
    assert undo_deciders(commanded) == {
        "reserve-inventory": ("orchestrator", "ReleaseInventory"),
        "validate-order": ("orchestrator", "CancelOrder"),
    }


def test_a_declined_card_in_numbers():
    (alone, commanded), lines = plain("charge-customer"), ("messages", "timers", "failed", "again")
    assert [said(alone)[line] for line in lines] == [6, 1, 0, 0]
    assert [said(commanded)[line] for line in lines] == [11, 5, 0, 0]
    assert [len(said(run)["hops"].taken) for run in (alone, commanded)] == [5, 11]
    assert said(alone, commanded)["only"] == ()
    commands = ("ValidateOrder", "ReserveInventory", "ChargeCustomer", "ReleaseInventory", "CancelOrder")
    assert said(commanded, alone)["only"] == commands
    assert said(alone)["undone"] == said(commanded)["undone"] == ("release-inventory", "cancel-order")


def test_a_hybrid_is_decided_by_the_orchestrator_but_for_what_follows_events():
    record = ran(Style.HYBRID, "schedule-fulfilment", saga="order-hybrid")
    own = {d.step: d.heard for verb in (Verb.DO, Verb.UNDO) for d in decisions(record, verb) if d.is_own}
    assert own == {
        "pack-shipment": "LabelPrinted",
        "print-label": "ShipmentUnpacked",
        "pick-items": "ShipmentUnpacked",
    }


def test_a_step_that_waits_for_days_was_decided_when_the_wait_began():
    for style, by in zip(BOTH, ("fulfilment", "orchestrator"), strict=True):
        last = decisions(ran(style, saga="order-long"), Verb.DO)[3]
        assert (last.step, last.by) == ("schedule-fulfilment", by)


def test_an_order_that_expires_is_not_a_step_that_somebody_decided_to_do():
    record = ran(Style.CHOREOGRAPHY, "", "charge-customer:lost")
    assert [d.step for d in decisions(record, Verb.DO)] == ["validate-order", "reserve-inventory"]
    assert undo_deciders(record)["reserve-inventory"] == ("inventory", "CustomerRefunded")


NOTICED = {
    "transient": ("attempt failed", 0, "attempt failed", 0),
    "slow": ("step timed out", 25, "step timed out", 10),
    "timeout-after-effect": ("step timed out", 25, "step timed out", 10),
    "crash-before-work": ("message delivered again", 0, "message delivered again", 0),
    "crash-after-commit": ("duplicate ignored", 0, "duplicate ignored", 0),
    "crash-after-publish": ("duplicate ignored", 0, "duplicate ignored", 0),
    "duplicate": ("duplicate ignored", 0, "duplicate ignored", 0),
    "lost": ("step timed out", 25, "step timed out", 10),
    "out-of-order": ("step timed out", 25, "step timed out", 10),
    "down": (None, 0, None, 0),
    "compensation-fails": ("attempt failed", 0, "attempt failed", 0),
}


def told(record):
    seen = detect(record)
    return seen.detected_by and seen.detected_by.kind, round(seen.after)


@pytest.mark.parametrize("kind", FAULT)
def test_how_soon_each_kind_of_fault_at_the_charge_is_noticed_and_by_what(kind):
    refused = "schedule-fulfilment" if kind == "compensation-fails" else ""
    alone, commanded = (ran(style, refused, f"charge-customer:{kind}") for style in BOTH)
    assert (*told(alone), *told(commanded)) == NOTICED[kind]


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
def test_a_refusal_is_noticed_by_whoever_refuses_and_nothing_where_nothing_went_wrong(refused):
    for record in plain(refused):
        seen = detect(record)
        assert seen.after == 0.0
        assert (seen.detected_by and seen.detected_by.step) == (refused or None)


def test_what_is_lost_past_the_pivot_is_noticed_only_where_somebody_waits_for_it():
    alone, commanded = (ran(style, "", "send-confirmation:lost") for style in BOTH)
    assert detect(alone).detected_by is None
    assert said(alone)["status"] is SagaStatus.STUCK
    assert told(commanded) == ("step timed out", 10)


def test_a_lost_undo_is_asked_for_again_by_whoever_commanded_it():
    record = ran(Style.ORCHESTRATION, "charge-customer", "ReleaseInventory:lost")
    assert told(record) == ("message sent", 10)
    assert said(record)["status"] is SagaStatus.COMPENSATED


def test_what_is_noticed_is_not_always_mended():
    record = ran(Style.CHOREOGRAPHY, "charge-customer", "InventoryReleased:lost")
    assert told(record) == ("step timed out", 25)
    assert said(record)["status"] is SagaStatus.STUCK


def test_an_alarm_that_rings_for_something_else_is_no_sign_of_what_has_arrived_since():
    record = ran(Style.ORCHESTRATION, "", "validate-order:slow=2", "charge-customer:lost")
    assert record.of_kind(FactKind.STEP_TIMED_OUT)
    assert detect(record).cause.fault == "slow"
    assert detect(record).detected_by is None


def test_a_refusal_later_on_is_no_sign_of_a_fault_before_it():
    record = ran(Style.ORCHESTRATION, "schedule-fulfilment", "validate-order:slow=2")
    assert detect(record).detected_by is None


def test_without_an_inbox_nobody_recognises_a_copy():
    for style in BOTH:
        record = ran(style, "", "charge-customer:duplicate", without=(Guarantee.INBOX,))
        assert detect(record).detected_by is None
        assert said(record)["laws"].laws


@pytest.mark.parametrize(("runs", "what"), EVERY)
def test_no_law_is_broken_and_what_will_be_is_named_where_nobody_comes_to_help(runs, what):
    for pair in runs(what):
        for record in pair:
            laws = said(record)["laws"]
            assert laws.laws == ()
            assert bool(laws.if_it_stays) == (record.board.status not in SETTLED)


def test_laws_that_will_be_broken_if_it_stays_so_are_named_apart():
    laws = said(ran(Style.CHOREOGRAPHY, "", "send-confirmation:lost"))["laws"]
    assert laws == Broken((), ("Every order is finished or taken back",))


def test_time_that_was_skipped_has_passed():
    record = ran(Style.CHOREOGRAPHY)
    last = record.facts[-1]
    skipped = Fact(FactKind.TIME_SKIPPED, "customer", seq=last.seq, at=last.at, after=60.0)
    longer = evolve(record, facts=(*record.facts[:-1], skipped, evolve(last, seq=last.seq + 1)))
    assert longer.seconds(longer.facts[0], longer.facts[-1]) == pytest.approx(60 + last.at)


def test_runs_that_have_not_ended_are_compared_as_far_as_they_are():
    alone, commanded = plain("charge-customer")
    early = evolve(alone, facts=alone.facts[:2])
    early.__dict__.pop("board", None)
    stated = said(early, commanded)
    assert (stated["messages"], stated["duration"], stated["decided-next"]) == (1, Seconds(None), Decided(()))
