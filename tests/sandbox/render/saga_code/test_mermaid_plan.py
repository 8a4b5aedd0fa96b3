"""The flowchart of a saga has an arrow between all who send each other something in its plan, with its messages."""

import re

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.engine.plan.compiler import compile_plan
from sandbox.render.saga_code.mermaid_plan import mermaid_plan

ARROW = re.compile(r'^    (\w+) (-->|-\.->)\|"(.+)"\| (\w+)$', re.MULTILINE)
EVERY = [(saga, style) for saga in SAGA.values() for style in saga.styles]


@pytest.mark.parametrize(("saga", "style"), EVERY, ids=[f"{saga.name} as {style}" for saga, style in EVERY])
def test_every_hop_of_the_plan_is_on_its_arrow(saga, style):
    text = mermaid_plan(saga)[f"{saga.name}-{style}.mmd"]
    drawn = {
        (sender, receiver, label.removeprefix("✕ ").removeprefix("↩ "))
        for sender, _, labels, receiver in ARROW.findall(text)
        for label in labels.split("<br/>")
    }
    hops = [hop for hop in compile_plan(saga, style).hops if not hop.stands_for]
    assert drawn == {(hop.sender, hop.receiver, hop.name) for hop in hops}
