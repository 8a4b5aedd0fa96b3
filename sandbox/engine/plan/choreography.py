"""Builds the rules of a choreography."""

from collections.abc import Iterator

from sandbox.definitions.model import Saga
from sandbox.definitions.terms import MessageKind, UndoOrder
from sandbox.engine.plan.compensation import compensations
from sandbox.engine.plan.model import Rule
from sandbox.engine.plan.rule_builders import (
    abandons,
    after_undoing,
    does,
    emissions,
    forward_trigger,
    refusals,
    timer,
    undoes,
)


def choreography(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Yields the rules by which every service listens for the events that concern it; no actor knows the whole flow."""
    event, deadline = MessageKind.EVENT, saga.deadline
    for step in saga.steps:
        timers = (timer(deadline.timer, deadline.seconds),) if deadline and not step.after else ()
        yield from does(step, forward_trigger(saga, step), event, timers=timers)
    for refused in saga.refusable:
        for one in compensations(saga, refused.name, undo_order):
            trigger = after_undoing(one.waits_for) or refusals(refused)
            yield from undoes(one.step, trigger, event, refused.name)
    if deadline and saga.pivot:
        first_service, pivot = saga.steps[0].service, saga.pivot
        expired = emissions(event, deadline.event)
        yield Rule(first_service, (deadline.timer,), emits=expired, unless=(pivot.do.done,), watches=pivot.name)
        yield abandons(pivot, (deadline.event,), event)
