"""What happened in a run is told in a few sentences, and marked where it happened, for every fault in every style."""

import re
from collections import Counter

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Guarantee, SagaStatus, Style, Verb
from sandbox.engine.analysis.invariants import judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.diagram.marks import marks_of
from sandbox.render.text.mishaps import STORIES
from sandbox.render.text.story import story
from sandbox.settings_checks import kinds_of_fault_at

SAGAS = [("order", Style.CHOREOGRAPHY), ("order", Style.ORCHESTRATION), ("order-hybrid", Style.HYBRID)]
# What each kind of fault is told with, and the word that marks it in the picture.
TOLD = {
    "transient": ("failed", "failed"),
    "slow": ("was slow", "slow"),
    "timeout-after-effect": ("its answer was held back", "late"),
    "crash-before-work": ("worker was killed", "killed"),
    "crash-after-commit": ("after its commit and before it published", "killed"),
    "crash-after-publish": ("after it published and before it acknowledged", "killed"),
    "duplicate": ("was delivered twice", "doubled"),
    "lost": ("was lost on its way", "lost"),
    "out-of-order": ("was overtaken by the next message", "late"),
    "down": ("was down for", "down"),
    "compensation-fails": ("failed 4 times", "failed 4x"),
}


def places():
    """Yields every kind of fault at every step and actor where it has an effect, in every style."""
    for saga, style in SAGAS:
        plan = compile_plan(SAGA[saga], style)
        for at in (*(step.name for step in plan.saga.steps), *plan.actors[1:]):
            for fail in ("", "schedule-fulfilment"):
                settings = RunSettings(saga=saga, style=style, fail=fail)
                kinds = [kind for kind, why in kinds_of_fault_at(settings, at).items() if not why]
                yield from ((saga, style, fail, f"{at}:{kind}") for kind in kinds if kind in TOLD)


def one_of_each():
    """Returns one place of every kind of fault in every style."""
    return list(
        {(style, fault.partition(":")[2]): (saga, style, fail, fault) for saga, style, fail, fault in PLACES}.values()
    )


PLACES = list(places())


def run(saga, style, fail="", *faults, without=()):
    plan = compile_plan(SAGA[saga], style)
    return simulate(plan, fail=fail or None, faults=map(parse_fault, faults), without=without)


def told(record):
    return " ".join(story(record, judge(record)))


@pytest.mark.parametrize(("saga", "style", "fail", "fault"), one_of_each())
def test_every_fault_is_told_and_marked_in_every_style(saga, style, fail, fault):
    expect_told_and_marked(saga, style, fail, fault)


@pytest.mark.proof
@pytest.mark.parametrize(("saga", "style", "fail", "fault"), PLACES)
def test_every_fault_is_told_and_marked_wherever_it_strikes(saga, style, fail, fault):
    expect_told_and_marked(saga, style, fail, fault)


def expect_told_and_marked(saga, style, fail, fault):
    record = run(saga, style, fail, fault)
    text, (phrase, word) = told(record), TOLD[fault.partition(":")[2]]
    struck = record.of_kind(FactKind.FAULT_INJECTED)[0]
    assert phrase in text
    assert ("the orchestrator" if struck.actor == "orchestrator" else struck.actor) in text.lower()
    assert word in " ".join(marks_of(record.board).in_words)


@pytest.mark.proof
@pytest.mark.parametrize(("saga", "style", "fail", "fault"), [*PLACES, *((*one, "", "") for one in SAGAS)])
def test_the_story_is_short_names_nothing_by_its_id_and_has_no_slip_of_the_pen(saga, style, fail, fault):
    record = run(saga, style, fail, *filter(None, [fault]))
    then = RunRecord(record.plan, record.settings, (), ())
    for fact in record.facts:
        then = then.with_fact(fact)
        sentences = story(then)
        assert len(sentences) <= 4
        text = " ".join(sentences)
        assert len(text) <= 420
        assert not re.search(r"[a-z]+-(customer|inventory|order|fulfilment|confirmation|items|label|shipment)\b", text)
        assert not re.search(r"\.\.|  | [.,;:]|None|[a-z]\. [a-z]", text)


@pytest.mark.proof
@pytest.mark.parametrize("without", [(), *((guarantee,) for guarantee in Guarantee)])
@pytest.mark.parametrize(("saga", "style"), SAGAS)
def test_nothing_is_told_that_did_not_happen(saga, style, without):
    plan = compile_plan(SAGA[saga], style, timeouts=Guarantee.TIMEOUTS not in without)
    faults = {fault for one, other, _, fault in PLACES if (one, other) == (saga, style)}
    for fail in ("", *(step.name for step in plan.saga.refusable)):
        for fault in faults:
            record = simulate(plan, fail=fail or None, faults=[parse_fault(fault)], without=without)
            expect_true(record, told(record))


def expect_true(record, text):
    """Expects the text to say only what the facts of an ended run bear out."""
    effects = Counter((fact.actor, fact.step, fact.verb) for fact in record.board.postings)
    assert "waits for a new worker" not in text
    assert ("twice" in text.replace("delivered twice", "")) <= (max(effects.values(), default=0) > 1)
    assert ("Nothing had taken effect" in text) <= (not record.of_kind(FactKind.STEP_COMPLETED))
    sentences = [one for one in text.split(". ") if " refused to " in one]
    assert len(sentences) == len(set(sentences))
    if record.of_kind(FactKind.ATTEMPT_FAILED) and "and gave up" in text:
        gave_up = (FactKind.MESSAGE_DEAD, FactKind.STEP_REJECTED)
        assert any(fact.kind is gave_up[0] or fact.verb is Verb.ABANDON for fact in record.of_kind(*gave_up))


