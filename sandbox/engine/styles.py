"""A coordination style is a routing table: `compile_plan` turns a saga and a style into plain rules.

Only this module knows what the styles are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from sandbox.definitions.records import Saga, Step
from sandbox.definitions.registry import ORCHESTRATOR
from sandbox.definitions.terms import MessageKind, SagaStatus, StepKind, Style, UndoOrder, Verb
from sandbox.engine.plan import Emission, Plan, Rule
from sandbox.engine.undo import TIMED_OUT, Compensation, compensations


@cache
def compile_plan(
    saga: Saga, style: Style, undo_order: UndoOrder = UndoOrder.SEQUENTIAL, *, timeouts: bool = True
) -> Plan:
    """The rules that run `saga` in `style`. Without `timeouts` nobody watches over anybody.

    Raises ValueError for a style that the saga cannot run in.
    """
    if style not in saga.styles:
        raise ValueError(f"{saga.name} has nothing that is choreographed inside; use one of {', '.join(saga.styles)}")
    found = STYLES[style](saga, undo_order)
    rules = tuple(_merged(found if timeouts else _unwatched(found)))
    return Plan(saga, style, undo_order, _routed(rules), _heard_by(rules, Emission(saga.trigger, MessageKind.EVENT)))


def _forward_trigger(saga: Saga, step: Step) -> tuple[str, ...]:
    return tuple(saga.step(name).do.done for name in step.after) or (saga.trigger,)


def _refusals(step: Step) -> tuple[str, ...]:
    return (step.refusal.event,) if step.refusal else ()


def _say(kind: MessageKind, *names: str) -> tuple[Emission, ...]:
    return tuple(Emission(name, kind) for name in names)


def _timer(name: str, after: float, because: str | None = None) -> Emission:
    return Emission(name, MessageKind.TIMER, after=after, because=because)


def _unwatched(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules without any that wait for silence."""
    listed = list(rules)
    watchdogs = {name for rule in listed if rule.unless or rule.watches for name in rule.on}
    expired = {e.name for rule in listed if rule.unless for e in rule.emits if e.kind is MessageKind.EVENT}
    for rule in listed:
        if not watchdogs.intersection(rule.on) and not expired.intersection(rule.on) and not _only_settles(rule):
            yield replace(rule, emits=tuple(e for e in rule.emits if e.name not in watchdogs))


def _only_settles(rule: Rule) -> bool:
    return not rule.says and rule.step is None and rule.ends is None


def _does(
    step: Step, trigger: tuple[str, ...], kind: MessageKind, *, and_sets: tuple[Emission, ...] = ()
) -> Iterator[Rule]:
    """A service's part in a step, after its wait if it has one."""
    if step.wait:
        due = f"{step.do.command}Due"
        yield Rule(step.service, trigger, emits=(_timer(due, step.wait),))
        trigger = (due,)
    yield Rule(
        step.service,
        trigger,
        step.name,
        Verb.DO,
        emits=(*_say(kind, step.do.done), *and_sets),
        refuses=_say(kind, *_refusals(step)),
    )


def _undoes(step: Step, trigger: tuple[str, ...], kind: MessageKind, because: str) -> Iterator[Rule]:
    """A service's part in undoing a step."""
    if step.undo:
        yield Rule(
            step.service,
            trigger,
            step.name,
            Verb.UNDO,
            emits=_say(kind, step.undo.done),
            gives_up=_say(kind, step.undo.failed),
            because=(because,),
        )


