"""What the rules of every style are made of: what is said, when it is heard, and a service's part in a step."""

from collections.abc import Iterator

from sandbox.definitions.model import Saga, Step
from sandbox.definitions.terms import MessageKind, Verb
from sandbox.engine.plan.model import Emission, Rule


def forward_trigger(saga: Saga, step: Step) -> tuple[str, ...]:
    """What has to have happened before the step is done."""
    return tuple(saga.step(name).do.done for name in step.after) or (saga.trigger,)


def refusals(step: Step) -> tuple[str, ...]:
    """How the step says no, if it may."""
    return (step.refusal.event,) if step.refusal else ()


def say(kind: MessageKind, *names: str) -> tuple[Emission, ...]:
    """Messages of that kind; who hears them follows from who listens."""
    return tuple(Emission(name, kind) for name in names)


def timer(name: str, after: float, because: str | None = None) -> Emission:
    """A message to oneself, `after` seconds from when it is set."""
    return Emission(name, MessageKind.TIMER, after=after, because=because)


def does(
    step: Step, trigger: tuple[str, ...], kind: MessageKind, *, and_sets: tuple[Emission, ...] = ()
) -> Iterator[Rule]:
    """A service's part in a step, after its wait if it has one."""
    if step.wait:
        due = f"{step.do.command}Due"
        yield Rule(step.service, trigger, emits=(timer(due, step.wait),))
        trigger = (due,)
    yield Rule(
        step.service,
        trigger,
        step.name,
        Verb.DO,
        emits=(*say(kind, step.do.done), *and_sets),
        refuses=say(kind, *refusals(step)),
    )


def undoes(step: Step, trigger: tuple[str, ...], kind: MessageKind, because: str) -> Iterator[Rule]:
    """A service's part in undoing a step."""
    if step.undo:
        yield Rule(
            step.service,
            trigger,
            step.name,
            Verb.UNDO,
            emits=say(kind, step.undo.done),
            gives_up=say(kind, step.undo.failed),
            because=(because,),
        )


def after_undoing(waits_for: tuple[Step, ...]) -> tuple[str, ...]:
    """What has to have been told before an undo that waits for these."""
    return tuple(step.undo.done for step in waits_for if step.undo)