@pytest.mark.parametrize(
    ("without", "how_far"),
    [
        ((), "after it published and before it acknowledged ChargeCustomer; "),
        ((Guarantee.OUTBOX,), "after it published and before it committed; "),
        ((Guarantee.LATE_ACK,), "after it published; the message was acknowledged already"),
        ((Guarantee.OUTBOX, Guarantee.LATE_ACK), "before it committed; the message was acknowledged already"),
    ],
)
def test_it_never_says_of_an_acknowledged_message_that_it_was_not(without, how_far):
    text = told(run("order", Style.ORCHESTRATION, "", "charge-customer:crash-after-publish", without=without))
    assert how_far in text
    assert not ("before it acknowledged" in text and "acknowledged already" in text)


def test_each_effect_that_a_fault_can_have_has_its_story():
    assert {(fault.phase, fault.effect) for fault in FAULT.values()} == set(STORIES)


@pytest.mark.parametrize(
    ("style", "fault", "ending"),
    [
        (
            Style.CHOREOGRAPHY,
            "schedule-fulfilment:lost",
            "The order's deadline noticed after 25 s, and Fulfilment gave",
        ),
        (
            Style.ORCHESTRATION,
            "schedule-fulfilment:lost",
            "The orchestrator's timeout noticed after 10 s and asked again.",
        ),
        (
            Style.ORCHESTRATION,
            "charge-customer:lost",
            "The orchestrator's timeout noticed after 10 s. The orchestrator decided to",
        ),
        (Style.ORCHESTRATION, "orchestrator:crash-before-work@3", "from its history. Nobody else noticed."),
        (Style.CHOREOGRAPHY, "charge-customer:duplicate", "Payment recognised the copy"),
        (Style.CHOREOGRAPHY, "payment:down", "Nobody noticed."),
    ],
)
def test_who_noticed_and_how_is_told(style, fault, ending):
    assert ending in told(run("order", style, "", fault))


@pytest.mark.parametrize(
    ("style", "decided"),
    [
        (Style.CHOREOGRAPHY, "Each service decided for itself:"),
        (Style.ORCHESTRATION, "The orchestrator decided to"),
    ],
)
def test_a_refusal_says_who_refused_what_was_undone_and_who_decided_that(style, decided):
    text = told(run("order", style, "schedule-fulfilment"))
    assert re.match(r"Fulfilment refused to schedule the fulfilment at \+0\.\d\d s: no courier\.", text)
    undone = "refund the customer, release the inventory and cancel the order"
    assert text.endswith(f"{decided} {undone}. What was done is made good; nothing is erased.")


def test_a_copy_that_nothing_recognised_names_the_second_effect_who_recognised_what_followed_and_the_cost():
    record = run("order", Style.CHOREOGRAPHY, "", "charge-customer:duplicate", without=[Guarantee.INBOX])
    text = told(record)
    assert record.board.status is SagaStatus.COMPLETED
    assert "Without an inbox it did not recognise the copy: it did “charge the customer” twice." in text
    assert "Fulfilment recognised the second CustomerCharged" in text
    assert "The cost: the merchant took €50.00 for an order of €25.00." in text


def test_without_an_outbox_it_is_told_that_the_messages_were_never_published():
    text = told(run("order", Style.ORCHESTRATION, "", "charge-customer:crash-after-commit", without=[Guarantee.OUTBOX]))
    assert "without an outbox it never did, and when ChargeCustomer was delivered again, it was recognised" in text
    assert "The orchestrator's timeout noticed after 10 s" in text


def test_a_run_without_any_mishap_says_who_led_it():
    assert told(run("order", Style.CHOREOGRAPHY)).endswith("each service on hearing the previous event.")
    assert told(run("order", Style.ORCHESTRATION)).endswith("each commanded by the orchestrator.")
    hybrid = told(run("order-hybrid", Style.HYBRID))
    assert hybrid.endswith("except for one: Warehouse decided on hearing events to pack the shipment.")


@pytest.mark.parametrize(
    ("fault", "decided"),
    [
        ("reserve-inventory:compensation-fails", "to refund the customer and release the inventory."),
        ("RefundCustomer:lost", "to refund the customer."),
    ],
)
def test_what_was_decided_is_told_also_of_an_undo_that_was_never_done(fault, decided):
    plan = compile_plan(SAGA["order"], Style.ORCHESTRATION, timeouts=False)
    faults, off = [parse_fault(fault)], [Guarantee.TIMEOUTS]
    assert f"The orchestrator decided {decided}" in told(
        simulate(plan, fail="schedule-fulfilment", faults=faults, without=off)
    )


def test_in_a_hybrid_it_is_told_who_decided_on_how_many_undos():
    text = told(run("order-hybrid", Style.HYBRID, "schedule-fulfilment"))
    assert "The orchestrator decided on 4 undos, Fulfilment and Inventory on 2 of their own." in text


def test_nothing_is_told_before_anything_has_happened():
    record = run("order", Style.CHOREOGRAPHY, "charge-customer")
    assert story(RunRecord(record.plan, record.settings, record.facts[:3], ())) == ()


def test_an_undo_that_nobody_can_do_says_that_a_person_has_to_fix_it_and_what_stands_meanwhile():
    text = told(run("order", Style.ORCHESTRATION, "schedule-fulfilment", "charge-customer:compensation-fails"))
    assert "Payment failed 4 times to refund the customer" in text
    assert "now a person has to fix the cause" in text
    assert "As it stands: " in text
