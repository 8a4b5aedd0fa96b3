"""Builds the rules of an orchestration, and of a hybrid: an orchestration with some steps choreographed inside."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from sandbox.definitions.model import Saga, Step
from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import MessageKind, SagaStatus, StepKind, UndoOrder
from sandbox.engine.plan.compensation import TIMED_OUT, Compensation, compensations
from sandbox.engine.plan.model import Emission, Rule
from sandbox.engine.plan.rule_builders import after_undoing, does, emissions, forward_trigger, refusals, timer, undoes

# Returns whether the events of these other steps alone trigger a step, without a command of the orchestrator.
IsDirect = Callable[[Step, Sequence[Step]], bool]


def orchestration(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Yields rules by which services exchange commands and replies with the orchestrator alone."""
    return _orchestrated(saga, undo_order, lambda step, others: False)


def hybrid(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Yields rules by which the steps of a group follow each other's events; the rest is orchestrated."""
    return _orchestrated(saga, undo_order, _follows_group)


def _follows_group(step: Step, others: Sequence[Step]) -> bool:
    """Returns whether all the others are in the step's own group."""
    return bool(step.group) and bool(others) and all(other.group == step.group for other in others)


def _orchestrated(saga: Saga, undo_order: UndoOrder, is_direct: IsDirect) -> Iterator[Rule]:
    reply = MessageKind.REPLY
    for step in saga.steps:
        trigger = forward_trigger(saga, step)
        kind = MessageKind.EVENT if step.group and any(is_direct(s, [step]) for s in saga.steps) else reply
        if is_direct(step, [saga.step(name) for name in step.after]):
            yield from does(step, trigger, kind)
        else:
            yield Rule(ORCHESTRATOR, trigger, emits=emissions(MessageKind.COMMAND, step.do.command))
            yield from does(step, (step.do.command,), kind)
            for awaited in _awaited_steps(saga, step, is_direct):
                yield from _command_timeout(trigger, step, awaited)
    followed = {name for step in saga.steps for name in step.after}
    last = tuple(step.do.done for step in saga.steps if step.name not in followed)
    yield Rule(ORCHESTRATOR, last, ends=SagaStatus.COMPLETED)
    for refused in saga.refusable:
        on_refusal = Rule(ORCHESTRATOR, refusals(refused), because=(refused.name,))
        yield from _orchestrated_undo(saga, on_refusal, undo_order, is_direct)
    undoable = (step for step in saga.steps if step.kind is StepKind.COMPENSABLE)
    for unanswered in dict.fromkeys(end for step in undoable for end in _awaited_steps(saga, step, is_direct)):
        yield from _orchestrated_undo(saga, _timeout_rule(unanswered), undo_order, is_direct)


def _timeout_rule(step: Step) -> Rule:
    """Returns the rule by which the orchestrator starts compensating when a compensable step does not answer."""
    return Rule(
        ORCHESTRATOR,
        (f"{step.do.command}TimedOut",),
        because=(f"{step.name}{TIMED_OUT}",),
        unless=(step.do.done, *refusals(step)),
        watches=step.name,
    )


def _awaited_steps(saga: Saga, step: Step, is_direct: IsDirect) -> tuple[Step, ...]:
    """Returns the steps whose answers the orchestrator awaits after it commanded this one: the last of its group."""
    following = [s for s in saga.steps if step.name in s.after and is_direct(s, [step])]
    ends = dict.fromkeys(end for s in following for end in _awaited_steps(saga, s, is_direct))
    return tuple(ends) or (step,)


def _command_timeout(trigger: tuple[str, ...], step: Step, awaited: Step) -> Iterator[Rule]:
    """Yields the orchestrator's timeout of a command: a compensable step is undone, any other is commanded again."""
    if awaited.kind is StepKind.COMPENSABLE:
        rule = _timeout_rule(awaited)
        timeout = timer(rule.on[0], awaited.timeout, rule.because[0])
        yield Rule(ORCHESTRATOR, trigger, emits=(timeout,))
        return
    timeout = timer(f"{awaited.do.command}TimedOut", awaited.timeout)
    again = (*emissions(MessageKind.COMMAND, step.do.command), timeout)
    answers = (awaited.do.done, *refusals(awaited))
    yield Rule(ORCHESTRATOR, trigger, emits=(timeout,))
    yield Rule(ORCHESTRATOR, (timeout.name,), emits=again, unless=answers, watches=awaited.name, repeats=True)


def _orchestrated_undo(saga: Saga, on_failure: Rule, undo_order: UndoOrder, is_direct: IsDirect) -> Iterator[Rule]:
    """Yields the rules that compensate a failure; `on_failure` is the rule by which the orchestrator learns of it."""
    failure = on_failure.because[0]
    undone = compensations(saga, failure, undo_order)
    for one in undone:
        trigger = after_undoing(one.waits_for)
        if is_direct(one.step, one.waits_for):
            yield from undoes(one.step, trigger, _undo_answer_kind(one, undone, is_direct), failure)
        else:
            commands = emissions(MessageKind.COMMAND, *_undo_commands([one.step]))
            yield _emit_when(on_failure, trigger, commands)
            yield from undoes(one.step, _undo_commands([one.step]), _undo_answer_kind(one, undone, is_direct), failure)
        yield from _undo_timeout(on_failure, one, undone, is_direct)
    waited_for = {step.name for one in undone for step in one.waits_for}
    last = tuple(one.step.undo.done for one in undone if one.step.undo and one.step.name not in waited_for)
    yield Rule(ORCHESTRATOR, last or on_failure.on, because=(failure,), ends=SagaStatus.COMPENSATED)


def _emit_when(on_failure: Rule, trigger: tuple[str, ...], emits: tuple[Emission, ...]) -> Rule:
    """Returns the rule that sends these once all of `trigger` was received; without any, once the failure was."""
    return (
        replace(on_failure, emits=emits)
        if not trigger
        else Rule(on_failure.actor, trigger, emits=emits, because=on_failure.because)
    )


def _undo_commands(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.undo.command for step in steps if step.undo)


def _undo_answer_kind(one: Compensation, undone: Sequence[Compensation], is_direct: IsDirect) -> MessageKind:
    """Returns how a service reports its undo: by an event where other services' undos follow it, else by a reply."""
    followed = any(one.step in other.waits_for and is_direct(other.step, other.waits_for) for other in undone)
    return MessageKind.EVENT if followed else MessageKind.REPLY


def _undo_timeout(
    on_failure: Rule, one: Compensation, undone: Sequence[Compensation], is_direct: IsDirect
) -> Iterator[Rule]:
    """Yields the orchestrator's timeout of an undo: it commands again until the undo is reported as done or failed.

    Where services follow each other's undos, it commands the first of the chain again, and waits for the sum of the
    chain's timeouts. In the hybrid plan of "order-hybrid", a refused schedule-fulfilment makes the orchestrator command
    UnpackShipment; VoidLabel and ReturnItems follow its event. The timeout of voiding the label has these rules:

        on NoCourier          sends the timer VoidLabelTimedOut, after 10 + 10 seconds
        on VoidLabelTimedOut  sends UnpackShipment and the timer again, unless it has received LabelVoided,
                              VoidLabelFailed or UnpackShipmentFailed
        on VoidLabelFailed    ends the saga as COMPENSATION_FAILED
    """
    undo = one.step.undo
    if undo is None:
        return
    chain = _undo_chain(one, undone, is_direct)
    first = [each for each in chain if not is_direct(each.step, each.waits_for)]
    timeout = timer(f"{undo.command}TimedOut", sum(each.step.timeout for each in chain))
    for each in first:
        yield _emit_when(on_failure, after_undoing(each.waits_for), (timeout,))
    again = (*emissions(MessageKind.COMMAND, *_undo_commands(each.step for each in first)), timeout)
    answers = (undo.done, *(each.step.undo.failed for each in chain if each.step.undo))
    yield replace(on_failure, on=(timeout.name,), emits=again, unless=answers, watches=None, repeats=True)
    yield replace(on_failure, on=(undo.failed,), unless=(), watches=None, ends=SagaStatus.COMPENSATION_FAILED)


def _undo_chain(one: Compensation, undone: Sequence[Compensation], is_direct: IsDirect) -> tuple[Compensation, ...]:
    """Returns this undo and those of its group that it follows, back to the ones that the orchestrator commands."""
    if not is_direct(one.step, one.waits_for):
        return (one,)
    before = (each for other in undone if other.step in one.waits_for for each in _undo_chain(other, undone, is_direct))
    return (one, *dict.fromkeys(before))
