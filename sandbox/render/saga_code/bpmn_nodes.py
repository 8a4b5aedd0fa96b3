"""The events and tasks that a saga's BPMN process consists of, with what their documentation says."""

from sandbox.definitions.model import RetryPolicy, Saga, Step, Undo
from sandbox.definitions.registry import title
from sandbox.render.saga_code.bpmn_shapes import Box, FlowNode, Trigger
from sandbox.render.saga_code.saga_shape import undo_of
from sandbox.render.text.format import listed, seconds
from sandbox.render.text.names import capital

DAY = 86_400


def start(saga: Saga, x: int, y: int) -> FlowNode:
    """Returns the event that starts the process: the customer's order."""
    name = saga.trigger
    label = _below(x, y, len(name))
    return FlowNode("startEvent", name, name, x, y, trigger=Trigger.MESSAGE, value=message_id(name), label=label)


def end(name: str, x: int, y: int) -> FlowNode:
    """Returns an event that ends the process."""
    return FlowNode("endEvent", name, name, x, y, label=_below(x, y, len(name)))


def undo_all(x: int, y: int) -> FlowNode:
    """Returns the event that has everything undone that has completed."""
    name = "Undo what was done"
    label = Box(x - 45, y + 24, 90, 28)
    return FlowNode("intermediateThrowEvent", "Undo", name, x, y, trigger=Trigger.COMPENSATE, label=label)


def do_task(step: Step, x: int, y: int, scope: str) -> FlowNode:
    """Returns the task that does the step."""
    told = f"{title(step.service)} handles the command {step.do.command}. {_attempts(step.retry)}"
    if step.retry.non_retryable_error_types:
        told += f" Never tried again after {listed(step.retry.non_retryable_error_types)}."
    return FlowNode("serviceTask", step.do.command, capital(step.do.in_words), x, y, scope, documentation=told)


def handler(step: Step, x: int, y: int, scope: str) -> FlowNode:
    """Returns the activity that compensates the step once it has completed."""
    undo = undo_of(step)
    told = _undo_words(step, undo)
    name = capital(undo.in_words)
    return FlowNode("serviceTask", undo.command, name, x, y, scope, is_handler=True, documentation=told)


def undo_in_doubt(step: Step, x: int, y: int) -> FlowNode:
    """Returns the task that undoes a step that has not completed, but may have taken effect."""
    undo = undo_of(step)
    told = f"{_undo_words(step, undo)} Compensation does not reach the step: for BPMN, it has not completed."
    return FlowNode("serviceTask", f"{undo.command}InDoubt", capital(undo.in_words), x, y, documentation=told)


def compensation(step: Step, task: FlowNode) -> FlowNode:
    """Returns the mark of a task that can be compensated, on its lower edge."""
    x, y = task.bottom
    return FlowNode(
        "boundaryEvent", f"{step.do.command}Done", "", x, y, task.scope, Trigger.COMPENSATE, attached_to=task.id
    )


def silence(activity: FlowNode, within: float, x: int) -> FlowNode:
    """Returns the event of an activity that has not answered within that many seconds, on its upper edge."""
    name, y = f"No answer within {seconds(within)}", activity.top[1]
    # Higher than the name of the refusal before it; between a sub-process and the undos above it there is less room.
    label = Box(x - 78, y - (54 if activity.tag == "subProcess" else 72), 72, 28)
    return FlowNode(
        "boundaryEvent",
        f"{activity.id}TimedOut",
        name,
        x,
        y,
        activity.scope,
        Trigger.TIMER,
        duration(within),
        activity.id,
        label=label,
    )


def refusal(step: Step, activity: FlowNode, x: int) -> FlowNode:
    """Returns the event of an activity whose step is refused, on its upper edge."""
    name, y = step.refusal.event if step.refusal else "", activity.top[1]
    told = f"{title(step.service)} refuses it: {step.refusal.reason}." if step.refusal else ""
    if step.refusal and step.retry.maximum_attempts:
        told += f" When all its attempts have failed, {step.refusal.abandoned} is thrown as this error, too."
    label = Box(x + 8, y - 36, 7 * len(name), 14)
    return FlowNode(
        "boundaryEvent",
        name,
        name,
        x,
        y,
        activity.scope,
        Trigger.ERROR,
        error_id(name),
        activity.id,
        documentation=told,
        label=label,
    )


def wait(step: Step, x: int, y: int, scope: str) -> FlowNode:
    """Returns the event that waits before the step."""
    name = f"Wait {seconds(step.wait)}"
    return FlowNode(
        "intermediateCatchEvent",
        f"{step.do.command}Due",
        name,
        x,
        y,
        scope,
        Trigger.TIMER,
        duration(step.wait),
        label=_below(x, y, len(name)),
    )


def message_id(name: str) -> str:
    """Returns the id of the message of that name."""
    return f"Message_{name}"


def error_id(name: str) -> str:
    """Returns the id of the error of that name."""
    return f"Error_{name}"


def duration(value: float) -> str:
    """Returns seconds as a duration in ISO 8601: 10 are PT10S, three days P3D."""
    days, rest = divmod(value, DAY)
    return "P" + (f"{days:g}D" if days else "") + (f"T{rest:g}S" if rest or not days else "")


def _below(x: int, y: int, letters: int) -> Box:
    return Box(x - 7 * letters // 2, y + 24, 7 * letters, 14)


def _undo_words(step: Step, undo: Undo) -> str:
    return (
        f"{title(step.service)} handles the command {undo.command}. It answers {undo.nothing} when there is "
        f"nothing to undo. {_attempts(step.retry)}"
    )


def _attempts(policy: RetryPolicy) -> str:
    """Returns a retry policy in words: BPMN has no element for it."""
    most = f"At most {policy.maximum_attempts} attempts" if policy.maximum_attempts else "Attempts without limit"
    if policy.maximum_attempts == 1:
        return "One attempt."
    first, longest = seconds(policy.initial_interval), seconds(policy.maximum_interval)
    times = f"{policy.backoff_coefficient:g} times as long each time"
    return f"{most}: {first} before the second, then {times}, {longest} at most."
