"""Writes a saga as a BPMN 2.0 process with compensation, and with the diagram of it (omg.org/spec/BPMN/2.0.2)."""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sandbox.definitions.model import Saga
from sandbox.render.saga_code.bpmn_diagram import diagram
from sandbox.render.saga_code.bpmn_nodes import error_id, message_id
from sandbox.render.saga_code.bpmn_shapes import Box, Connection, Diagram, FlowNode, Trigger
from sandbox.render.saga_code.common_limits import commanded_by
from sandbox.render.saga_code.saga_shape import stages

NAMESPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}


def bpmn(saga: Saga) -> Mapping[str, str]:
    """Returns the file of the process."""
    root = Element(
        "bpmn:definitions",
        NAMESPACES | {"id": f"{saga.name}-definitions", "targetNamespace": "https://example.com/sagas"},
    )
    SubElement(root, "bpmn:message", id=message_id(saga.trigger), name=saga.trigger)
    for step in saga.refusable:
        if step.refusal:
            name = step.refusal.event
            SubElement(root, "bpmn:error", id=error_id(name), name=step.refusal.reason, errorCode=name)
    drawn = diagram(saga)
    process = SubElement(root, "bpmn:process", id=saga.name, name=saga.title, isExecutable="true")
    SubElement(process, "bpmn:documentation").text = saga.summary
    _write_process(process, drawn)
    _write_diagram(root, saga.name, drawn)
    indent(root)
    return {f"{saga.name}.bpmn": f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'}


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what BPMN says otherwise, or cannot say, of this saga."""
    found = [
        "BPMN has no retry policies: they stand in the tasks' documentation, and are set up in the engine.",
    ]
    if any(step.undo for step in saga.steps):
        found += [
            "Compensation reaches only what has completed. A step that was silent may have been done, so its undo is "
            "drawn a second time, as a task after its timer.",
            "A compensation handler has no way out: an undo is not asked for again after silence, and one that fails "
            "for good stops the process, instead of ending the saga as COMPENSATION_FAILED.",
        ]
    if any(step.retry.maximum_attempts for step in saga.refusable):
        found.append("One error stands for a refusal, and for a step whose attempts have all failed.")
    beside = [stage for stage in stages(saga) if len(stage) > 1 and any(step.undo for step in stage)]
    if beside:
        found.append(
            "When a step fails, those beside it are stopped, and may have been done. All of them are undone, also one "
            "that was refused: its service answers that there is nothing to undo."
        )
    return (*found, *commanded_by("process", saga))


def _write_process(process: Element, drawn: Diagram) -> None:
    """Writes all elements into the process or their sub-process; the schema wants associations behind the others."""
    parents = {"": process}
    for node in drawn.nodes:
        element = SubElement(parents[node.scope], f"bpmn:{node.tag}", _attributes(node))
        if node.documentation:
            SubElement(element, "bpmn:documentation").text = node.documentation
        for way, lines in (("incoming", _into(node, drawn.lines)), ("outgoing", _out_of(node, drawn.lines))):
            for line in lines:
                SubElement(element, f"bpmn:{way}").text = line.id
        if node.trigger:
            _write_trigger(element, node)
        if node.tag == "subProcess":
            parents[node.id] = element
    for line in sorted(drawn.lines, key=lambda one: one.is_association):
        tag = "association" if line.is_association else "sequenceFlow"
        ends = {"sourceRef": line.source.id, "targetRef": line.target.id}
        direction = {"associationDirection": "One"} if line.is_association else {}
        SubElement(parents[line.source.scope], f"bpmn:{tag}", {"id": line.id} | direction | ends)


def _attributes(node: FlowNode) -> dict[str, str]:
    found = {"id": node.id, "name": node.name} if node.name else {"id": node.id}
    if node.attached_to:
        found["attachedToRef"] = node.attached_to
    return found | ({"isForCompensation": "true"} if node.is_handler else {})


def _into(node: FlowNode, lines: Iterable[Connection]) -> list[Connection]:
    return [line for line in lines if line.target is node and not line.is_association]


def _out_of(node: FlowNode, lines: Iterable[Connection]) -> list[Connection]:
    return [line for line in lines if line.source is node and not line.is_association]


def _write_trigger(element: Element, node: FlowNode) -> None:
    reference = {Trigger.MESSAGE: "messageRef", Trigger.ERROR: "errorRef"}.get(node.trigger) if node.trigger else None
    attributes = {reference: node.value} if reference else {}
    definition = SubElement(element, f"bpmn:{node.trigger}EventDefinition", attributes, id=f"{node.id}Event")
    if node.trigger is Trigger.TIMER:
        kind = {"xsi:type": "bpmn:tFormalExpression"}
        SubElement(definition, "bpmn:timeDuration", kind).text = node.value


def _write_diagram(root: Element, name: str, drawn: Diagram) -> None:
    of_diagram = SubElement(root, "bpmndi:BPMNDiagram", id=f"{name}-diagram")
    plane = SubElement(of_diagram, "bpmndi:BPMNPlane", id=f"{name}-plane", bpmnElement=name)
    for node in drawn.nodes:
        shape = SubElement(plane, "bpmndi:BPMNShape", id=f"{node.id}-shape", bpmnElement=node.id)
        if node.tag == "subProcess":
            shape.set("isExpanded", "true")
        if node.tag == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        _write_box(shape, node.box)
        if node.label:
            _write_box(SubElement(shape, "bpmndi:BPMNLabel"), node.label)
    for line in drawn.lines:
        edge = SubElement(plane, "bpmndi:BPMNEdge", id=f"{line.id}-edge", bpmnElement=line.id)
        for x, y in line.points:
            SubElement(edge, "di:waypoint", x=str(x), y=str(y))


def _write_box(parent: Element, box: Box) -> None:
    place = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    SubElement(parent, "dc:Bounds", {name: str(value) for name, value in place.items()})
