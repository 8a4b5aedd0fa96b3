"""The formats of other engines and tools in which every saga leaves. Adding one is one more entry in SAGA_FORMATS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import known
from sandbox.render.saga_code import (
    asyncapi,
    bpmn,
    cadence_workflow,
    conductor_workflow,
    mermaid_plan,
    states_language,
    temporal_workflow,
)


@dataclass(frozen=True, slots=True)
class SagaFormat:
    """One format: its name in addresses and commands, what it is called, and what reads it.

    `render` returns the saga as files: their texts by their names. `limits` returns what this format cannot say of the
    saga, a sentence each. `language` is the name of the files' lexer in Pygments.
    """

    name: str
    title: str
    help: str
    language: str
    content_type: str
    render: Callable[[Saga], Mapping[str, str]]
    limits: Callable[[Saga], tuple[str, ...]]


SAGA_FORMATS = (
    SagaFormat(
        "states-language",
        "AWS Step Functions",
        "A state machine in Amazon States Language, whose tasks are done by activity workers of the services.",
        "json",
        "application/json",
        states_language.states_language,
        states_language.limits,
    ),
    SagaFormat(
        "temporal",
        "Temporal",
        "A workflow in Python. Its activities are named as the commands, and run on a task queue of each service.",
        "python",
        "text/x-python; charset=utf-8",
        temporal_workflow.temporal_workflow,
        temporal_workflow.limits,
    ),
    SagaFormat(
        "conductor",
        "Conductor",
        "Definitions of tasks and workflows, as its API takes them. A failed workflow starts the one that undoes it.",
        "json",
        "application/json",
        conductor_workflow.conductor_workflow,
        conductor_workflow.limits,
    ),
    SagaFormat(
        "cadence",
        "Cadence",
        "A workflow in Python. Its activities are named as the commands, and run on a task list of each service.",
        "python",
        "text/x-python; charset=utf-8",
        cadence_workflow.cadence_workflow,
        cadence_workflow.limits,
    ),
    SagaFormat(
        "bpmn",
        "BPMN 2.0",
        "A process with compensation and its diagram, for process engines and what draws BPMN.",
        "xml",
        "application/xml",
        bpmn.bpmn,
        bpmn.limits,
    ),
    SagaFormat(
        "asyncapi",
        "AsyncAPI 3",
        "For each actor of the choreography, a document of the messages that it sends and receives.",
        "yaml",
        "application/yaml",
        asyncapi.asyncapi,
        asyncapi.limits,
    ),
    SagaFormat(
        "mermaid",
        "Mermaid",
        "A flowchart for each style, for Markdown and wikis that draw Mermaid. Dashed: an event or a reply.",
        "text",
        "text/plain; charset=utf-8",
        mermaid_plan.mermaid_plan,
        mermaid_plan.limits,
    ),
)


def format_named(name: str) -> SagaFormat:
    """Returns the format of that name. Raises ValueError, naming the valid ones, for an unknown one."""
    by_name = {one.name: one for one in SAGA_FORMATS}
    return by_name[known("format", name, by_name)]
