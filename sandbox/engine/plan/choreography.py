"""The rules of a choreography."""

from collections.abc import Iterator

from sandbox.definitions.model import Saga
from sandbox.definitions.terms import MessageKind, UndoOrder, Verb
from sandbox.engine.plan.compensation import compensations
from sandbox.engine.plan.model import Rule
from sandbox.engine.plan.rule_builders import after_undoing, does, forward_trigger, refusals, say, timer, undoes


def choreography(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Every service listens for the events that concern it; nobody knows the whole."""
    event, deadline = MessageKind.EVENT, saga.deadline
    for step in saga.steps:
        sets = (timer(deadline.timer, deadline.seconds),) if deadline and not step.after else ()
        yield from does(step, forward_trigger(saga, step), event, and_sets=sets)
    for refused in saga.refusable:
        for one in compensations(saga, refused.name, undo_order):
            trigger = after_undoing(one.waits_for) or refusals(refused)
            yield from undoes(one.step, trigger, event, refused.name)
    if deadline and saga.pivot:
        keeper, pivot = saga.steps[0].service, saga.pivot
        expired = say(event, deadline.event)
        yield Rule(keeper, (deadline.timer,), emits=expired, unless=(pivot.do.done,), watches=pivot.name)
        refuses = say(event, *refusals(pivot))
        yield Rule(pivot.service, (deadline.event,), pivot.name, Verb.ABANDON, refuses=refuses)
