"""A saga of another domain than the shop's is judged as strictly, drawn as well and told in its own words."""

import re
from dataclasses import replace
from itertools import product

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.participants import SERVICES
from sandbox.definitions.sagas import SAGAS
from sandbox.definitions.terms import FactKind, SagaStatus, Style, UndoOrder, Verb
from sandbox.engine.analysis.comparison import compare
from sandbox.engine.analysis.invariants import broken, invariants_of, judge
from sandbox.engine.analysis.predictions import MORE, NOTHING, ONCE, outcomes, questions_for
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.pages.run.fragments import live_fragments, render
from sandbox.pages.run.frames import as_of
from sandbox.pages.run.ledgers import consistency
from sandbox.pages.run.panel import Panel
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.public.question_kinds import KINDS
from sandbox.render.diagram.layout import Shape
from sandbox.render.text.rule_tables import as_text, rule_rows, timeout_rows
from tests.sandbox.engine import test_faults, test_matrix, trip
from tests.sandbox.engine.analysis.test_invariants import DONE, UNDONE, find, repeated, with_entries, with_facts
from tests.sandbox.engine.registering import registered
from tests.sandbox.render.diagram import test_layout

TRIP, TOUR = trip.TRIP, trip.TOUR
PLANS = [compile_plan(TRIP, style, undo) for style in TRIP.styles for undo in UndoOrder]
CASES = test_matrix.cases(TRIP)


@pytest.fixture(autouse=True, scope="module")
def known():
    with registered(trip.SERVICES, trip.SAGAS):
        yield


PROOFS_OF_CASES = (
    test_matrix.test_a_run_ends_right_and_keeps_every_law,
    test_matrix.test_every_hop_of_a_run_is_an_arrow_of_the_drawn_plan,
    test_matrix.test_the_board_is_the_fold_of_all_facts_wherever_one_starts,
    test_matrix.test_every_message_but_the_first_says_what_caused_it,
)
PROOFS_OF_PLANS = (
    test_faults.test_no_fault_anywhere_breaks_a_law,
    test_faults.test_every_kind_of_fault_strikes_somewhere,
    test_faults.test_a_fault_leaves_an_order_unsettled_only_where_nobody_can_know_or_help,
    test_faults.test_every_hop_of_every_run_is_drawn_and_every_drawn_arrow_is_taken_in_some_run,
    test_faults.test_the_memory_of_an_actor_is_what_its_journal_replays_to,
    test_faults.test_a_page_as_of_any_fact_is_the_fold_of_the_facts_so_far,
    test_faults.test_a_fault_at_the_second_message_to_an_actor_breaks_no_law,
    test_faults.test_a_run_ends_as_its_orchestrator_has_closed_it,
)


@pytest.mark.parametrize("case", CASES, ids=test_matrix.names)
@pytest.mark.parametrize("proof", PROOFS_OF_CASES, ids=lambda proof: proof.__name__)
def test_what_holds_for_every_run_of_the_shop_holds_for_a_trip(proof, case):
    proof(case)


@pytest.mark.proof
@pytest.mark.parametrize("plan", PLANS, ids=test_faults.names)
@pytest.mark.parametrize("proof", PROOFS_OF_PLANS, ids=lambda proof: proof.__name__)
def test_what_holds_whatever_goes_wrong_in_the_shop_holds_for_a_trip(proof, plan):
    proof(plan)


@settings(max_examples=200, deadline=None)
@given(case=st.sampled_from(CASES), quantity=st.sampled_from([1, 7, 50]), data=st.data())
def test_no_order_of_delivery_and_no_duplicate_breaks_a_law_of_a_trip(case, quantity, data):
    test_matrix.check_in_any_order(case, quantity, data)


def simulated(fail=None, style=Style.ORCHESTRATION):
    return simulate(compile_plan(TRIP, style), fail=fail)


def swapped(facts):
    first, second = find(facts, UNDONE, "hold-seat"), find(facts, UNDONE, "book-room")
    facts[first], facts[second] = facts[second], facts[first]
    return facts


def undone_past_the_pivot(facts):
    room = facts[find(facts, DONE, "book-room")]
    return [*facts, replace(room, kind=UNDONE, verb=Verb.UNDO, because="pay-trip", seq=len(facts) + 1)]


