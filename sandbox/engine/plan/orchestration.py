"""The rules of an orchestration, and of a hybrid, in which some steps follow each other's events inside of one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from sandbox.definitions.model import Saga, Step
from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import MessageKind, SagaStatus, StepKind, UndoOrder
from sandbox.engine.plan.compensation import TIMED_OUT, Compensation, compensations
from sandbox.engine.plan.model import Emission, Rule
from sandbox.engine.plan.rule_builders import after_undoing, does, forward_trigger, refusals, say, timer, undoes

# Whether a step is set going by nothing but these others, without the orchestrator.
Inside = Callable[[Step, Sequence[Step]], bool]


def orchestration(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """The orchestrator hears every reply and sends every command; a service knows only the orchestrator."""
    return _orchestrated(saga, undo_order, lambda step, others: False)


def hybrid(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Orchestrated, but the steps of a group follow each other's events; the orchestrator hears how that ended."""
    return _orchestrated(saga, undo_order, _follows_group)


def _follows_group(step: Step, others: Sequence[Step]) -> bool:
    """Whether the step is set going by nothing but these others, all in its own group."""
    return bool(step.group) and bool(others) and all(other.group == step.group for other in others)


def _orchestrated(saga: Saga, undo_order: UndoOrder, inside: Inside) -> Iterator[Rule]:
    reply = MessageKind.REPLY
    for step in saga.steps:
        trigger = forward_trigger(saga, step)
        kind = MessageKind.EVENT if step.group and any(inside(s, [step]) for s in saga.steps) else reply
        if inside(step, [saga.step(name) for name in step.after]):
            yield from does(step, trigger, kind)
        else:
            yield Rule(ORCHESTRATOR, trigger, emits=say(MessageKind.COMMAND, step.do.command))
            yield from does(step, (step.do.command,), kind)
            for awaited in _exits(saga, step, inside):
                yield from _watched(trigger, step, awaited)
    followed = {name for step in saga.steps for name in step.after}
    last = tuple(step.do.done for step in saga.steps if step.name not in followed)
    yield Rule(ORCHESTRATOR, last, ends=SagaStatus.COMPLETED)
    for refused in saga.refusable:
        told = Rule(ORCHESTRATOR, refusals(refused), because=(refused.name,))
        yield from _orchestrated_undo(saga, told, undo_order, inside)
    undoable = (step for step in saga.steps if step.kind is StepKind.COMPENSABLE)
    for silent in dict.fromkeys(end for step in undoable for end in _exits(saga, step, inside)):
        yield from _orchestrated_undo(saga, _silence(silent), undo_order, inside)


def _silence(step: Step) -> Rule:
    """How the orchestrator notices that a step which it may have to undo does not answer."""
    return Rule(
        ORCHESTRATOR,
        (f"{step.do.command}TimedOut",),
        because=(f"{step.name}{TIMED_OUT}",),
        unless=(step.do.done, *refusals(step)),
        watches=step.name,
    )


def _exits(saga: Saga, step: Step, inside: Inside) -> tuple[Step, ...]:
    """The steps whose answers tell that what this one set going has ended."""
    following = [s for s in saga.steps if step.name in s.after and inside(s, [step])]
    ends = dict.fromkeys(end for s in following for end in _exits(saga, s, inside))
    return tuple(ends) or (step,)


def _watched(trigger: tuple[str, ...], step: Step, awaited: Step) -> Iterator[Rule]:
    """The orchestrator's alarm for a command: it takes a compensable step back, and asks for any other again."""
    if awaited.kind is StepKind.COMPENSABLE:
        silence = _silence(awaited)
        alarm = timer(silence.on[0], awaited.timeout, silence.because[0])
        yield Rule(ORCHESTRATOR, trigger, emits=(alarm,))
        return
    alarm = timer(f"{awaited.do.command}TimedOut", awaited.timeout)
    again = (*say(MessageKind.COMMAND, step.do.command), alarm)
    answers = (awaited.do.done, *refusals(awaited))
    yield Rule(ORCHESTRATOR, trigger, emits=(alarm,))
    yield Rule(ORCHESTRATOR, (alarm.name,), emits=again, unless=answers, watches=awaited.name, repeats=True)


def _orchestrated_undo(saga: Saga, told: Rule, undo_order: UndoOrder, inside: Inside) -> Iterator[Rule]:
    """What follows once the orchestrator has heard of a setback, which is what `told` listens for."""
    setback = told.because[0]
    undone = compensations(saga, setback, undo_order)
    for one in undone:
        trigger = after_undoing(one.waits_for)
        if inside(one.step, one.waits_for):
            yield from undoes(one.step, trigger, _told_back(one, undone, inside), setback)
        else:
            orders = say(MessageKind.COMMAND, *_undo_commands([one.step]))
            yield _occasion(told, trigger, orders)
            yield from undoes(one.step, _undo_commands([one.step]), _told_back(one, undone, inside), setback)
        yield from _watched_undo(told, one, undone, inside)
    waited_for = {step.name for one in undone for step in one.waits_for}
    last = tuple(one.step.undo.done for one in undone if one.step.undo and one.step.name not in waited_for)
    yield Rule(ORCHESTRATOR, last or told.on, because=(setback,), ends=SagaStatus.COMPENSATED)


def _occasion(told: Rule, trigger: tuple[str, ...], emits: tuple[Emission, ...]) -> Rule:
    """The rule of whoever has heard of the setback, by which he says this when all of `trigger` has come, if any."""
    return replace(told, emits=emits) if not trigger else Rule(told.actor, trigger, emits=emits, because=told.because)


def _undo_commands(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.undo.command for step in steps if step.undo)


def _told_back(one: Compensation, undone: Sequence[Compensation], inside: Inside) -> MessageKind:
    """How a service tells that it has undone its step: as an event, where other services follow it."""
    followed = any(one.step in other.waits_for and inside(other.step, other.waits_for) for other in undone)
    return MessageKind.EVENT if followed else MessageKind.REPLY


def _watched_undo(told: Rule, one: Compensation, undone: Sequence[Compensation], inside: Inside) -> Iterator[Rule]:
    """The orchestrator's alarm for an undo: what sets it going is commanded again until it, or a failure, is told."""
    undo = one.step.undo
    if undo is None:
        return
    chain = _chain(one, undone, inside)
    first = [each for each in chain if not inside(each.step, each.waits_for)]
    alarm = timer(f"{undo.command}TimedOut", sum(each.step.timeout for each in chain))
    for each in first:
        yield _occasion(told, after_undoing(each.waits_for), (alarm,))
    again = (*say(MessageKind.COMMAND, *_undo_commands(each.step for each in first)), alarm)
    answers = (undo.done, *(each.step.undo.failed for each in chain if each.step.undo))
    yield replace(told, on=(alarm.name,), emits=again, unless=answers, watches=None, repeats=True)
    yield replace(told, on=(undo.failed,), unless=(), watches=None, ends=SagaStatus.COMPENSATION_FAILED)


def _chain(one: Compensation, undone: Sequence[Compensation], inside: Inside) -> tuple[Compensation, ...]:
    """This undo, and before it those inside its group that it follows, down to the ones that are commanded."""
    if not inside(one.step, one.waits_for):
        return (one,)
    before = (each for other in undone if other.step in one.waits_for for each in _chain(other, undone, inside))
    return (one, *dict.fromkeys(before))
