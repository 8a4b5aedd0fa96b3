"""Every saga leaves as a BPMN process that is valid, does and undoes what ours does, and is drawn in good order."""

import importlib
import itertools
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.bpmn import bpmn, limits
from sandbox.render.saga_code.bpmn_diagram import diagram
from sandbox.render.saga_code.bpmn_nodes import duration
from sandbox.render.saga_code.bpmn_shapes import Box
from tests.sandbox.render.saga_code.bpmn_interpreter import SILENT, Interpreter
from tests.sandbox.render.saga_code.reference import IDS, REFUSALS, Services, check_same

NOT_INSTALLED = "is installed by `make engines`"
EVERY = pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
# These elements are checked where they are attached or contained, not as places of their own.
CONTAINS, ATTACHED = "subProcess", "boundaryEvent"


def written(saga):
    (text,) = bpmn(saga).values()
    return text


def schema_errors(text):
    """Returns what the OMG's schema finds wrong."""
    etree = pytest.importorskip("lxml.etree", reason=f"lxml {NOT_INSTALLED}")
    shipped = pytest.importorskip("SpiffWorkflow", reason=f"SpiffWorkflow {NOT_INSTALLED}")
    path = Path(shipped.__file__).parent / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    schema = etree.XMLSchema(etree.parse(path))
    schema.validate(etree.fromstring(text.encode()))
    return list(schema.error_log)


def report(text):
    pytest.importorskip("bpmn_io", reason=f"bpmn-io {NOT_INSTALLED}")
    return importlib.import_module("bpmn_io").check(text)


@EVERY
def test_it_is_valid_by_the_schema_of_the_standard(saga):
    assert schema_errors(written(saga)) == []


def test_the_schema_finds_an_element_in_the_wrong_place():
    assert schema_errors(written(SAGA["order"]).replace("bpmn:timeDuration", "bpmn:timeDurations"))


@EVERY
def test_a_reader_that_is_not_ours_finds_nothing_wrong(saga):
    found = report(written(saga))
    assert (found.ok, found.errors, found.warnings) == (True, [], [])


def test_the_reader_finds_a_flow_that_leads_nowhere():
    found = report(written(SAGA["order"]).replace('targetRef="Completed"', 'targetRef="Nowhere"'))
    assert [str(one.message) for one in found.warnings] == ["unresolved reference <Nowhere>"]


@EVERY
def test_every_reference_leads_to_an_element_and_every_element_is_drawn_once(saga):
    root = ElementTree.fromstring(written(saga))
    ids = Counter(one.get("id") for one in root.iter() if one.get("id"))
    assert set(ids.values()) == {1}
    used = {value for one in root.iter() for name, value in one.attrib.items() if name.endswith(("Ref", "Element"))}
    used |= {one.text for one in root.iter() if one.tag.endswith(("incoming", "outgoing"))}
    assert used <= set(ids)
    nodes = {one.id for one in diagram(saga).nodes} | {one.id for one in diagram(saga).lines}
    drawn = [one.get("bpmnElement") for one in root.iter() if one.tag.endswith(("BPMNShape", "BPMNEdge"))]
    assert sorted(drawn) == sorted(nodes)


@EVERY
def test_every_step_that_can_be_undone_has_its_handler_and_nothing_else_has_one(saga):
    root = ElementTree.fromstring(written(saga))
    handlers = {one.get("id") for one in root.iter() if one.get("isForCompensation") == "true"}
    of_event = {one.get("id"): one.get("attachedToRef") for one in root.iter() if one.tag.endswith("boundaryEvent")}
    links = [one for one in root.iter() if one.tag.endswith("association")]
    assert {(of_event[one.get("sourceRef")], one.get("targetRef")) for one in links} == {
        (step.do.command, step.undo.command) for step in saga.steps if step.undo
    }
    assert handlers == {one.get("targetRef") for one in links}


@EVERY
def test_flows_meet_and_part_at_gateways_only(saga):
    for node in diagram(saga).nodes:
        if not node.tag.endswith("Gateway"):
            flows = [line for line in diagram(saga).lines if not line.is_association]
            assert sum(line.target == node for line in flows) <= 1
            assert sum(line.source == node for line in flows) <= 1


@pytest.mark.parametrize(("name", "refused"), REFUSALS, ids=IDS)
def test_it_does_and_undoes_what_ours_does(name, refused):
    services = Services(name, refused)
    end = Interpreter(written(SAGA[name]), services.handle).execute()
    check_same(name, services.outcome(completed=end == "Completed"), refused)