BREAKAGES = {
    "paid twice": (
        "one-payment",
        lambda: with_entries(simulated(), ("bank", "agency", 2500, 99), ("bank", "traveller", -2500, 99)),
        "the agency took 50.00 francs for an order of 25.00 francs",
    ),
    "paid in fragment": (
        "one-payment",
        lambda: with_entries(simulated(), ("bank", "agency", -500, 99), ("bank", "traveller", 500, 99)),
        "the agency holds 20.00 francs of an order of 25.00 francs",
    ),
    "paid, no ticket": (
        "paid-iff-ticketed",
        lambda: with_entries(simulated(), ("airline", "seats ticketed", -1, 99), ("airline", "seats free", 1, 99)),
        "paid, but no ticket is issued",
    ),
    "a ticket, not paid": (
        "paid-iff-ticketed",
        lambda: with_entries(
            simulated("pay-trip"), ("airline", "seats ticketed", 1, 99), ("airline", "seats free", -1, 99)
        ),
        "a ticket is issued, but not paid",
    ),
    "a room for nobody": (
        "room-iff-ticketed",
        lambda: with_entries(simulated("rent-car"), ("hotel", "rooms booked", 1, 99), ("hotel", "rooms free", -1, 99)),
        "a room is still booked, but no ticket is issued",
    ),
    "a seat held after a refusal": (
        "no-seat-held",
        lambda: with_entries(
            simulated("pay-trip"), ("airline", "seats held", 1, 99), ("airline", "seats free", -1, 99)
        ),
        "a seat is still held",
    ),
    "a seat held beside the ticket": (
        "no-seat-held",
        lambda: with_entries(simulated(), ("airline", "seats held", 1, 99), ("airline", "seats free", -1, 99)),
        "a seat is still held",
    ),
    "two plans": (
        "plan-sent-once",
        lambda: with_entries(simulated(), ("desk", "plans sent", 1, 99), ("desk", "plans to send", -1, 99)),
        "2 plans were sent",
    ),
    "a plan without a ticket": (
        "plan-sent-once",
        lambda: with_entries(simulated("pay-trip"), ("desk", "plans sent", 1, 99), ("desk", "plans to send", -1, 99)),
        "a plan was sent for a trip without a ticket",
    ),
    "one side": (
        "books-balance",
        lambda: with_entries(simulated(), ("hotel", "rooms booked", 1, 99)),
        "does not sum to zero",
    ),
    "done twice": (
        "effects-once",
        lambda: with_facts(simulated(), repeated(DONE, "pay-trip")),
        "pay-trip was done twice",
    ),
    "never told": (
        "told-iff-done",
        lambda: with_facts(simulated(), lambda facts: [f for f in facts if f.name != "TripPaid"]),
        "TripPaid was never sent: a zombie record",
    ),
    "undone too early": (
        "undo-in-order",
        lambda: with_facts(simulated("pay-trip"), swapped),
        "hold-seat was compensated before",
    ),
    "undone past the pivot": (
        "nothing-past-pivot",
        lambda: with_facts(simulated(), undone_past_the_pivot),
        "after the pivot",
    ),
}


@pytest.mark.parametrize(("invariant", "breakage", "text"), BREAKAGES.values(), ids=list(BREAKAGES))
def test_a_law_of_a_trip_catches_its_breakage_and_says_so_in_the_trips_words(invariant, breakage, text):
    found = {finding.invariant.name: finding.violation for finding in broken(judge(breakage()))}
    assert text in found[invariant].text
    assert found[invariant].seq


def test_every_law_of_a_trip_has_a_breakage_that_it_catches():
    caught = {invariant for invariant, _, _ in BREAKAGES.values()} | {"comes-to-an-end"}
    assert {invariant.name for invariant in invariants_of(TRIP)} == caught


def test_a_lost_trip_says_which_promises_break_if_nobody_helps():
    plan = compile_plan(TRIP, Style.CHOREOGRAPHY, timeouts=False)
    lost = simulate(plan, faults=[parse_fault("pay-trip:lost")])
    assert lost.board.status is SagaStatus.STUCK
    later = {finding.invariant.name for finding in judge(lost) if finding.if_final}
    assert later == {"room-iff-ticketed", "no-seat-held", "comes-to-an-end"}


def test_a_saga_is_not_judged_by_what_it_does_not_have():
    plain = replace(TRIP, steps=TRIP.steps[:3], deadline=None, promises=())
    names = [invariant.name for invariant in invariants_of(plain)]
    assert names == ["comes-to-an-end", "books-balance", "effects-once", "told-iff-done", "undo-in-order"]


@pytest.mark.parametrize(
    ("refused", "extra", "answer"), [(None, 0, ONCE), ("pay-trip", 0, NOTHING), (None, 2500, MORE)]
)
def test_what_a_trip_is_charged_can_be_predicted(refused, extra, answer):
    record = with_entries(simulated(refused), ("bank", "agency", extra, 99), ("bank", "traveller", -extra, 99))
    (charge,) = [one for one in outcomes({"charge": answer}, record) if one.question.name == "charge"]
    assert charge.is_right


def test_nobody_is_asked_what_is_charged_where_the_saga_names_no_charge():
    free = replace(TRIP, promises=())
    assert "charge" not in [question.name for question, _ in questions_for(compile_plan(free, Style.CHOREOGRAPHY))]


@pytest.mark.parametrize("saga", trip.SAGAS, ids=lambda saga: saga.name)
@pytest.mark.parametrize("style", TRIP.styles)
@pytest.mark.parametrize("shape", Shape)
def test_every_name_in_a_picture_of_another_domain_can_be_read(saga, style, shape):
    test_layout.test_every_name_can_be_read(saga, style, shape)
    test_layout.test_no_arrow_crosses_a_name(saga, style, shape)


