"""Draws who sends what to whom in a saga, as a Mermaid flowchart for each style (mermaid.js.org/syntax/flowchart)."""

from collections.abc import Mapping

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import CUSTOMER, title
from sandbox.definitions.terms import MessageKind
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Hop, Plan, Way
from sandbox.render.export.mermaid import identifier

ARROWS = {MessageKind.COMMAND: "-->", MessageKind.EVENT: "-.->", MessageKind.REPLY: "-.->"}
SIGNS = {Way.FORWARD: "", Way.REFUSAL: "✕ ", Way.UNDO: "↩ "}


def mermaid_plan(saga: Saga) -> Mapping[str, str]:
    """Returns a file for each style, drawn from the rules that run."""
    return {f"{saga.name}-{style}.mmd": _flowchart(compile_plan(saga, style)) for style in saga.styles}


def limits(_: Saga) -> tuple[str, ...]:
    """Returns what a flowchart cannot say: the same of every saga."""
    return (
        "Order, waits and timeouts: a flowchart shows who talks to whom, not when.",
        "Who waits for several messages: each arrow stands for itself.",
    )


def _flowchart(plan: Plan) -> str:
    arrows: dict[tuple[str, str, str], list[str]] = {}
    for hop in plan.hops:
        if not hop.stands_for:
            arrows.setdefault((hop.sender, ARROWS[hop.kind], hop.receiver), []).append(_label(hop))
    lines = [
        "---",
        f"title: {plan.saga.title} as {plan.style}",
        "---",
        "flowchart LR",
        *(f"    {identifier(actor)}{_box(actor)}" for actor in plan.actors),
        *(
            f'    {identifier(sender)} {arrow}|"{"<br/>".join(dict.fromkeys(labels))}"| {identifier(receiver)}'
            for (sender, arrow, receiver), labels in arrows.items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _label(hop: Hop) -> str:
    return SIGNS[hop.way] + hop.name


def _box(actor: str) -> str:
    return f'(["{title(actor)}"])' if actor == CUSTOMER else f'["{title(actor)}"]'