STEPS = [(saga, step) for saga in SAGA.values() for step in saga.steps]


@pytest.mark.parametrize("does_it", [True, False], ids=["after the effect", "before the effect"])
@pytest.mark.parametrize(("saga", "step"), STEPS, ids=[f"{saga.name}, {step.name}" for saga, step in STEPS])
def test_a_silent_step_is_undone_or_asked_for_again_if_nobody_can_undo_it(saga, step, does_it):
    services, asked = Services(saga.name), []

    def handle(command):
        asked.append(command)
        if command == step.do.command and asked.count(command) == 1:
            if does_it:
                services.handle(command)
            return SILENT
        return services.handle(command)

    end = Interpreter(written(saga), handle).execute()
    kept = services.outcome(completed=False).kept
    if step.undo:
        assert (end, kept, asked.count(step.do.command)) == ("Compensated", set(), 1)
        assert step.undo.command in asked
    else:
        assert (end, kept, asked.count(step.do.command)) == ("Completed", {s.name for s in saga.steps}, 2)


@EVERY
def test_every_step_says_how_often_it_is_tried_and_waits_are_timers(saga):
    root = ElementTree.fromstring(written(saga))
    told = {one.get("id"): "".join(one.itertext()) for one in root.iter() if one.tag.endswith("serviceTask")}
    for step in saga.steps:
        most = f"At most {step.retry.maximum_attempts} attempts" if step.retry.maximum_attempts else "without limit"
        assert most in told[step.do.command]
    durations = [one.text for one in root.iter() if one.tag.endswith("timeDuration")]
    assert {duration(step.wait) for step in saga.steps if step.wait} <= set(durations)


def test_durations_are_in_iso_8601():
    assert [duration(value) for value in (10, 0.5, 259_200, 86_410)] == ["PT10S", "PT0.5S", "P3D", "P1DT10S"]


def overlap(one, other):
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )


@EVERY
def test_no_shape_covers_another_or_its_name(saga):
    nodes = diagram(saga).nodes
    places = [(node, node.box) for node in nodes if node.tag not in (CONTAINS, ATTACHED)]
    places += [(node, node.label) for node in nodes if node.label]
    for (one, box), (other, other_box) in itertools.combinations(places, 2):
        assert not overlap(box, other_box), f"{one.id} and {other.id}"


@EVERY
def test_what_is_in_a_sub_process_or_at_the_edge_of_an_activity_stands_there(saga):
    by_id = {node.id: node for node in diagram(saga).nodes}
    for node in by_id.values():
        if node.scope:
            outer, inner = by_id[node.scope].box, node.box
            assert outer.left < inner.left
            assert outer.top < inner.top
            assert inner.left + inner.width < outer.left + outer.width
            assert inner.top + inner.height < outer.top + outer.height
        if node.attached_to:
            activity = by_id[node.attached_to]
            assert node.y in (activity.top[1], activity.bottom[1])
            assert activity.left[0] < node.x < activity.right[0]


@EVERY
def test_lines_are_straight_and_end_at_the_edges_of_their_shapes(saga):
    for line in diagram(saga).lines:
        assert line.points[0] in edges(line.source)
        assert on_edge(line.target, line.points[-1])
        for (x, y), (to_x, to_y) in itertools.pairwise(line.points):
            assert x == to_x or y == to_y


@EVERY
def test_no_line_crosses_another_shape_or_a_name(saga):
    drawn = diagram(saga)
    for line in drawn.lines:
        ends = (line.source.id, line.target.id, line.source.attached_to)
        places = [node.box for node in drawn.nodes if node.id not in ends and node.tag != CONTAINS]
        places += [node.label for node in drawn.nodes if node.label]
        for (x, y), (to_x, to_y) in itertools.pairwise(line.points):
            way = Box(min(x, to_x), min(y, to_y), max(abs(x - to_x), 1), max(abs(y - to_y), 1))
            assert not [place for place in places if overlap(way, place)], line.id


def edges(node):
    return node.left, node.right, node.top, node.bottom


def on_edge(node, point):
    box, (x, y) = node.box, point
    return point in edges(node) or (y == box.top + box.height and box.left < x < box.left + box.width)


def test_what_bpmn_cannot_say_is_said_for_the_saga_at_hand():
    assert any("those beside it are stopped" in limit for limit in limits(SAGA["order-parallel"]))
    assert not any("beside" in limit for limit in limits(SAGA["order"]))
    assert any("choreographed group" in limit for limit in limits(SAGA["order-hybrid"]))