def _after_undoing(waits_for: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(step.undo.done for step in waits_for if step.undo)


def _choreography(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Every service listens for the events that concern it; nobody knows the whole."""
    event, deadline = MessageKind.EVENT, saga.deadline
    for step in saga.steps:
        sets = (_timer(deadline.timer, deadline.seconds),) if deadline and not step.after else ()
        yield from _does(step, _forward_trigger(saga, step), event, and_sets=sets)
    for refused in saga.refusable:
        for one in compensations(saga, refused.name, undo_order):
            trigger = _after_undoing(one.waits_for) or _refusals(refused)
            yield from _undoes(one.step, trigger, event, refused.name)
    if deadline and saga.pivot:
        keeper, pivot = saga.steps[0].service, saga.pivot
        expired = _say(event, deadline.event)
        yield Rule(keeper, (deadline.timer,), emits=expired, unless=(pivot.do.done,), watches=pivot.name)
        refuses = _say(event, *_refusals(pivot))
        yield Rule(pivot.service, (deadline.event,), pivot.name, Verb.ABANDON, refuses=refuses)


def _orchestration(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """The orchestrator hears every reply and sends every command; a service knows only the orchestrator."""
    return _orchestrated(saga, undo_order, lambda step, others: False)


def _hybrid(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Orchestrated, but the steps of a group follow each other's events; the orchestrator hears how that ended."""
    return _orchestrated(saga, undo_order, _follows_group)


def _follows_group(step: Step, others: Sequence[Step]) -> bool:
    """Whether the step is set going by nothing but these others, all in its own group."""
    return bool(step.group) and bool(others) and all(other.group == step.group for other in others)


Inside = Callable[[Step, Sequence[Step]], bool]


def _orchestrated(saga: Saga, undo_order: UndoOrder, inside: Inside) -> Iterator[Rule]:
    reply = MessageKind.REPLY
    for step in saga.steps:
        trigger = _forward_trigger(saga, step)
        kind = MessageKind.EVENT if step.group and any(inside(s, [step]) for s in saga.steps) else reply
        if inside(step, [saga.step(name) for name in step.after]):
            yield from _does(step, trigger, reply)
        else:
            yield Rule(ORCHESTRATOR, trigger, emits=_say(MessageKind.COMMAND, step.do.command))
            yield from _does(step, (step.do.command,), kind)
            yield from _watched(trigger, step, _exit(saga, step, inside))
    followed = {name for step in saga.steps for name in step.after}
    last = tuple(step.do.done for step in saga.steps if step.name not in followed)
    yield Rule(ORCHESTRATOR, last, ends=SagaStatus.COMPLETED)
    for refused in saga.refusable:
        told = Rule(ORCHESTRATOR, _refusals(refused), because=(refused.name,))
        yield from _orchestrated_undo(saga, told, undo_order, inside)
    for step in dict.fromkeys(_exit(saga, s, inside) for s in saga.steps if s.kind is StepKind.COMPENSABLE):
        yield from _orchestrated_undo(saga, _silence(step), undo_order, inside)


def _silence(step: Step) -> Rule:
    """How the orchestrator notices that a step which it may have to undo does not answer."""
    return Rule(
        ORCHESTRATOR,
        (f"{step.do.command}TimedOut",),
        because=(f"{step.name}{TIMED_OUT}",),
        unless=(step.do.done, *_refusals(step)),
        watches=step.name,
    )


def _exit(saga: Saga, step: Step, inside: Inside) -> Step:
    """The step whose answer tells that what this one set going has ended."""
    following = [s for s in saga.steps if step.name in s.after and inside(s, [step])]
    return _exit(saga, following[0], inside) if following else step


def _watched(trigger: tuple[str, ...], step: Step, awaited: Step) -> Iterator[Rule]:
    """The orchestrator's alarm for a command: it takes a compensable step back, and asks for any other again."""
    if awaited.kind is StepKind.COMPENSABLE:
        silence = _silence(awaited)
        alarm = _timer(silence.on[0], awaited.timeout, silence.because[0])
        yield Rule(ORCHESTRATOR, trigger, emits=(alarm,))
        return
    alarm = _timer(f"{awaited.do.command}TimedOut", awaited.timeout)
    again = (*_say(MessageKind.COMMAND, step.do.command), alarm)
    answers = (awaited.do.done, *_refusals(awaited))
    yield Rule(ORCHESTRATOR, trigger, emits=(alarm,))
    yield Rule(ORCHESTRATOR, (alarm.name,), emits=again, unless=answers, watches=awaited.name, repeats=True)


def _orchestrated_undo(saga: Saga, told: Rule, undo_order: UndoOrder, inside: Inside) -> Iterator[Rule]:
    """What follows once the orchestrator has heard of a setback, which is what `told` listens for."""
    setback = told.because[0]
    undone = compensations(saga, setback, undo_order)
    for one in undone:
        trigger = _after_undoing(one.waits_for)
        if inside(one.step, one.waits_for):
            yield from _undoes(one.step, trigger, _told_back(one, undone, inside), setback)
        else:
            orders = _say(MessageKind.COMMAND, *_undo_commands([one.step]))
            yield _occasion(told, trigger, orders)
            yield from _undoes(one.step, _undo_commands([one.step]), _told_back(one, undone, inside), setback)
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
    alarm = _timer(f"{undo.command}TimedOut", sum(each.step.timeout for each in chain))
    for each in first:
        yield _occasion(told, _after_undoing(each.waits_for), (alarm,))
    again = (*_say(MessageKind.COMMAND, *_undo_commands(each.step for each in first)), alarm)
    answers = (undo.done, *(each.step.undo.failed for each in chain if each.step.undo))
    yield replace(told, on=(alarm.name,), emits=again, unless=answers, watches=None, repeats=True)
    yield replace(told, on=(undo.failed,), unless=(), watches=None, ends=SagaStatus.COMPENSATION_FAILED)


def _chain(one: Compensation, undone: Sequence[Compensation], inside: Inside) -> tuple[Compensation, ...]:
    """This undo, and before it those inside its group that it follows, down to the ones that are commanded."""
    if not inside(one.step, one.waits_for):
        return (one,)
    before = (each for other in undone if other.step in one.waits_for for each in _chain(other, undone, inside))
    return (one, *dict.fromkeys(before))


def _merged(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Rules that say the same after different refusals become one; so do commands sent on the same occasion."""
    by_refusal: dict[Rule, tuple[str, ...]] = {}
    for rule in rules:
        bare = replace(rule, because=())
        by_refusal[bare] = (*by_refusal.get(bare, ()), *rule.because)
    by_occasion: dict[Rule, tuple[Emission, ...]] = {}
    for rule, because in by_refusal.items():
        bare = replace(rule, because=because, emits=())
        by_occasion[bare] = (*by_occasion.get(bare, ()), *rule.emits)
    for rule, emits in by_occasion.items():
        yield replace(rule, emits=tuple(dict.fromkeys(emits)))


def _heard_by(rules: tuple[Rule, ...], emission: Emission) -> Emission:
    return replace(emission, to=tuple(dict.fromkeys(rule.actor for rule in rules if emission.name in rule.hears)))


def _routed(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(
        replace(
            rule,
            emits=tuple(_heard_by(rules, emission) for emission in rule.emits),
            refuses=tuple(_heard_by(rules, emission) for emission in rule.refuses),
            gives_up=tuple(_heard_by(rules, emission) for emission in rule.gives_up),
        )
        for rule in rules
    )


STYLES: dict[Style, Callable[[Saga, UndoOrder], Iterator[Rule]]] = {
    Style.CHOREOGRAPHY: _choreography,
    Style.ORCHESTRATION: _orchestration,
    Style.HYBRID: _hybrid,
}
