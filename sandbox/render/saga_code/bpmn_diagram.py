"""Draws a saga as a BPMN process: its steps from left to right, what undoes them below, and what fails above.

From above to below: how the failures meet, and what was done is undone; the undos of steps that were silent; the steps;
the handlers that undo completed steps. Steps beside each other are rows of a sub-process, which completes or fails as a
whole: if one of them failed alone, the others would wait for it for ever where their flows meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sandbox.definitions.model import Saga, Step
from sandbox.render.saga_code import bpmn_nodes as nodes_of
from sandbox.render.saga_code.bpmn_shapes import (
    Connection,
    Diagram,
    FlowNode,
    across,
    to_handler,
    up_and_into,
    up_and_right,
    upwards,
)
from sandbox.render.saga_code.saga_shape import stages
from sandbox.render.text.format import listed

# The heights of what fails and meets, of undos after silence, of steps, and how far below these their handlers are.
MEETING, SILENT, STEPS, HANDLERS = 90, 190, 380, 130
ROW, EVENT, GATEWAY, TASK = 250, 36, 50, 120
# The distance between steps, between smaller things, and between a sub-process and what is in it.
GAP, NEAR, EDGE, ABOVE = 90, 40, 30, 90


@dataclass(frozen=True)
class Part:
    """A part of the drawing: where the flow comes in and goes on, and from which nodes it goes up, to be undone."""

    nodes: tuple[FlowNode, ...]
    lines: tuple[Connection, ...]
    first: FlowNode
    last: FlowNode
    failures: tuple[FlowNode, ...] = ()

    @property
    def right(self) -> int:
        return self.last.right[0]


def diagram(saga: Saga) -> Diagram:
    """Returns the diagram of the saga's process."""
    start = nodes_of.start(saga, 100, STEPS)
    parts = [Part((start,), (), start, start)]
    for number, stage in enumerate(stages(saga), 1):
        left = parts[-1].right + GAP
        parts.append(_alone(stage[0], left) if len(stage) == 1 else _together(stage, f"Stage{number}", left))
    end = nodes_of.end("Completed", parts[-1].right + GAP + EVENT // 2, STEPS)
    parts.append(Part((end,), (), end, end))
    undone = _undone([node for part in parts for node in part.failures], end.x)
    return Diagram(
        (*(node for part in parts for node in part.nodes), *undone.nodes),
        (
            *(across(before.last, after.first) for before, after in pairwise(parts)),
            *(line for part in parts for line in part.lines),
            *undone.lines,
        ),
    )


def _alone(step: Step, left: int) -> Part:
    """Returns a step that is alone in its stage. When it was silent, it may be done: it is undone as well."""
    row = _row(step, left, STEPS)
    task, nodes, lines, failures = row.last, list(row.nodes), list(row.lines), []
    if step.undo:
        silence = nodes_of.silence(task, step.timeout - step.wait, task.box.left + 45)
        undo = nodes_of.undo_in_doubt(step, silence.x - 20, SILENT)
        nodes += [silence, undo]
        lines.append(upwards(silence, undo))
        failures.append(undo)
    if step.refusal:
        refused = nodes_of.refusal(step, task, task.box.left + 100)
        nodes.append(refused)
        failures.append(refused)
    return Part(tuple(nodes), tuple(lines), row.first, task, tuple(failures))


def _row(step: Step, left: int, y: int, scope: str = "") -> Part:
    """Returns the wait before a step, the step, and what undoes it once it is done.

    What nobody can undo is asked for again after silence: its timer leads back to the gateway before it.
    """
    flow: list[FlowNode] = []
    if step.wait:
        flow.append(nodes_of.wait(step, left + EVENT // 2, y, scope))
        left += EVENT + NEAR
    if not step.undo:
        flow.append(FlowNode("exclusiveGateway", f"{step.do.command}Again", "", left + GATEWAY // 2, y, scope))
        left += GATEWAY + NEAR
    task = nodes_of.do_task(step, left + TASK // 2, y, scope)
    flow.append(task)
    lines = [across(before, after) for before, after in pairwise(flow)]
    if step.undo:
        mark = nodes_of.compensation(step, task)
        more = [mark, nodes_of.handler(step, task.x, y + HANDLERS, scope)]
        lines.append(to_handler(*more))
    else:
        more = [nodes_of.silence(task, step.timeout - step.wait, task.box.left + 45)]
        lines.append(up_and_into(more[0], flow[-2], task.top[1] - 35))
    return Part((*flow, *more), tuple(lines), flow[0], task)


def _together(stage: Sequence[Step], name: str, left: int) -> Part:
    """Returns the steps of a stage beside each other. When one of them fails, all are stopped."""
    begin = FlowNode("startEvent", f"{name}Begin", "", left + EDGE + EVENT // 2, STEPS, name)
    fork = FlowNode("parallelGateway", f"{name}Fork", "", begin.right[0] + NEAR + GATEWAY // 2, STEPS, name)
    rows = [_row(step, fork.right[0] + NEAR, STEPS + ROW * at, name) for at, step in enumerate(stage)]
    meet = max(row.right for row in rows) + NEAR + GATEWAY // 2
    join = FlowNode("parallelGateway", f"{name}Join", "", meet, STEPS, name)
    end = FlowNode("endEvent", f"{name}End", "", join.right[0] + NEAR + EVENT // 2, STEPS, name)
    size = (end.right[0] + EDGE - left, ROW * len(stage) + ABOVE - EDGE)
    words = f"Beside each other: {listed(step.do.in_words for step in stage)}."
    x = left + size[0] // 2
    whole = FlowNode("subProcess", name, "", x, STEPS, size=size, above=ABOVE, documentation=words)
    out = _ways_out(stage, whole)
    return Part(
        (whole, begin, fork, *(node for row in rows for node in row.nodes), join, end, *out.nodes),
        (
            across(begin, fork),
            *(line for row in rows for line in (across(fork, row.first), *row.lines, across(row.last, join))),
            across(join, end),
            *out.lines,
        ),
        whole,
        whole,
        out.failures,
    )


def _ways_out(stage: Sequence[Step], whole: FlowNode) -> Part:
    """Returns the events by which steps beside each other fail, and then the undos of all of them, the newest first."""
    undoable = [step for step in reversed(stage) if step.undo]
    refusable = [step for step in stage if step.refusal]
    x = whole.box.left + TASK // 2
    events = [nodes_of.silence(whole, max(step.timeout for step in undoable), x)] if undoable else []
    events += [nodes_of.refusal(step, whole, x + ROW // 2 * at) for at, step in enumerate(refusable, len(events))]
    if not undoable:
        return Part(tuple(events), (), whole, whole, tuple(events))
    meeting = [FlowNode("exclusiveGateway", f"{whole.id}Failed", "", x, SILENT)] if refusable else []
    first = meeting[0].right[0] + NEAR + TASK // 2 if meeting else x
    undos = [nodes_of.undo_in_doubt(step, first + (TASK + NEAR) * at, SILENT) for at, step in enumerate(undoable)]
    flow = [*meeting, *undos]
    return Part(
        (*events, *flow),
        (
            upwards(events[0], flow[0]),
            *(up_and_into(event, flow[0], whole.top[1] - NEAR) for event in events[1:]),
            *(across(before, after) for before, after in pairwise(flow)),
        ),
        whole,
        whole,
        (undos[-1],),
    )


def _undone(failures: Sequence[FlowNode], right: int) -> Part:
    """Returns where all failures meet, and the event by which what has completed is undone. It ends right above x."""
    end = nodes_of.end("Compensated", max([right, *(node.right[0] + 3 * GAP for node in failures)]), MEETING)
    undo = nodes_of.undo_all(end.x - GAP - EVENT // 2, MEETING)
    if not failures:
        return Part((), (), undo, end)
    meeting = FlowNode("exclusiveGateway", "Failed", "", undo.x - GAP, MEETING)
    flow = (meeting, undo, end) if len(failures) > 1 else (undo, end)
    lines = [*(up_and_right(node, flow[0]) for node in failures), *(across(one, two) for one, two in pairwise(flow))]
    return Part(flow, tuple(lines), flow[0], end)
