"""Builds what the rules of every style share: triggers, emissions, and a service's part in a step."""

from collections.abc import Iterator

from sandbox.definitions.model import Saga, Step
from sandbox.definitions.terms import MessageKind, Verb
from sandbox.engine.plan.model import Emission, Rule


def forward_trigger(saga: Saga, step: Step) -> tuple[str, ...]:
    """Returns the messages that must have been received before the step is done."""
    return tuple(saga.step(name).do.done for name in step.after) or (saga.trigger,)


def refusals(step: Step) -> tuple[str, ...]:
    """Returns the event that reports the step's refusal, if it may be refused."""
    return (step.refusal.event,) if step.refusal else ()


def emissions(kind: MessageKind, *names: str) -> tuple[Emission, ...]:
    """Returns messages of that kind; the compiler fills in their receivers."""
    return tuple(Emission(name, kind) for name in names)


def timer(name: str, after: float, because: str | None = None) -> Emission:
    """Returns a message that its sender receives `after` seconds from now."""
    return Emission(name, MessageKind.TIMER, after=after, because=because)


def does(
    step: Step, trigger: tuple[str, ...], kind: MessageKind, *, timers: tuple[Emission, ...] = ()
) -> Iterator[Rule]:
    """Yields a service's rules for a step: one that does it and, where the step has a wait, one that waits first."""
    if step.wait:
        due = f"{step.do.command}Due"
        yield Rule(step.service, trigger, emits=(timer(due, step.wait),))
        trigger = (due,)
    yield Rule(
        step.service,
        trigger,
        step.name,
        Verb.DO,
        emits=(*emissions(kind, step.do.done), *timers),
        refuses=emissions(kind, *refusals(step)),
        gives_up=_abandoned(step, kind),
    )


def abandons(step: Step, trigger: tuple[str, ...], kind: MessageKind) -> Rule:
    """Returns a service's rule for abandoning a step."""
    return Rule(step.service, trigger, step.name, Verb.ABANDON, gives_up=_abandoned(step, kind))


def _abandoned(step: Step, kind: MessageKind) -> tuple[Emission, ...]:
    """Returns the message that reports an abandoned step to those who listen for its refusal, if it may be refused."""
    return (Emission(step.refusal.abandoned, kind, stands_for=step.refusal.event),) if step.refusal else ()


def undoes(step: Step, trigger: tuple[str, ...], kind: MessageKind, because: str) -> Iterator[Rule]:
    """Yields a service's rule for undoing a step, if the step has an undo."""
    if step.undo:
        yield Rule(
            step.service,
            trigger,
            step.name,
            Verb.UNDO,
            emits=emissions(kind, step.undo.done),
            has_nothing=(Emission(step.undo.nothing, kind, stands_for=step.undo.done),),
            gives_up=emissions(kind, step.undo.failed),
            because=(because,),
        )


def after_undoing(waits_for: tuple[Step, ...]) -> tuple[str, ...]:
    """Returns the messages that must have been received before an undo that waits for these steps."""
    return tuple(step.undo.done for step in waits_for if step.undo)
