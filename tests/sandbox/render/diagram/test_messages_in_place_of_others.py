"""A message that stands for another shares its arrow and label, which names what was really sent."""

import re

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import Style
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import Simulator, simulate
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.svg import svg
from sandbox.render.diagram.text_alternative import in_words

PLAN = compile_plan(SAGA["order"], Style.CHOREOGRAPHY)
EXPIRES = parse_fault("charge-customer:lost")
EVERY_SHAPE = pytest.mark.parametrize("shape", Shape)


def labels(shape, board=None):
    """The labels of the picture: the class of each, by its text."""
    picture = svg(draw(PLAN, shape), name="x", now=LiveState(board) if board else None)
    return {text: kind for kind, text in re.findall(r'<text class="message ([^"]*)"[^>]*>([^<]*)<', picture)}


@EVERY_SHAPE
def test_a_picture_has_no_label_for_a_message_that_stands_for_another(shape):
    assert {hop.name for link in draw(PLAN, shape).links for hop in link.hops} == {
        hop.name for hop in PLAN.hops if not hop.stands_for
    }
    assert "↩ CustomerRefunded" in labels(shape)
    assert "↩ NothingToRefund" not in labels(shape)


@EVERY_SHAPE
def test_the_label_names_what_was_sent_in_its_place(shape):
    found = labels(shape, simulate(PLAN, faults=[EXPIRES]).board)
    assert (found["↩ NothingToRefund"], found["✕ FulfilmentFailed"]) == ("undo taken", "refusal taken")
    assert not {"↩ CustomerRefunded", "✕ NoCourier"} & set(found)


@EVERY_SHAPE
def test_the_label_keeps_its_name_where_its_own_message_was_sent(shape):
    found = labels(shape, simulate(PLAN, fail="schedule-fulfilment").board)
    assert (found["↩ CustomerRefunded"], found["✕ NoCourier"]) == ("undo taken", "refusal taken")
    assert not {"↩ NothingToRefund", "✕ FulfilmentFailed"} & set(found)


def test_the_arrow_is_live_while_a_message_is_on_its_way_in_place_of_another():
    run = Simulator(RunState(PLAN, RunSettings(), faults=(EXPIRES,)))
    while not any(delivery.message.name == "NothingToRefund" for delivery in run.in_flight):
        run.deliver(run.in_flight[0])
    assert labels(Shape.WIDE, run.record.board)["↩ NothingToRefund"] == "undo live"


def test_the_picture_in_words_names_each_of_the_messages():
    assert "Payment sends CustomerRefunded or NothingToRefund (compensating event) to Inventory." in in_words(PLAN)
    assert "Fulfilment sends NoCourier or FulfilmentFailed (refusing event) to Payment." in in_words(PLAN)
