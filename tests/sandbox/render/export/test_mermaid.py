"""The Mermaid diagram of a run shows its messages and what was done with them, in Mermaid's own grammar.

Here each line is held to the part of the grammar that we use; in tests/browser/scripts, Mermaid itself reads them.
"""

import re

import pytest

from sandbox.definitions.registry import SAGA, title
from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.evolve import evolve
from sandbox.render.export.mermaid import mermaid

NAME, TEXT = r"[a-z_]+", r"(?:[^#;<>%\n]|#\d+;|<br/>)+"
GRAMMAR = re.compile(
    rf"title {TEXT}|participant {NAME} as {TEXT}|{NAME}(?:->>|-\)|-->>|-x|--x){NAME}: {TEXT}|"
    rf"Note over {NAME}(?:,{NAME})?: {TEXT}"
)
FAULTS = ("", "lost", "duplicate", "out-of-order", "slow", "transient", "crash-before-work")


def lines(run):
    first, *others = mermaid(run).splitlines()
    assert first == "sequenceDiagram"
    return [line.strip() for line in others]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("saga", "style"), [(saga.name, style) for saga in SAGA.values() for style in saga.styles])
def test_every_line_is_in_the_grammar_and_speaks_of_participants_only(exported, saga, style, fault):
    step = SAGA[saga].steps[1].name
    for fail in (None, SAGA[saga].refusable[-1].name):
        run = exported(style, *([f"{step}:{fault}"] if fault else []), saga=saga, fail=fail)
        written = lines(run)
        assert [line for line in written if not GRAMMAR.fullmatch(line)] == []
        known = {line.split()[1] for line in written if line.startswith("participant ")}
        assert len(known) == len(run.plan.actors)
        arrows = [re.match(rf"({NAME})(?:->>|-\)|-->>|-x|--x)({NAME}):", line) for line in written]
        assert {name for arrow in arrows if arrow for name in arrow.groups()} <= known


def test_participants_have_their_titles_in_the_order_of_the_picture(exported):
    run = exported("orchestration", saga="order-fraud")
    shown = [line.partition(" as ")[2] for line in lines(run) if line.startswith("participant ")]
    assert shown == [title(actor) for actor in run.plan.actors]


def test_a_command_an_event_and_a_reply_have_arrows_of_their_own(exported):
    orchestrated = lines(exported("orchestration"))
    assert "customer-)orchestrator: OrderPlaced" in orchestrated
    assert "orchestrator->>payment: ChargeCustomer" in orchestrated
    assert "payment-->>orchestrator: CustomerCharged" in orchestrated


def test_there_is_an_arrow_for_each_message_to_each_receiver_and_none_for_a_timer(exported):
    run = exported("choreography", saga="order-parallel")
    sent = [f for f in run.facts if f.kind is FactKind.MESSAGE_SENT and f.message_kind is not MessageKind.TIMER]
    arrows = [line for line in lines(run) if re.match(rf"{NAME}-\){NAME}:", line)]
    assert len(arrows) == sum(len(fact.to) for fact in sent)


def test_a_lost_message_ends_in_a_cross(exported):
    assert "orchestrator-xpayment: ChargeCustomer" in lines(exported("orchestration", "charge-customer:lost"))
    lost_reply = lines(exported("orchestration", "CustomerCharged:lost"))
    assert "payment--xorchestrator: CustomerCharged" in lost_reply
    assert not [line for line in lines(exported("orchestration")) if "-x" in line]


def test_a_copy_has_an_arrow_of_its_own(exported):
    written = lines(exported("choreography", "charge-customer:duplicate"))
    assert "inventory-)payment: InventoryReserved (copy)" in written
    assert "inventory-)payment: InventoryReserved" in written


def test_what_was_done_refused_undone_and_waited_for_is_noted_at_its_actor(exported):
    written = lines(exported("orchestration", fail="charge-customer"))
    for start in (
        "Note over inventory: completes reserve-inventory: ",
        "Note over payment: refuses charge-customer: card declined",
        "Note over inventory: runs release-inventory, a new posting: ",
        "Note over orchestrator: sets itself a timer, ",
    ):
        assert [line for line in written if line.replace("<br/>", " ").startswith(start)], start
    assert written[-1] == "Note over customer,notification: The saga has ended, COMPENSATED"


def test_a_timer_that_rings_is_noted(exported):
    written = lines(exported("orchestration", "charge-customer:lost"))
    assert "Note over orchestrator: hears its timer ring: ChargeCustomerTimedOut" in [
        line.replace("<br/>", " ") for line in written
    ]


def test_a_run_under_way_has_no_end_yet(exported):
    run = exported(at=6)
    assert "has ended" not in mermaid(run)
    assert "RUNNING" in lines(run)[0]


def test_no_text_can_end_a_line_or_begin_a_comment_an_entity_or_a_tag(exported):
    run = exported(fail="charge-customer")
    bad = "no; money #1 %% <b>\nparticipant x"
    facts = [evolve(f, reason=bad) if f.kind is FactKind.STEP_REJECTED else f for f in run.facts]
    written = lines(evolve(run, facts=tuple(facts)))
    assert [line for line in written if not GRAMMAR.fullmatch(line)] == []
    (note,) = [line.replace("<br/>", " ") for line in written if "no#59; money" in line]
    assert "no#59; money #35;1 #37;#37; #60;b#62; participant x" in note


def test_no_actor_has_a_name_that_mermaid_reads_as_something_else():
    reserved = {"end", "loop", "alt", "else", "opt", "par", "and", "note", "title", "box", "rect", "activate", "create"}
    actors = {service for saga in SAGA.values() for service in saga.services}
    assert not actors & reserved
