"""What is marked in the picture of a run covers no other arrow and is never cut off."""

import re

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Guarantee, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.diagram.hotspots import PILL as PILL_HEIGHT
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.on_arrow import HIGH
from sandbox.render.diagram.svg import svg

PILL = re.compile(r'<g class="happened [^"]*"><rect x="([-\d.]+)" y="[-\d.]+" width="([\d.]+)"')
LABEL = re.compile(r'<text class="message [^"]*marked[^"]*"[^>]*>([^<]+)<')


def picture(style, shape, *faults, without=()):
    """The drawing of the order's plan, and the picture of a run of it with these faults at its end."""
    plan = compile_plan(SAGA["order"], style)
    board = simulate(plan, faults=map(parse_fault, faults), without=without).board
    drawing = draw(plan, shape)
    return drawing, svg(drawing, name="t", now=LiveState(board, travel=1.0))


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("style", [Style.CHOREOGRAPHY, Style.ORCHESTRATION])
@pytest.mark.parametrize("without", [(), (Guarantee.INBOX,)])
def test_what_happened_at_a_service_is_inside_the_picture(style, shape, without):
    drawing, drawn = picture(style, shape, "charge-customer:crash-after-publish", without=without)
    pills = [(float(left), float(wide)) for left, wide in PILL.findall(drawn)]
    assert "killed" in drawn
    assert pills
    assert all(left >= 0 and left + wide <= drawing.width for left, wide in pills)


def test_a_word_that_would_cross_the_next_arrow_is_left_to_the_sign_on_its_own():
    _, drawn = picture(Style.ORCHESTRATION, Shape.WIDE, "charge-customer:duplicate")
    assert LABEL.findall(drawn) == ["ChargeCustomer"]
    assert ">2x<" in drawn


def test_a_word_that_has_room_stands_beside_the_name():
    _, drawn = picture(Style.CHOREOGRAPHY, Shape.WIDE, "charge-customer:duplicate")
    assert LABEL.findall(drawn) == ["InventoryReserved doubled"]


def test_what_the_orchestrator_noticed_covers_no_name_of_a_message():
    _, drawn = picture(Style.ORCHESTRATION, Shape.TALL, "charge-customer:timeout-after-effect")
    [lower_edge] = [float(top) + PILL_HEIGHT for top in re.findall(r'<rect x="27" y="([-\d.]+)"', drawn)]
    first_command = float(re.search(r'y="([\d.]+)" text-anchor="start">ValidateOrder<', drawn)[1])
    assert "alarm" in drawn
    assert lower_edge < first_command - HIGH