@pytest.mark.parametrize("saga", trip.SAGAS, ids=lambda saga: saga.name)
@pytest.mark.parametrize("shape", Shape)
def test_every_name_of_another_domain_is_at_its_own_arrow(saga, shape):
    test_layout.test_no_label_of_a_choreography_is_nearer_to_another_arrow_than_to_its_own(saga, shape)


def snapshot_of(record):
    board, ident = record.board, "01a21076-24db-750c-92a2-ed4ab4c7ccde"
    return RunSnapshot(ident, record.settings, board, record.facts, record.entries, judge(record))


def html_of(record):
    """All that the run's page is made of, now and as of each of its facts."""
    now = snapshot_of(record)
    pages = [render(now), *(render(as_of(now, seq)) for seq in range(1, len(now.facts)))]
    panel = Panel(pages[0], pages[0], "", live=live_fragments())
    frames = "".join(fragment.html for page in pages for fragment in page.fragments.values())
    shapes = "".join(opening for _, opening in panel.drawings)
    return frames + shapes + render_to_string("sandbox/run/_sequence.html", {"panel": panel})


RUNS = [
    (style, refused, fault)
    for style, (refused, fault) in product(
        (Style.CHOREOGRAPHY, Style.ORCHESTRATION),
        ((None, None), ("pay-trip", None), ("rent-car", "book-room:compensation-fails"), (None, "pay-trip:duplicate")),
    )
]
# What everybody says: the customer and the order of any saga, and English.
ANYBODYS = {"order", "customer", "sent", "to send", "available", "reserved", "scheduled"}


def words_of_the_shop():
    for service in SERVICES:
        yield from (service.title, *(account.name for account in service.accounts))
    for saga in SAGAS:
        yield from (promise.title for promise in saga.promises)
        for step in saga.steps:
            yield from (step.name, step.do.command, step.do.done)
            yield from (step.undo.name, step.undo.command, step.undo.done) if step.undo else ()
            yield from (step.refusal.event, step.refusal.reason) if step.refusal else ()
    yield from ("courier", "shipped", "stock", "merchant", "€")


SHOPS = sorted(re.escape(word) for word in {word.lower() for word in words_of_the_shop()} - ANYBODYS)
OF_THE_SHOP = re.compile(rf"(?<![\w-])(?:{'|'.join(SHOPS)})(?![\w-])")


# A refused trip always; all others are a proof.
@pytest.mark.parametrize(
    ("style", "refused", "fault"),
    [pytest.param(*run, marks=() if run[1] == "pay-trip" else pytest.mark.proof) for run in RUNS],
)
def test_the_page_of_a_trip_says_nothing_of_the_shop(style, refused, fault):
    record = simulate(compile_plan(TRIP, style), fail=refused, faults=[parse_fault(fault)] if fault else [])
    said = re.sub(r"<[^>]+>", " ", html_of(record)).lower()
    assert OF_THE_SHOP.findall(said) == []
    assert "airline" in said
    assert "seats held" in said
    assert "francs" in said


@pytest.mark.parametrize(("moved", "said"), [("pay-trip", "paid, but no ticket is issued"), ("issue-ticket", "")])
def test_the_ledgers_of_a_trip_show_what_does_not_agree_yet(moved, said):
    now = snapshot_of(simulated())
    then = as_of(now, now.facts[find(now.facts, DONE, moved)].seq)
    unsettled = consistency(then.record)
    assert said in unsettled
    assert bool(said) is bool(unsettled)


def test_texts_about_a_trip_outside_its_page_do_not_mention_the_shop():
    one, other = (simulated("pay-trip", style) for style in (Style.CHOREOGRAPHY, Style.ORCHESTRATION))
    tables = [as_text((*rule_rows(record.plan), *timeout_rows(record.plan))) for record in (one, other)]
    questions = [str(kind.ask(record)) for kind in KINDS for record in (one, other)]
    said = " ".join([*tables, *questions, *map(str, compare(one, other))]).lower()
    assert OF_THE_SHOP.findall(said) == []


def test_the_sequence_diagram_of_a_tour_has_a_lifeline_for_each_of_its_actors():
    record = simulate(compile_plan(TOUR, Style.CHOREOGRAPHY))
    assert len(record.plan.actors) == 12
    html = html_of(record)
    named = re.findall(r'class="lifeline-name"[^>]* data-actors="(\w+)"', html)
    assert tuple(named) == record.plan.actors
    lifelines = {int(lifeline) for lifeline in re.findall(r'data-(?:low|high|to)="(\d+)"', html)}
    assert lifelines == set(range(1, 13))


def test_a_run_of_a_tour_keeps_every_law():
    for style in TOUR.styles:
        for refused in (None, *(step.name for step in TOUR.refusable)):
            record = simulate(compile_plan(TOUR, style), fail=refused)
            assert record.board.status is (SagaStatus.COMPENSATED if refused else SagaStatus.COMPLETED)
            assert not broken(judge(record))
            assert record.of_kind(FactKind.SAGA_ENDED)
